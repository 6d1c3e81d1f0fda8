"""Rules bring in AWS's own events only, and lose none without a trace."""

from typing import Any

from infra import names
from infra.names import forwarding_stack
from passrole.catalogue.rules import compile_rules
from tests.infra.stack_template import LEFT_OUT, StackTemplate, listed, text

NAMES = tuple(rule.name for rule in compile_rules())


def catalogue_rules(stack: StackTemplate) -> dict[str, dict[str, Any]]:
    rules = stack.of_type("AWS::Events::Rule").items()
    return {name: rule for name, rule in rules if name.removeprefix("Intake").startswith(NAMES)}


def test_the_catalogues_patterns_are_deployed_verbatim(
    guard: StackTemplate, plain: StackTemplate, forwarders: dict[str, StackTemplate]
) -> None:
    for stack in (guard, plain, *forwarders.values()):
        # Given the patterns that the catalogue compiles to, without what the policy leaves out
        patterns = compile_rules() if stack is plain else compile_rules(LEFT_OUT)
        expected = [rule.pattern for rule in patterns]
        # When a stack is synthesized, then it has a rule for each of them, switched on
        rules = list(catalogue_rules(stack).values())
        assert [rule["EventPattern"] for rule in rules] == expected
        states = {rule["State"] for rule in rules}
        assert states == {"ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}


def test_what_the_policy_leaves_out_is_in_no_rule_of_any_region(
    guard: StackTemplate, plain: StackTemplate, forwarders: dict[str, StackTemplate]
) -> None:
    def takers(stack: StackTemplate) -> list[str]:
        rules = catalogue_rules(stack).items()
        return [
            n for n, r in rules if "glue.amazonaws.com" in r["EventPattern"]["detail"].get("eventSource", ())
        ]

    # Given a policy that leaves Glue out, and one that leaves out nothing
    # When the stacks are synthesized, then no rule of the first takes Glue's events, and none is missing
    assert takers(plain)
    for stack in (guard, *forwarders.values()):
        assert takers(stack) == []
        assert len(catalogue_rules(stack)) == len(catalogue_rules(plain))


def test_names_of_rules_are_not_cut_so_that_the_queues_know_them(stacks: list[StackTemplate]) -> None:
    # Given the longest name that a stack may have, in the region with the longest name
    longest = names.LONGEST_STACK_NAME
    for stack in stacks:
        is_forwarding = not stack.of_type("AWS::Lambda::Function")
        prefix = len(forwarding_stack("x" * longest, "ap-southeast-2")) if is_forwarding else longest
        # When CloudFormation puts the logical id and 13 characters behind it, then all of it fits
        for rule in catalogue_rules(stack):
            assert prefix + len("-") + len(rule) + len("-") + 13 <= names.LONGEST_RULE_NAME


def test_every_rule_accepts_events_of_aws_only(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for rule in catalogue_rules(stack).values():
            assert rule["EventPattern"]["source"] == [{"prefix": "aws."}]


def test_every_target_of_a_rule_has_a_dead_letter_queue(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        queues = stack.of_type("AWS::SQS::Queue")
        for rule in stack.of_type("AWS::Events::Rule").values():
            for target in rule.get("Targets", ()):
                assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in queues
                assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0


def test_undelivered_events_are_tried_for_a_day(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for rule in catalogue_rules(stack).values():
            assert rule["Targets"][0]["RetryPolicy"] == {
                "MaximumEventAgeInSeconds": 86400,
                "MaximumRetryAttempts": 185,
            }


def test_targets_permit_delivery_before_the_rules_exist(guard: StackTemplate) -> None:
    # Given that EventBridge does not retry what it has no permission for
    policies = guard.of_type("AWS::SQS::QueuePolicy")
    for name, rule in catalogue_rules(guard).items():
        target = rule["Targets"][0]
        queues = {target["Arn"]["Fn::GetAtt"][0], target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]}
        # When a rule is made, then the policies of both its queues are there
        before = guard.template["Resources"][name]["DependsOn"]
        permitted = {queue["Ref"] for p in before if p in policies for queue in policies[p]["Queues"]}
        assert queues <= permitted


def test_queues_take_events_of_this_stacks_rules_only(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for policy in stack.of_type("AWS::SQS::QueuePolicy").values():
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Principal"] != {"Service": "events.amazonaws.com"}:
                    continue
                conditions = statement["Condition"]
                (rules,) = listed(
                    next(c for c in conditions.items() if c[0].startswith("Arn"))[1]["aws:SourceArn"]
                )
                named = text(rules)
                assert named.endswith(":rule/${AWS::StackName}-*") or named.startswith("${Sweeping")
