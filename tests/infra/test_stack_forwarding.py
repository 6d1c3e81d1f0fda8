"""Further regions: the same rules there, and their events come home."""

from infra.names import ROLE_PATH
from passrole.catalogue.rules import compile_rules
from passrole.selfwatch.rules import DIRECT_RULES, change_rules
from tests.infra.stack_template import (
    ACCOUNT,
    HOME,
    OPERATORS,
    REGIONS,
    StackTemplate,
    Synthesized,
    listed,
    text,
)

NAMES = tuple(rule.name for rule in (*compile_rules(), *change_rules()))
HOME_BUS = f"arn:${{AWS::Partition}}:events:{HOME}:{ACCOUNT}:event-bus/default"


def test_each_further_region_has_a_stack(synthesized: Synthesized) -> None:
    names = {
        path.name.removesuffix(".template.json") for path in synthesized.directory.glob("*.template.json")
    }
    assert names == {"Guard", "Plain", *(f"Guard-{region}" for region in REGIONS)}


def test_the_same_events_are_forwarded_that_are_watched_at_home(
    guard: StackTemplate, forwarders: dict[str, StackTemplate]
) -> None:
    rules = guard.of_type("AWS::Events::Rule").items()
    at_home = [rule["EventPattern"] for name, rule in rules if name.startswith("Intake")]
    at_home += [rule["EventPattern"] for name, rule in rules if name.startswith("SelfWatchGuardChanges")]
    for stack in forwarders.values():
        there = stack.of_type("AWS::Events::Rule").items()
        assert [rule["EventPattern"] for name, rule in there if name.startswith(NAMES)] == at_home


def test_events_go_to_the_home_regions_bus_with_a_role_for_that_alone(
    forwarders: dict[str, StackTemplate],
) -> None:
    for stack in forwarders.values():
        # Given the role of the stack that is for forwarding
        ((name, role),) = (
            (n, r) for n, r in stack.of_type("AWS::IAM::Role").items() if n.startswith("Forwarder")
        )
        # When a rule matches that tells nobody by itself, then EventBridge takes it to put the event home
        for rule_name, rule in stack.of_type("AWS::Events::Rule").items():
            if rule_name in DIRECT_RULES:
                continue
            (target,) = rule["Targets"]
            assert text(target["Arn"]) == HOME_BUS
            assert target["RoleArn"] == {"Fn::GetAtt": [name, "Arn"]}
        # Then nothing else can be done with it, and by nobody else
        (statement,) = (s for s in stack.statements() if s.role == name)
        assert (statement.actions, statement.resources) == (("events:PutEvents",), (HOME_BUS,))
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "events.amazonaws.com"}
        assert text(trust["Condition"]["ArnLike"]["aws:SourceArn"]).endswith(":rule/${AWS::StackName}-*")


def test_a_forwarding_stack_refers_to_no_other_stack(forwarders: dict[str, StackTemplate]) -> None:
    for stack in forwarders.values():
        assert "Fn::ImportValue" not in str(stack.template)
        assert "Outputs" not in stack.template


def test_people_are_told_when_forwarding_fails(forwarders: dict[str, StackTemplate]) -> None:
    for stack in forwarders.values():
        alarms = stack.of_type("AWS::CloudWatch::Alarm")
        (topic,) = stack.of_type("AWS::SNS::Topic")
        assert any(name.startswith("MonitoringRuleDeadLettersNotEmpty") for name in alarms)
        assert any(name.startswith("MonitoringRulesFail") for name in alarms)
        assert all(alarm["AlarmActions"] == [{"Ref": topic}] for alarm in alarms.values())
        emails = [s["Endpoint"] for s in stack.of_type("AWS::SNS::Subscription").values()]
        assert emails == ["one@example.com", "two@example.com"]


def test_nobody_else_publishes_what_people_read_there(forwarders: dict[str, StackTemplate]) -> None:
    for stack in forwarders.values():
        # Given the topic of a further region's alarms
        (policy,) = stack.of_type("AWS::SNS::TopicPolicy").values()
        denials = {s["Sid"]: s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"}
        # When a principal of the account publishes, then it is denied, but to the role of the rules
        denied = denials["OnlyTheGuardPublishes"]
        (role,) = (n for n in stack.of_type("AWS::IAM::Role") if n.startswith("AlertsRules"))
        assert denied["Action"] == "sns:Publish"
        (publisher,) = listed(denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"])
        assert publisher == {"Fn::GetAtt": [role, "Arn"]}


def test_what_a_deployment_passes_is_in_the_path_that_is_approved(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        # Given the roles that functions and rules get
        functions = [made["Role"] for made in stack.of_type("AWS::Lambda::Function").values()]
        rules = [
            t.get("RoleArn")
            for r in stack.of_type("AWS::Events::Rule").values()
            for t in r.get("Targets", ())
        ]
        # When CloudFormation passes them, then by the path that guardrail.yaml approves
        for given in filter(None, (*functions, *rules)):
            role = stack.of_type("AWS::IAM::Role")[given["Fn::GetAtt"][0]]
            assert role.get("Path") == ROLE_PATH


def test_a_forwarding_stack_is_thin(forwarders: dict[str, StackTemplate]) -> None:
    for stack in forwarders.values():
        assert not stack.of_type("AWS::Lambda::Function")
        assert not [operator for operator in OPERATORS if operator in str(stack.template)]
