"""The guard watches itself in every region, by two kinds of rules that depend on nothing of each other."""

import json
from typing import Any

from passrole.catalogue.rules import MAX_PATTERN
from passrole.selfwatch.rules import DEPLOYMENT_RULE, DIRECT_RULES, change_rules
from tests.infra.realistic import resolve
from tests.infra.stack_template import StackTemplate, listed, text

Rules = dict[str, dict[str, Any]]


def rules_named(stack: StackTemplate, *names: str) -> Rules:
    rules = stack.of_type("AWS::Events::Rule").items()
    return {name: rule for name, rule in rules if name.removeprefix("SelfWatch").startswith(names)}


def direct(stack: StackTemplate) -> Rules:
    found = rules_named(stack, *DIRECT_RULES)
    assert len(found) == len(DIRECT_RULES)
    return found


def self_watch_queue(stack: StackTemplate) -> tuple[str, str]:
    """The queue of events about the guard, and its dead letters."""
    names = [n for n in stack.of_type("AWS::SQS::Queue") if n.startswith("SweepingSelfWatch")]
    (dead,) = (n for n in names if "DeadLetters" in n)
    (queue,) = (n for n in names if n != dead)
    return queue, dead


def test_changes_of_the_guard_come_to_a_queue_of_their_own(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    """Changes of roles, which anybody can make many of, wait in another one."""
    for stack in (guard, plain):
        queue, dead = self_watch_queue(stack)
        rules = rules_named(stack, "GuardChanges")
        assert [rule["EventPattern"] for rule in rules.values()] == [rule.pattern for rule in change_rules()]
        for rule in rules.values():
            (target,) = rule["Targets"]
            assert target["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
            assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": [dead, "Arn"]}


def test_nothing_else_comes_to_that_queue_but_alarms(guard: StackTemplate) -> None:
    queue, _ = self_watch_queue(guard)
    senders = {
        name
        for name, rule in guard.of_type("AWS::Events::Rule").items()
        for target in rule.get("Targets", ())
        if target["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
    }
    assert all("GuardChanges" in name or name.startswith("AlarmChanges") for name in senders)
    assert any(name.startswith("AlarmChanges") for name in senders)


def test_many_events_about_the_guard_are_read_at_once(guard: StackTemplate) -> None:
    """The rules bring each such call in the account, whoever's things it is about."""
    queue, _ = self_watch_queue(guard)
    (mapping,) = (
        mapping
        for mapping in guard.of_type("AWS::Lambda::EventSourceMapping").values()
        if mapping["EventSourceArn"] == {"Fn::GetAtt": [queue, "Arn"]}
    )
    assert (mapping["BatchSize"], mapping["ScalingConfig"]["MaximumConcurrency"]) == (10, 5)
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    # What fails comes again soon, and not for the last time within minutes.
    assert guard.of_type("AWS::SQS::Queue")[queue]["RedrivePolicy"]["maxReceiveCount"] == 12
    variables = guard.function_of("Sweep")["Environment"]["Variables"]
    assert variables["SELF_WATCH_QUEUE_URL"] == {"Ref": queue}


def test_people_are_told_by_a_rule_alone_in_every_region(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        (topic,) = (n for n in stack.of_type("AWS::SNS::Topic") if n.startswith("Alerts"))
        for rule in direct(stack).values():
            # Given a rule that tells people of what is decisive
            (target,) = rule["Targets"]
            # When it matches, then the topic of alerts gets a text: no function and no queue is between
            assert target["Arn"] == {"Ref": topic}
            lines = target["InputTransformer"]["InputTemplate"].splitlines()
            assert all(isinstance(json.loads(line), str) for line in lines)
            # and it names nothing that the rule does not read from the event
            named = {part.partition(">")[0] for line in lines for part in line.split("<")[1:]}
            assert named == set(target["InputTransformer"]["InputPathsMap"])


def test_a_deployment_is_not_told_as_an_attack(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        heads = {
            json.loads(rule["Targets"][0]["InputTransformer"]["InputTemplate"].splitlines()[0]).split()[0]
            for rule in rules_named(stack, DEPLOYMENT_RULE).values()
        }
        assert heads == {"[MEDIUM]"}
        others = [name for name in DIRECT_RULES if name != DEPLOYMENT_RULE]
        for rule in rules_named(stack, *others).values():
            assert '"[CRITICAL] ' in rule["Targets"][0]["InputTransformer"]["InputTemplate"]


def test_the_rules_that_watch_each_other_share_no_target(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        changes = {str(r["Targets"][0]["Arn"]) for r in rules_named(stack, "GuardChanges").values()}
        assert not changes & {str(r["Targets"][0]["Arn"]) for r in direct(stack).values()}


def test_the_names_in_the_patterns_are_the_home_stacks_and_this_regions_key(
    guard: StackTemplate, forwarders: dict[str, StackTemplate]
) -> None:
    for stack, prefix in ((guard, "${AWS::StackName}-"), *((s, "Guard-") for s in forwarders.values())):
        (key,) = stack.of_type("AWS::KMS::Key")
        (rule,) = rules_named(stack, "GuardAlarm").values()
        assert rule["EventPattern"]["region"] == [{"Ref": "AWS::Region"}]
        changed, replaced = rule["EventPattern"]["detail"]["$or"]
        requests = {
            name: value
            for each in changed["$or"][0]["requestParameters"]["$or"]
            for name, value in each.items()
        }
        assert text(requests["name"][0]["prefix"]) == prefix
        assert requests["keyId"] == [{"suffix": {"Ref": key}}]
        # Where the canary is, its call is no change.
        exempt = "sessionContext" in replaced["userIdentity"]
        assert exempt is (stack is guard)


def test_the_patterns_fit_with_the_longest_names(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for rule in (*direct(stack).values(), *rules_named(stack, "GuardChanges").values()):
            pattern = resolve(rule["EventPattern"], stack)
            assert len(json.dumps(pattern, separators=(",", ":"))) <= MAX_PATTERN


def test_the_role_that_tells_people_can_do_nothing_else(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        (role,) = (n for n in stack.of_type("AWS::IAM::Role") if n.startswith("AlertsRules"))
        (topic,) = (n for n in stack.of_type("AWS::SNS::Topic") if n.startswith("Alerts"))
        # Given the role that EventBridge publishes with
        for rule in direct(stack).values():
            assert rule["Targets"][0]["RoleArn"] == {"Fn::GetAtt": [role, "Arn"]}
        # When it is used, then for that topic, and for the key by SNS
        publish, use = (s for s in stack.statements() if s.role == role)
        assert (publish.actions, publish.resources) == (("sns:Publish",), (f"${{{topic}}}",))
        assert all(action.startswith("kms:") for action in use.actions)
        services = listed(use.conditions["StringEquals"]["kms:ViaService"])
        assert [text(service) for service in services] == ["sns.${AWS::Region}.amazonaws.com"]
        # and by EventBridge alone, for rules of these names of this stack
        (trust,) = stack.of_type("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "events.amazonaws.com"}
        arns = [text(arn) for arn in trust["Condition"]["ArnLike"]["aws:SourceArn"]]
        ends = [f":rule/${{AWS::StackName}}-*{name}*" for name in DIRECT_RULES]
        assert all(arn.endswith(end) for arn, end in zip(arns, ends, strict=True))


def test_what_it_tells_by_is_there_before_the_rule(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        (policy,) = (n for n in stack.of_type("AWS::IAM::Policy") if n.startswith("AlertsRules"))
        for name in direct(stack):
            assert policy in stack.template["Resources"][name]["DependsOn"]


def test_sweep_knows_what_is_not_named_after_the_stack(guard: StackTemplate) -> None:
    (key,) = guard.of_type("AWS::KMS::Key")
    (layer,) = guard.of_type("AWS::Lambda::LayerVersion")
    own = guard.function_of("Sweep")["Environment"]["Variables"]["OWN_RESOURCES"]
    secrets = "secret:passrole/slack,secret:passrole/webhook"
    assert text(own) == f"${{{key}}},${{{layer}}},{secrets}"
