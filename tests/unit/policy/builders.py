"""Policies, passes and evidence for the tests, each saying only what the test is about."""

from collections.abc import Mapping

import pytest

from passrole.evidence import Evidence, Known, Unknown
from passrole.passes import Outcome, Pass, PassedRole, Passer, RoleKind
from passrole.policy import CompiledPolicy, Condition, Effect, PolicyStatement, Responses, Verdict, evaluate
from passrole.policy.errors import PolicyError
from passrole.policy.load import parse_guardrail

ACCOUNT = "111122223333"
LAMBDA, EC2 = "lambda.amazonaws.com", "ec2.amazonaws.com"
UNREADABLE = Unknown("iam:GetRole failed: Throttling")
AT = "2026-07-01T10:00:05Z"
F = "guardrail.yaml"
HEAD = "version: 1\napproved:\n"
NONE = "version: 1\napproved: []\n"
APPROVED = f"arn:aws:iam::{ACCOUNT}:role/application_role/web"


def a_pass(
    services: tuple[str, ...] = (LAMBDA,), outcome: Outcome = Outcome.SUCCEEDED, value: str | None = APPROVED
) -> Pass:
    kind = RoleKind.ROLE_ARN if value else None
    return Pass(
        event_id="e-1",
        event_time="2026-07-01T10:00:00Z",
        event_source="lambda.amazonaws.com",
        event_name="CreateFunction20150331",
        account=ACCOUNT,
        region="eu-west-1",
        outcome=outcome,
        role=PassedRole(value, kind, value, None),
        path="requestParameters.role",
        place="execution role",
        services=services,
        resources=(),
        resource_type="lambda:function",
        passer=Passer(type="IAMUser"),
    )


def a_role(arn: str | None = APPROVED, tags: Mapping[str, str] | None = None) -> Evidence:
    """What is known of a role: its ARN, and its tags, each unknown if None is given."""
    return Evidence(
        arn=Known(arn) if arn is not None else UNREADABLE,
        name=Known(arn.rsplit("/", 1)[-1]) if arn is not None else UNREADABLE,
        path=UNREADABLE,
        role_id=UNREADABLE,
        tags=Known(tags) if tags is not None else UNREADABLE,
        trust_policy=UNREADABLE,
        permissions_boundary=UNREADABLE,
        created_at=UNREADABLE,
        observed_at=AT,
    )


def allow(sid: str, *conditions: Condition, resources: tuple[str, ...] = ("*",)) -> PolicyStatement:
    return PolicyStatement(sid, Effect.ALLOW, resources=resources, conditions=conditions)


def deny(sid: str, *conditions: Condition, resources: tuple[str, ...] = ("*",)) -> PolicyStatement:
    return PolicyStatement(sid, Effect.DENY, resources=resources, conditions=conditions)


def tag_is(value: str, key: str = "team") -> Condition:
    return Condition("StringEquals", f"role:Tag/{key}", (value,))


def service_is(*services: str) -> Condition:
    return Condition("StringEquals", "iam:PassedToService", services)


def a_policy(*statements: PolicyStatement, responses: Responses | None = None) -> CompiledPolicy:
    return CompiledPolicy(statements, responses or Responses())


def judge(policy: CompiledPolicy, pass_: Pass, evidence: Evidence) -> Verdict:
    """The verdict at the time at which the evidence was read."""
    return evaluate(policy, pass_, evidence, AT)


def approving(*entries: str) -> CompiledPolicy:
    """The policy of a guardrail.yaml with these approved entries, each in YAML's flow style."""
    return parse_guardrail(f"version: 1\napproved: [{', '.join(entries)}]".encode()).compiled


def problem_lines(content: str | bytes) -> list[str]:
    """The lines of the error that a guardrail.yaml gives."""
    with pytest.raises(PolicyError) as raised:
        parse_guardrail(content if isinstance(content, bytes) else content.encode())
    return str(raised.value).split("\n")
