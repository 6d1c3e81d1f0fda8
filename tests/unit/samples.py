"""Values that many unit tests need, each with the fields that the test cares about."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from passrole.evidence import ABSENT, Evidence, Known
from passrole.finding import Finding
from passrole.finding.opening import findings_of
from passrole.ledger import keys
from passrole.passes import Outcome, Pass, PassedRole, Passer, RoleKind
from passrole.policy import (
    CompiledPolicy,
    Condition,
    Decision,
    Effect,
    PolicyStatement,
    QuarantineRules,
    Responses,
    Stage,
    Verdict,
)

ACCOUNT, REGION = "111122223333", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/dev/deployer"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:orders"
INSTANCE = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-0123456789abcdef0"
NOW = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)


class FrozenClock:
    """A clock that stands until it is told to go on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)


class RecordedTopic:
    """A topic that keeps what was published; ``broken`` makes it refuse."""

    def __init__(self) -> None:
        self.messages: list[tuple[dict[str, Any], Mapping[str, Sequence[str]]]] = []
        self.broken = False

    def publish(self, message: str, attributes: Mapping[str, Sequence[str]]) -> None:
        if self.broken:
            raise ConnectionError("the topic cannot be reached")
        self.messages.append((json.loads(message), attributes))

    @property
    def news(self) -> list[str]:
        return [message["news"] for message, _ in self.messages]


class RecordedQueue:
    """A function's queue that keeps what was put into it."""

    def __init__(self) -> None:
        self.pointers: list[dict[str, Any]] = []

    def send(self, message: str) -> None:
        self.pointers.append(json.loads(message))


class NoReferences:
    """Knows of no launch template or the like: passes come out as they went in."""

    def resolve(self, passes: Sequence[Pass]) -> Iterator[Pass]:
        return iter(passes)


class RecordedLooks:
    """Keeps the events that wait, each with the look that it had; ``most`` looks come after the first."""

    def __init__(self, most: int = 0) -> None:
        self.waiting: list[tuple[str, int]] = []
        self._most = most

    def takes(self, event: str, look: int) -> bool:
        return look <= self._most

    def put(self, event: str, look: int) -> None:
        self.waiting.append((event, look))


class FixedEvidence:
    """Evidence that does not change, however often it is asked for."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def evidence(self, pass_: Pass) -> Evidence:
        return self._evidence

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        return evidence


def evidence_of(
    arn: str = ROLE, tags: Mapping[str, str] | None = None, role_id: str = "AROAEXAMPLE"
) -> Evidence:
    path = arn.partition(":role")[2].rpartition("/")[0] + "/"
    return Evidence(
        arn=Known(arn),
        name=Known(arn.rpartition("/")[2]),
        path=Known(path),
        role_id=Known(role_id),
        tags=Known(tags or {}),
        trust_policy=Known({}),
        permissions_boundary=ABSENT,
        created_at=Known("2026-01-01T00:00:00.000Z"),
        observed_at="2026-11-22T12:00:05.000Z",
    )


def policy_of(response: Stage = Stage.QUARANTINE, **quarantine: Any) -> CompiledPolicy:
    """Approves roles of ``/application_role/`` that are tagged ``approved-for: lambda``."""
    statement = PolicyStatement(
        sid="application roles",
        effect=Effect.ALLOW,
        resources=("arn:*:iam::*:role/application_role/*",),
        conditions=(Condition("StringEquals", "role:Tag/approved-for", ("lambda",)),),
    )
    return CompiledPolicy((statement,), Responses(violation=response), QuarantineRules(**quarantine))


def pass_of(**fields: Any) -> Pass:
    """A function was made with an unapproved role."""
    given: dict[str, Any] = {
        "event_id": "11111111-1111-4111-8111-111111111111",
        "event_time": "2026-11-22T12:00:00Z",
        "event_source": "lambda.amazonaws.com",
        "event_name": "CreateFunction20150331",
        "account": ACCOUNT,
        "region": REGION,
        "outcome": Outcome.SUCCEEDED,
        "role": PassedRole(ROLE, RoleKind.ROLE_ARN, ROLE, "deployer"),
        "path": "requestParameters.role",
        "place": "execution role",
        "services": ("lambda.amazonaws.com",),
        "resources": (FUNCTION,),
        "resource_type": "lambda:function",
        "passer": Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/dana", account=ACCOUNT),
    }
    return Pass(**given | fields)


def verdict_of(decision: Decision = Decision.VIOLATION) -> Verdict:
    return Verdict.told(decision, (f"{ROLE} is not approved for lambda.amazonaws.com",), "0123456789ab")


def finding_of(pass_: Pass | None = None, response: Stage = Stage.QUARANTINE, **evidence: Any) -> Finding:
    """The finding that a pass opens."""
    now = "2026-11-22T12:00:05.000Z"
    return findings_of(pass_ or pass_of(), verdict_of(), evidence_of(**evidence), response, now)[0]


def envelope_of(detail: dict[str, Any], **fields: Any) -> str:
    """The EventBridge envelope around a CloudTrail record."""
    envelope = {
        "version": "0",
        "id": "22222222-2222-4222-8222-222222222222",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.lambda",
        "account": ACCOUNT,
        "time": "2026-11-22T12:00:00Z",
        "region": REGION,
        "resources": [],
        "detail": detail,
    }
    return json.dumps(envelope | fields)


def create_function_record(role: str = ROLE, **fields: Any) -> dict[str, Any]:
    """CloudTrail's record of a function made by a user."""
    record = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/dana",
            "accountId": ACCOUNT,
            "userName": "dana",
        },
        "eventTime": "2026-11-22T12:00:00Z",
        "eventSource": "lambda.amazonaws.com",
        "eventName": "CreateFunction20150331",
        "awsRegion": REGION,
        "requestParameters": {"functionName": "orders", "role": role},
        "responseElements": {"functionArn": FUNCTION, "role": role},
        "eventID": "11111111-1111-4111-8111-111111111111",
        "recipientAccountId": ACCOUNT,
    }
    return record | fields


def create_ledger_table(client: Any, name: str = "ledger") -> None:
    """The ledger's table, with the keys and indexes that the stack gives it."""

    def key(partition: str, sort: str) -> list[dict[str, str]]:
        return [
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": sort, "KeyType": "RANGE"},
        ]

    primary = (keys.PARTITION_KEY, keys.SORT_KEY)
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"}
            for pair in (primary, *keys.INDEXES.values())
            for attribute in pair
        ],
        KeySchema=key(*primary),
        GlobalSecondaryIndexes=[
            {"IndexName": index, "KeySchema": key(*pair), "Projection": {"ProjectionType": "ALL"}}
            for index, pair in keys.INDEXES.items()
        ],
    )
