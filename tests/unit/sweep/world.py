"""An account with functions and roles, and a guard that sweeps it, all in memory."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from passrole.clock import iso
from passrole.evidence import Evidence, Known, Unknown
from passrole.finding import Finding
from passrole.ledger import Ledger, SweepPart
from passrole.passes import Pass
from passrole.policy import CompiledPolicy
from passrole.sweep.config_query import Recorders
from passrole.sweep.listing import Listing
from passrole.sweep.part import PartSweeper
from passrole.sweep.position import START, Position
from passrole.sweep.rejudging import Cause, Rejudge
from tests.unit.alerts.memory_table import MemoryTable, memory_ledger
from tests.unit.samples import ACCOUNT, FUNCTION, ROLE, FrozenClock, RecordedTopic, evidence_of, policy_of
from tests.unit.sweep.pages import HERE, NoPace, PagingApi, listing_of

APPROVED = f"arn:aws:iam::{ACCOUNT}:role/application_role/orders"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/dev/other"
TAGS: Mapping[str, str] = {"approved-for": "lambda"}
PART = "lambda:function in us-east-1"


class Iam:
    """What IAM tells of roles.

    Attributes:
        roles: the tags of each role that exists, by its ARN.
        made: how often a role of that ARN was made anew.
        is_throttled: nothing is told.
        administrators: the ARNs of those that are.
    """

    def __init__(self) -> None:
        self.roles: dict[str, Mapping[str, str]] = {ROLE: {}, OTHER: {}, APPROVED: TAGS}
        self.made: dict[str, int] = {}
        self.is_throttled = False
        self.administrators: set[str] = set()

    def evidence(self, pass_: Pass) -> Evidence:
        arn = pass_.role.arn
        if arn is None:
            return Evidence.unknown("the record's text names no role", "2026", lasting=True)
        if self.is_throttled:
            return _named(arn, Unknown("iam:GetRole failed: Throttling", failed=True))
        if arn not in self.roles:
            return _named(arn, Unknown("the role does not exist in IAM now", gone=True))
        return evidence_of(arn, self.roles[arn], f"AROA{self.made.get(arn, 0)}{arn[-12:]}")

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        return replace(evidence, administrator=Known(pass_.role.arn in self.administrators))


def _named(arn: str, nothing: Unknown) -> Evidence:
    """What a role's ARN tells by itself."""
    return replace(
        evidence_of(arn),
        role_id=nothing,
        tags=nothing,
        trust_policy=nothing,
        permissions_boundary=nothing,
        created_at=nothing,
    )


class World:
    """The account, the ledger and the topic.

    Attributes:
        functions: the roles of each function, by its ARN.
        page: how many functions a page has.
        recorders: of AWS Config; None where it is not asked.
    """

    def __init__(self, policy: CompiledPolicy | None = None) -> None:
        self.ledger: Ledger
        self.table: MemoryTable
        self.ledger, self.table = memory_ledger()
        self.policy = policy or policy_of()
        self.topic, self.clock, self.iam = RecordedTopic(), FrozenClock(), Iam()
        self.functions: dict[str, list[str]] = {}
        self.page = 2
        self.listing: Listing = listing_of()
        self.is_late: Callable[[], bool] = lambda: False
        self.recorders: Recorders | None = None

    def client(self, service: str, region: str) -> Any:
        return PagingApi(PagingApi.pages_of(self.functions, self.page))

    @property
    def rejudge(self) -> Rejudge:
        return Rejudge(self.policy, self.iam, self.ledger, self.topic, self.clock)

    @property
    def sweeper(self) -> PartSweeper:
        return PartSweeper(
            self.client,
            self.iam,
            self.rejudge,
            self.ledger,
            NoPace(),
            lambda: self.is_late(),
            self.clock,
            self.recorders,
        )

    def begin(self) -> str:
        """The id of a sweep that begins now, some time after the last."""
        self.clock.go_on(hours=1)
        return iso(self.clock())

    def go_on(self, sweep: str, position: Position = START) -> SweepPart:
        """Lists and judges all from a position on."""
        self.clock.go_on(seconds=1)
        progress = self.sweeper.go_on(self.listing, HERE, sweep, SweepPart(PART), position)
        assert progress.position is None
        return progress.part

    def sweep(self) -> SweepPart:
        """A whole sweep."""
        sweep = self.begin()
        part = self.go_on(sweep)
        self.clock.go_on(seconds=1)
        return self.sweeper.end(self.listing, HERE, sweep, part)

    def finding(self, resource: str = FUNCTION, role: str = ROLE) -> Finding:
        """The one about a resource and a role."""
        [found] = [f for f in self.ledger.findings() if (f.resource, f.role) == (resource, role)]
        return found

    def news(self, finding: Finding) -> list[str]:
        """What the topic was told of a finding."""
        return [message["news"] for message, _ in self.topic.messages if message["finding_id"] == finding.id]

    def held(self, resource: str = FUNCTION) -> set[str]:
        return {holding.role for holding in self.ledger.holdings_of(resource)}

    def judge(self, cause: Cause, resource: str = FUNCTION) -> None:
        """Judges again what a resource holds."""
        list(self.rejudge.holdings(self.ledger.holdings_of(resource), cause))
