"""One finding and its news, as the tests of alerts use them."""

from dataclasses import replace
from typing import Any

from passrole.alerts import Alert
from passrole.alerts.digest import Digest, make_digest
from passrole.finding import Finding, News, State, Step
from passrole.finding.guard import Trouble, trouble
from passrole.passes import SWEPT, Origin, Outcome, Passer
from passrole.policy import Decision, Severity, Stage
from passrole.selfwatch import GuardChange
from passrole.selfwatch.decision import Counts
from passrole.selfwatch.findings import finding_of

PASSER = Passer(
    type="AssumedRole",
    arn="arn:aws:sts::111122223333:assumed-role/Developer/alice",
    role_arn="arn:aws:iam::111122223333:role/Developer",
    account="111122223333",
    principal_id="AROAEXAMPLE:alice",
    name="alice",
    source_identity="alice@example.com",
    source_ip="203.0.113.9",
)
FINDING = Finding(
    id="3f9c2b7d51e8a604",
    account="111122223333",
    region="eu-west-1",
    resource="arn:aws:lambda:eu-west-1:111122223333:function:payments",
    resource_type="lambda:function",
    place="execution role",
    role="arn:aws:iam::111122223333:role/admin/BreakGlass",
    role_id="AROABREAKGLASS",
    services=("lambda.amazonaws.com",),
    passer=PASSER,
    event_source="lambda.amazonaws.com",
    event_name="CreateFunction20150331",
    event_time="2026-11-22T03:14:07Z",
    outcome=Outcome.SUCCEEDED,
    decision=Decision.VIOLATION,
    reasons=(
        "no statement approves arn:aws:iam::111122223333:role/admin/BreakGlass for lambda.amazonaws.com",
        "app-roles: role:Arn is arn:aws:iam::111122223333:role/admin/BreakGlass, "
        "needs arn:aws:iam::*:role/app/*; role:Tag/Approved is absent, needs yes",
    ),
    policy_hash="0123456789ab",
    severity=Severity.HIGH,
    response=Stage.QUARANTINE,
    state=State.OPEN,
    passes=1,
    last_pass="11111111-2222-3333-4444-555555555555#requestParameters.role",
    opened_at="2026-11-22T03:14:09.123Z",
    updated_at="2026-11-22T03:14:09.123Z",
    revision=1,
    published=0,
)


def alert(
    news: News = News.OPENED, *, who: str = "contain", why: str = "", repeat: bool = False, **changes: Any
) -> Alert:
    """News of ``FINDING``, with what differs from it."""
    revision = 1 if news is News.OPENED else 2
    finding = replace(FINDING, revision=revision, **changes)
    return Alert(finding, Step(revision, "2026-11-22T03:14:11.000Z", news, who, why), repeat)


def _trouble() -> Alert:
    """Trouble of the guard itself."""
    change = trouble(
        Trouble.BREAKER_TRIPPED,
        "2026-11-22T03#0 ordinary",
        FINDING.account,
        FINDING.region,
        "the cap of 10 acts an hour is reached: ordinary containment has stopped; "
        "passrole quarantine reset lets it go on",
        "2026-11-22T03:14:11.000Z",
    )
    assert change.step is not None
    return Alert(change.finding, change.step)


CHANGED = GuardChange(
    kind=Trouble.GUARD_CHANGED,
    part="events:rule",
    resource="PassRoleGuardrail-IntakeCalls01E97ED48-1TBAOF2WSJFVT",
    outcome=Outcome.SUCCEEDED,
    passer=PASSER,
    call="events:DisableRule",
    source="events.amazonaws.com",
    is_deployment=False,
    counts=Counts.ALWAYS,
    event_id="5f0c1a7e-1111-2222-3333-444455556666",
    event_time="2026-11-22T03:14:07Z",
    account=FINDING.account,
    region=FINDING.region,
)


def _change(change: GuardChange) -> Alert:
    """Somebody's doing to the guard itself."""
    opened = finding_of(change, "2026-11-22T03:14:11.000Z")
    assert opened.step is not None
    return Alert(opened.finding, opened.step)


