"""The ledger: the durable record of passes, findings, deliveries, containments, intents and brakes."""

from typing import TYPE_CHECKING

from passrole.ledger.brakes import BrakeRecords, Breaker, Stopped, Switch
from passrole.ledger.bursts import BurstRecords, Limit
from passrole.ledger.containments import Containment, ContainmentRecords, ContainmentState
from passrole.ledger.deliveries import Claim, DeliveryRecords
from passrole.ledger.digests import DigestRecord, DigestRecords, Held, HeldNews
from passrole.ledger.heartbeats import Heartbeat, HeartbeatRecords
from passrole.ledger.holdings import Holding
from passrole.ledger.intents import Intent, IntentRecords
from passrole.ledger.passes import PassRecords, RecordedPass, principal_of
from passrole.ledger.sweeps import PolicyJudgement, SweepPart, SweepRecord, SweepRecords
from passrole.ledger.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class Ledger(
    PassRecords,
    DeliveryRecords,
    ContainmentRecords,
    IntentRecords,
    BrakeRecords,
    BurstRecords,
    DigestRecords,
    SweepRecords,
    HeartbeatRecords,
):
    """All records, over one DynamoDB table."""

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table = Table(table_name, client)


__all__ = [
    "Breaker",
    "Claim",
    "Containment",
    "ContainmentState",
    "DigestRecord",
    "Heartbeat",
    "Held",
    "HeldNews",
    "Holding",
    "Intent",
    "Ledger",
    "Limit",
    "PolicyJudgement",
    "RecordedPass",
    "Stopped",
    "SweepPart",
    "SweepRecord",
    "Switch",
    "principal_of",
]
