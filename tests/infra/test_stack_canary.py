"""The canary: a rule that can do nothing, and the right to pass one role to it and no other."""

from pathlib import Path

from aws_cdk import App

from infra.assembly import add_stacks
from infra.deployment import Deployment, Home
from passrole.catalogue.left_out import LeftOut
from passrole.detection.canary import CALL, DESCRIPTION, PATTERN
from passrole.policy import CompiledPolicy, Responses
from passrole.policy.settings import Settings
from tests.infra.stack_template import INLINE, StackTemplate, Synthesized, text


def _rule(stack: StackTemplate) -> str:
    (name,) = (n for n in stack.of_type("AWS::Events::Rule") if n.startswith("Canary"))
    return name


def test_the_rule_is_off_has_no_target_and_is_what_the_call_puts(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    for stack in (guard, plain):
        assert stack.of_type("AWS::Events::Rule")[_rule(stack)] == {
            "Description": DESCRIPTION,
            "EventPattern": PATTERN,
            "State": "DISABLED",
        }


def test_no_deployment_passes_its_role(guard: StackTemplate, plain: StackTemplate) -> None:
    for stack in (guard, plain):
        assert "RoleArn" not in stack.of_type("AWS::Events::Rule")[_rule(stack)]


def test_its_role_may_do_nothing_and_serves_the_rules_of_this_stack(guard: StackTemplate) -> None:
    name = guard.role_of("Canary")
    role = guard.of_type("AWS::IAM::Role")[name]
    (policy,) = guard.policies_of(name, INLINE)
    assert policy["Statement"] == [{"Effect": "Deny", "Action": "*", "Resource": "*"}]
    assert role["Path"] == "/passrole-guardrail/"
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert text(trust["Condition"]["StringEquals"]["aws:SourceAccount"]) in (
        "${AWS::AccountId}",
        "111122223333",
    )
    assert text(trust["Condition"]["ArnLike"]["aws:SourceArn"]).endswith(":rule/${AWS::StackName}-*")


def test_sweep_puts_this_rule_and_passes_this_role_to_this_service_alone(guard: StackTemplate) -> None:
    by_sid = {s.sid: s for s in guard.statements("Sweep")}
    put, passing = by_sid["PutCanaryRule"], by_sid["PassCanaryRole"]
    assert (put.actions, put.resources) == (("events:PutRule",), (f"${{{_rule(guard)}.Arn}}",))
    assert (passing.actions, passing.resources) == (
        ("iam:PassRole",),
        (f"${{{guard.role_of('Canary')}.Arn}}",),
    )
    assert passing.conditions == {"StringEquals": {"iam:PassedToService": "events.amazonaws.com"}}


def test_detect_and_sweep_are_told_the_same_canary(guard: StackTemplate) -> None:
    expected = {
        "CANARY_RULE_ARN": f"${{{_rule(guard)}.Arn}}",
        "CANARY_ROLE_ARN": f"${{{guard.role_of('Canary')}.Arn}}",
        "CANARY_PASSER_ROLE_ARN": f"${{{guard.role_of('Sweep')}.Arn}}",
    }
    for part in ("Detect", "Sweep"):
        variables = guard.function_of(part)["Environment"]["Variables"]
        assert {name: text(variables[name]) for name in expected} == expected


def test_without_events_of_its_call_there_is_no_canary(root: Path, tmp_path: Path) -> None:
    # Given a policy that leaves the canary's call out
    layer, bundle = tmp_path / "layer", tmp_path / "bundle"
    for directory in (layer, bundle):
        directory.mkdir()
        (directory / "file").write_text("")
    deployment = Deployment(
        home=Home(None, None),
        settings=Settings(left_out=LeftOut(calls=frozenset({CALL}))),
        policy=CompiledPolicy((), Responses()),
        bundle=bundle,
        policy_layer=layer,
    )
    app = App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    # When the stack is synthesized
    add_stacks(app, "Guard", deployment)
    stack = Synthesized(Path(app.synth().directory)).stack("Guard")
    # Then nothing sends it, and nothing rings because it does not come
    assert not [name for name in stack.template["Resources"] if "Canary" in name]
    assert "CANARY_RULE_ARN" not in stack.function_of("Sweep")["Environment"]["Variables"]
