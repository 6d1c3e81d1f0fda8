"""A sample of an organization's quarter: most passes are normal, and some call for attention."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from passrole.audit.row import Row
from tests.unit.audit.planted import EC2, GLUE, LAMBDA

ACCOUNTS = ("111122223333", "444455556666")
_BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
_DAYS = 92
_ECS, _STATES, _EVENTS = "ecs-tasks.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com"
_Names = tuple[str, str, str]
_CALLS = {
    LAMBDA: ("lambda", "CreateFunction20150331", "function:{}"),
    EC2: ("ec2", "RunInstances", "instance/i-0{}"),
    GLUE: ("glue", "CreateJob", "job/{}"),
    _ECS: ("ecs", "RegisterTaskDefinition", "task-definition/{}:3"),
    _STATES: ("states", "CreateStateMachine", "stateMachine:{}"),
    _EVENTS: ("events", "PutTargets", "rule/{}"),
}
# Weight, passer, role and service of what is normal.
_NORMAL = (
    (40, "ci/deploy-orders", "application_role/orders-api", LAMBDA),
    (34, "ci/deploy-payments", "application_role/payments-api", LAMBDA),
    (22, "ci/deploy-orders", "application_role/orders-worker", _ECS),
    (18, "ci/deploy-platform", "application_role/base-instance", EC2),
    (14, "data/airflow", "application_role/nightly-etl", GLUE),
    (10, "ci/deploy-platform", "application_role/scheduler", _EVENTS),
    (8, "ci/deploy-payments", "application_role/settlement", _STATES),
    (6, "data/airflow", "application_role/report-builder", LAMBDA),
    (5, "ci/deploy-search", "application_role/search-indexer", LAMBDA),
    (4, "ci/deploy-search", "application_role/search-cluster", EC2),
    (3, "ci/deploy-mobile", "application_role/push-sender", LAMBDA),
    (2, "ci/deploy-web", "application_role/thumbnailer", LAMBDA),
    (2, "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_0123456789abcdef", "dev/sandbox", LAMBDA),
    (1, "ci/deploy-ml", "application_role/training", EC2),
)
# How often, passer, role, service, severity, outcome and reason of what is not.
_WRONG = (
    (7, "user/alice", "admin/BreakGlass", LAMBDA, "critical", "succeeded", "role is an administrator"),
    (
        11,
        "ci/deploy-web",
        "legacy/monolith",
        EC2,
        "high",
        "succeeded",
        "role:Tag/approved-for is absent, needs ec2",
    ),
    (
        5,
        "user/bob",
        "partner/etl-exchange",
        GLUE,
        "high",
        "succeeded",
        "somebody outside the account can take it",
    ),
    (
        9,
        "user/mallory",
        "admin/BreakGlass",
        EC2,
        "medium",
        "denied",
        "no statement approves it for ec2.amazonaws.com",
    ),
    (
        6,
        "ci/deploy-orders",
        "application_role/orders-api",
        _ECS,
        "high",
        "succeeded",
        "services: approved for lambda only",
    ),
    (
        3,
        "user/bob",
        "legacy/monolith",
        LAMBDA,
        "low",
        "failed",
        "role:Tag/approved-for is absent, needs lambda",
    ),
)
_EXCEPTION = ("ci/deploy-web", "legacy/loader", GLUE)
_BROAD = {"admin/BreakGlass": (True, False), "partner/etl-exchange": (False, True)}


def sample(size: int = 3_000, *, is_judged: bool = True, has_snapshot: bool = True) -> Iterator[Row]:
    """The rows, the same each time: without a policy, or without a snapshot, they know less."""
    chance = Random(7)  # noqa: S311 - a sample
    for number, (names, judged) in enumerate(_planned(size, chance), 1):
        row = _row(number, chance, *names) | judged
        if not is_judged:
            row |= dict.fromkeys(("verdict", "severity", "response")) | {"reasons": [], "checks": []}
        if not has_snapshot:
            row |= dict.fromkeys(("is_administrator", "is_external", "role_tags"))
        yield row


def _planned(size: int, chance: Random) -> Iterator[tuple[_Names, Row]]:
    others = [*_violations(), *_exceptions()]
    ways = [(passer, role, service) for _, passer, role, service in _NORMAL]
    for names in chance.choices(ways, [weight for weight, *_ in _NORMAL], k=size - len(others)):
        yield names, {"verdict": "approved"}
    yield from others


def _violations() -> Iterator[tuple[_Names, Row]]:
    for count, passer, role, service, severity, outcome, reason in _WRONG:
        judged = {
            "verdict": "violation",
            "severity": severity,
            "response": "alert",
            "outcome": outcome,
            "error_code": "AccessDenied" if outcome == "denied" else None,
            "reasons": [f"no statement approves {role} for {service}", f"application roles: {reason}"],
            "checks": ["unapproved"],
        }
        yield from [((passer, role, service), judged)] * count


def _exceptions() -> Iterator[tuple[_Names, Row]]:
    for verdict, severity, count in (("exempt", None, 14), ("undetermined", "medium", 25)):
        judged = {"verdict": verdict, "severity": severity, "reasons": [f"legacy loader: {verdict}"]}
        yield from [(_EXCEPTION, judged)] * count


def _row(number: int, chance: Random, passer: str, role: str, service: str) -> Row:
    account = ACCOUNTS[chance.random() < 0.2]
    region = chance.choice(("eu-west-1", "eu-west-1", "us-east-1"))
    source, event, resource = _CALLS[service]
    name = f"{role.rpartition('/')[2]}-{chance.randrange(40):02d}"
    is_administrator, is_external = _BROAD.get(role, (False, False))
    return {
        "event_time": _time(chance),
        "event_id": f"00000000-0000-4000-8000-{number:012d}",
        "path": "requestParameters.role",
        "account": account,
        "region": region,
        "event_source": f"{source}.amazonaws.com",
        "event_name": event,
        "action": f"{source}:{event.removesuffix('20150331')}",
        "outcome": "succeeded",
        "direction": "passes",
        "coverage": "covered",
        "place": "execution role",
        "role": f"arn:aws:iam::{account}:role/{role}",
        "role_name": role.rpartition("/")[2],
        "role_tags": {},
        "is_administrator": is_administrator,
        "is_external": is_external,
        "services": [service],
        "resource": f"arn:aws:{source}:{region}:{account}:{resource.format(name)}",
        **_passer(passer, account),
        "source_ip": f"203.0.113.{chance.randrange(250)}",
        "user_agent": "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.0 os/linux#6.1 lang/python#3.13.1",
        "reasons": [],
        "checks": [],
    }


def _passer(passer: str, account: str) -> Row:
    if passer.startswith("user/"):
        arn = f"arn:aws:iam::{account}:{passer}"
        told = {"passer_type": "IAMUser", "passer_arn": arn, "passer_name": passer.removeprefix("user/")}
    else:
        arn = f"arn:aws:iam::{account}:role/{passer}"
        session = f"arn:aws:sts::{account}:assumed-role/{passer.rpartition('/')[2]}/session"
        told = {"passer_type": "AssumedRole", "passer_arn": session, "passer_name": "session"}
    return {"passer": arn, "passer_account": account, **told}


def _time(chance: Random) -> str:
    """Working days have most of the passes, and so has the end of the quarter."""
    while True:
        day = int(_DAYS * chance.random() ** 0.8)
        at = _BEGAN + timedelta(days=day, seconds=chance.randrange(7 * 3600, 19 * 3600))
        if at.weekday() < 5 or chance.random() < 0.25:
            return f"{at:%Y-%m-%dT%H:%M:%SZ}"
