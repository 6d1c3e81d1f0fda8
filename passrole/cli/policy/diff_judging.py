"""Two policies on the same passes, with the same evidence: where their judgements part."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from passrole.clock import iso, utc_now
from passrole.detection.detector import EvidenceSource
from passrole.evidence import Evidence
from passrole.passes import Pass
from passrole.policy import CompiledPolicy, Decision, Stage, Verdict, evaluate

if TYPE_CHECKING:
    from passrole.ledger import Ledger

StageOf = Callable[[CompiledPolicy, Pass, Verdict], Stage]
_AT_ONCE = 100  # as many as DynamoDB reads at once
_OF_NO_CONCERN = (Decision.APPROVED, Decision.EXEMPT)


class Kind(StrEnum):
    """What a pass becomes; or the same verdict has another response."""

    VIOLATION = "violation"
    UNDETERMINED = "undetermined"
    APPROVED = "approved"
    EXEMPT = "exempt"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the policies says; ``response`` is None where there is nothing to respond to."""

    verdict: Verdict
    response: Stage | None

    def to_json(self) -> dict[str, Any]:
        verdict = self.verdict.to_json()
        told = {name: verdict[name] for name in ("verdict", "reasons", "policy_hash")}
        return {**told, "response": self.response}


@dataclass(frozen=True, slots=True)
class Change:
    """A pass that the policies judge differently."""

    kind: Kind
    pass_: Pass
    old: Side
    new: Side

    def to_json(self) -> dict[str, Any]:
        sides = {"old": self.old.to_json(), "new": self.new.to_json()}
        return {"change": self.kind, **self.pass_.to_json(), **sides}


@dataclass(slots=True)
class Comparison:
    """Compares, and counts.

    Attributes:
        judged: passes that both judged.
        kinds: how many became what.
        dangling: roles held that do not exist.
        unanswered: passes about which IAM did not answer all that the policies ask.
        lost: what holds a role by a pass that the ledger has no more.
    """

    old: CompiledPolicy
    new: CompiledPolicy
    evidence: EvidenceSource
    stage: StageOf
    ledger: "Ledger | None" = None
    judged: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    dangling: int = 0
    unanswered: int = 0
    lost: int = 0

    @property
    def changed(self) -> int:
        return sum(self.kinds.values())

    def of_passes(self, passes: Iterable[Pass]) -> Iterator[Change | None]:
        """What becomes of each; None of those that are judged alike."""
        return (self._compare(pass_, self.evidence.evidence(pass_)) for pass_ in passes)

    def of_held(self) -> Iterator[Change | None]:
        """The same for what is held, by the ledger: each as of now, as a change of the policy judges it.

        Raises:
            ClientError, BotoCoreError: the ledger cannot be read.
        """
        now = iso(utc_now())
        for pass_ in self._held():
            known = self.evidence.evidence(replace(pass_, event_time=now))
            if known.is_of_no_role:
                self.dangling += 1
                yield None
            else:
                self.unanswered += known.is_unanswered
                yield self._compare(pass_, known)

    def _held(self) -> Iterator[Pass]:
        from passrole.ledger.keys import SHARDS

        if self.ledger is None:
            return
        for shard in range(SHARDS):
            holdings = self.ledger.holdings_in(shard)
            while some := list(islice(holdings, _AT_ONCE)):
                passes = self.ledger.recorded_passes(holding.pass_id for holding in some)
                for holding in some:
                    if holding.pass_id in passes:
                        yield replace(passes[holding.pass_id].pass_, resources=(holding.resource,))
                    else:
                        self.lost += 1

    def _compare(self, pass_: Pass, known: Evidence) -> Change | None:
        self.judged += 1
        old, new = (
            self._side(policy, pass_, evaluate(policy, pass_, known, known.observed_at))
            for policy in (self.old, self.new)
        )
        kind = _kind(old, new)
        if kind is None:
            return None
        self.kinds[kind] += 1
        return Change(kind, pass_, old, new)

    def _side(self, policy: CompiledPolicy, pass_: Pass, verdict: Verdict) -> Side:
        is_fine = verdict.decision in _OF_NO_CONCERN
        return Side(verdict, None if is_fine else self.stage(policy, pass_, verdict))


def _kind(old: Side, new: Side) -> Kind | None:
    if old.verdict.decision is not new.verdict.decision:
        return Kind(new.verdict.decision)
    return None if old.response is new.response else Kind.RESPONSE
