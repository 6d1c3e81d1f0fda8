"""The story that the pictures tell: a person gives a Lambda function a role that nobody approved for it."""

from dataclasses import replace

from passrole.alerts.alert import Alert
from passrole.alerts.digest import Digest, make_digest
from passrole.finding import Finding, News, State, Step
from passrole.passes import Outcome, Passer
from passrole.policy import Decision, Severity, Stage

_ACCOUNT = "111122223333"
_ACCOUNT_NAME = "payments-production"
_WHEN = "2026-11-22T03:14:{:02d}.000Z"

ALICE = Passer(
    type="AssumedRole",
    arn=f"arn:aws:sts::{_ACCOUNT}:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/alice@example.com",
    role_arn=(
        f"arn:aws:iam::{_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/"
        "AWSReservedSSO_Developer_0123456789abcdef"
    ),
    account=_ACCOUNT,
    principal_id="AROAEXAMPLE:alice@example.com",
    name="alice@example.com",
    source_ip="203.0.113.9",
)
FINDING = Finding(
    id="3f9c2b7d51e8a604",
    account=_ACCOUNT,
    region="eu-west-1",
    resource=f"arn:aws:lambda:eu-west-1:{_ACCOUNT}:function:payments-export",
    resource_type="lambda:function",
    place="execution role",
    role=f"arn:aws:iam::{_ACCOUNT}:role/admin/BreakGlass",
    role_id="AROABREAKGLASS",
    services=("lambda.amazonaws.com",),
    passer=ALICE,
    event_source="lambda.amazonaws.com",
    event_name="CreateFunction20150331",
    event_time="2026-11-22T03:14:07Z",
    outcome=Outcome.SUCCEEDED,
    decision=Decision.VIOLATION,
    reasons=(
        f"no statement approves arn:aws:iam::{_ACCOUNT}:role/admin/BreakGlass for lambda.amazonaws.com",
        f"application roles for Lambda: role:Arn is arn:aws:iam::{_ACCOUNT}:role/admin/BreakGlass, "
        "needs arn:aws:iam::*:role/application_role/*; role:Tag/approved-for is absent, needs lambda",
    ),
    policy_hash="0123456789ab",
    severity=Severity.CRITICAL,
    response=Stage.QUARANTINE,
    state=State.OPEN,
    passes=1,
    last_pass="11111111-2222-3333-4444-555555555555#requestParameters.role",  # noqa: S106 - no password
    opened_at=_WHEN.format(9),
    updated_at=_WHEN.format(9),
    revision=1,
    published=0,
    checks=("unapproved",),
)


def _news(second: int, news: News, who: str, why: str, revision: int, **changes: object) -> Alert:
    finding = replace(FINDING, revision=revision, **changes)  # type: ignore[arg-type]
    step = Step(revision, _WHEN.format(second), news, who, why)
    return Alert(finding, step, account_name=_ACCOUNT_NAME)


OPENED = _news(9, News.OPENED, ALICE.name or "", FINDING.reasons[0], 1)
CONTAINED = _news(
    11,
    News.CONTAINED,
    "contain",
    "event source mappings paused, reserved concurrency set to 0: new invocations are refused. Still runs: "
    "running invocations end by themselves (15 minutes at most) and keep their credentials until then",
    2,
    state=State.CONTAINED,
)
RELEASED = _news(
    48,
    News.RELEASED,
    f"arn:aws:sts::{_ACCOUNT}:assumed-role/GuardrailOperator/bob",
    "approved in CHG-1234, and the role is the right one by now",
    3,
    state=State.RELEASED,
)


def storm() -> Digest:
    """What is told together when a script passes roles fourteen times in a few seconds."""
    alerts = []
    for number in range(14):
        is_first = number < 9
        services = ("lambda.amazonaws.com",) if is_first else ("glue.amazonaws.com",)
        kind = "lambda:function" if is_first else "glue:job"
        name = f"function:export-{number:02d}" if is_first else f"job/nightly-{number:02d}"
        finding = replace(
            FINDING,
            id=f"{(number + 1) * 0x3F9C2B7D51E8A604 % 2**64:016x}",
            resource=f"arn:aws:{services[0].partition('.')[0]}:eu-west-1:{_ACCOUNT}:{name}",
            resource_type=kind,
            services=services,
            role=f"arn:aws:iam::{_ACCOUNT}:role/dev/{'Sandbox' if is_first else 'GlueAdmin'}",
            severity=Severity.HIGH,
        )
        alerts.append(Alert(finding, Step(1, _WHEN.format(10 + number), News.OPENED, "alice", "why")))
    return make_digest(alerts)