ALERTS = {
    "opened": alert(why=FINDING.reasons[0]),
    "opened-alert-only": alert(response=Stage.ALERT),
    "opened-denied": alert(
        outcome=Outcome.DENIED, severity=Severity.MEDIUM, resource=None, response=Stage.ALERT
    ),
    "opened-failed": alert(
        outcome=Outcome.FAILED, severity=Severity.LOW, resource=None, response=Stage.ALERT
    ),
    "opened-undetermined": alert(
        decision=Decision.UNDETERMINED,
        severity=Severity.MEDIUM,
        response=Stage.ALERT,
        reasons=(
            "whether arn:aws:iam::111122223333:role/admin/BreakGlass is approved cannot be told",
            "app-roles: role:Tag/Approved is unknown (iam:GetRole was denied), needs yes",
        ),
    ),
    "found-by-sweep": alert(
        who="passrole-guardrail",
        why=f"the sweep of 2026-11-22T03:00:00.000Z found it: {FINDING.reasons[0]}",
        origin=Origin.SWEEP,
        response=Stage.ALERT,
        passer=Passer(),
        event_source="sweep",
        event_name="sweep",
        last_pass=f"{SWEPT}2026-11-22T03:00:00.000Z-0123456789abcdef#Role",
    ),
    "opened-by-role-change": alert(
        who="arn:aws:sts::111122223333:assumed-role/Developer/mallory",
        why=f"the role BreakGlass lost tags (UntagRole): {FINDING.reasons[0]}",
        origin=Origin.ROLE_CHANGE,
        response=Stage.ALERT,
    ),
    "reopened-by-policy-change": alert(
        News.REOPENED,
        who="passrole-guardrail",
        why=f"the policy changed to 0123456789ab: {FINDING.reasons[0]}",
        origin=Origin.POLICY_CHANGE,
        response=Stage.ALERT,
    ),
    "resolved-by-role-change": alert(
        News.RESOLVED,
        state=State.RESOLVED,
        who="arn:aws:sts::111122223333:assumed-role/Developer/dana",
        why="the role BreakGlass was tagged (TagRole): the policy approves the pass now",
    ),
    "reopened": alert(
        News.REOPENED, why="the role was passed again after it was released", passes=2, who=str(PASSER.arn)
    ),
    "exemption-ended": alert(
        News.EXEMPTION_ENDED, why="the exemption legacy loader expired", who="passrole-guardrail"
    ),
    "contained": alert(
        News.CONTAINED,
        state=State.CONTAINED,
        why="event source mappings paused, reserved concurrency set to 0: new invocations are refused. "
        "Still runs: running invocations end by themselves (15 minutes at most) and keep their credentials "
        "until then; asynchronous events go to the function's failure destination after their retries",
    ),
    "contained-repeat": alert(
        News.CONTAINED,
        state=State.CONTAINED,
        why="the resource was contained already. Still runs: the instance runs on",
        repeat=True,
    ),
    "containment-refused": alert(News.CONTAINMENT_REFUSED, why="the cap of 10 acts an hour is reached"),
    "containment-failed": alert(
        News.CONTAINMENT_FAILED, why="PutFunctionConcurrency was refused: AccessDeniedException"
    ),
    "released": alert(
        News.RELEASED,
        state=State.RELEASED,
        who="arn:aws:sts::111122223333:assumed-role/GuardrailOperator/bob",
        why="approved in CHG-1234",
    ),
    "resolved": alert(News.RESOLVED, state=State.RESOLVED, why="the resource holds another role now"),
    "waits-for-approval": alert(
        News.CONTAINMENT_WAITS,
        why="it is contained when somebody approves that: passrole findings approve 3f9c2b7d51e8a604",
    ),
    "approved": alert(
        News.APPROVED,
        who="arn:aws:sts::111122223333:assumed-role/GuardrailOperator/bob",
        why="nobody knows it",
    ),
    "would-contain": alert(
        News.WOULD_CONTAIN,
        why="a dry run: would have been contained (reserved concurrency set to 0)",
    ),
    "undone": alert(
        News.UNDONE,
        why="somebody undid the containment of arn:aws:lambda:eu-west-1:111122223333:function:payments",
    ),
    "exempted": alert(
        News.EXEMPTED,
        state=State.EXEMPTED,
        who="arn:aws:sts::111122223333:assumed-role/GuardrailOperator/bob",
        why="moves by the end of the quarter",
        exempt_until="2026-12-31T00:00:00.000Z",
    ),
    "breaker": _trouble(),
    "guard-changed": _change(CHANGED),
    "guard-change-denied": _change(
        replace(CHANGED, outcome=Outcome.DENIED, resource=None, event_id="7d1e0f52-attempt")
    ),
    "trail-blinded": _change(
        replace(
            CHANGED,
            kind=Trouble.TRAIL_BLINDED,
            part="cloudtrail:trail",
            resource="management-events",
            call="cloudtrail:StopLogging",
        )
    ),
    "opened-named-account": replace(alert(), account_name="payments-prod"),
    "contained-named-account": replace(
        alert(News.CONTAINED, state=State.CONTAINED, why="reserved concurrency set to 0"),
        account_name="payments-prod",
    ),
}


def _held(number: int, news: News = News.OPENED, revision: int = 1, **changes: Any) -> Alert:
    """News of one of several findings."""
    name = f"payments-{number}"
    told = alert(
        news,
        id=f"{number:016x}",
        resource=f"arn:aws:lambda:eu-west-1:111122223333:function:{name}",
        **changes,
    )
    return replace(told, step=replace(told.step, revision=revision))


_INSTANCE = {
    "resource": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0",
    "services": ("ec2.amazonaws.com",),
    "severity": Severity.CRITICAL,
}
_ATTEMPT = {"outcome": Outcome.DENIED, "severity": Severity.MEDIUM, "resource": None}

DIGESTS: dict[str, Digest] = {
    "digest-one-group": make_digest(
        [
            *(_held(n) for n in range(1, 5)),
            _held(2, News.CONTAINED, 2),
            _held(3, News.CONTAINMENT_REFUSED, 2),
            replace(_held(4, News.CONTAINED, 2), repeat=True),
        ]
    ),
    "digest-several-groups": make_digest(
        [
            *(_held(n) for n in range(1, 3)),
            replace(alert(**_INSTANCE), finding=replace(FINDING, id="000000000000000a", **_INSTANCE)),
            replace(alert(), finding=replace(FINDING, id="000000000000000b", **_ATTEMPT)),
            _held(5, decision=Decision.UNDETERMINED, passer=replace(PASSER, arn=None, name="mallory")),
        ]
    ),
    "digest-several-messages": make_digest(_held(n) for n in range(1, 401)),
}
