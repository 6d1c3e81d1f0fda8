"""Passes in the ledger: written with what they lead to, and found by role, passer, service and time."""

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from passrole.clock import iso, parse_time
from passrole.evidence import Evidence, known
from passrole.finding import Change, Finding
from passrole.ledger import keys
from passrole.ledger.findings import FindingRecords, puts_of_change
from passrole.ledger.holdings import Handover, Holding, HoldingRecords, expiry, put_of_end, puts_of
from passrole.ledger.table import IS_NEW, Item, Key, Put
from passrole.passes import Outcome, Pass, Passer
from passrole.policy import Decision, Verdict

# DynamoDB takes 100 items in a transaction; the pass is one of the last.
_AT_ONCE = 90
# Before and after all times, as texts.
_FIRST, _LAST = "0", "~"


@dataclass(frozen=True, slots=True)
class RecordedPass:
    """A pass as it was written.

    Attributes:
        role_arn: as IAM resolved it; None where it could not.
        decision, reasons, policy_hash: of the verdict by then.
        recorded_at: ISO 8601.
    """

    pass_: Pass
    role_arn: str | None
    decision: Decision
    reasons: tuple[str, ...]
    policy_hash: str
    recorded_at: str

    @property
    def at(self) -> str:
        """When it was made, as far as the record tells; else when it was written."""
        return self.pass_.event_time or self.recorded_at

    def to_json(self) -> dict[str, Any]:
        return {
            **self.pass_.to_json(),
            "role_arn": self.role_arn,
            "verdict": self.decision,
            "reasons": list(self.reasons),
            "policy_hash": self.policy_hash,
            "recorded_at": self.recorded_at,
        }


class PassRecords(FindingRecords, HoldingRecords):
    """The part of the ledger that holds passes."""

    def has_pass(self, pass_id: str) -> bool:
        """Whether the pass, and all that it led to, was written."""
        return self._table.get(keys.of_pass(pass_id)) is not None

    def findings_fed_by(self, pass_id: str) -> tuple[Finding, ...]:
        """The findings that a written pass fed, as they are now."""
        item = self._table.get(keys.of_pass(pass_id)) or {"finding_ids": []}
        found = (self.finding(finding_id) for finding_id in item["finding_ids"])
        return tuple(f for f in found if f is not None)

    def record_pass(
        self, pass_: Pass, verdict: Verdict, evidence: Evidence, changes: Sequence[Change], now: str
    ) -> bool:
        """Writes a pass, what it does to findings, and what its resources hold now: all or nothing (by 90
        records, all of a finding or resource at once, the pass last).

        False if the pass is there already or something has changed meanwhile: read again, and try again.
        """
        handovers = self.handovers(pass_, known(evidence.arn))
        groups = [list(puts_of_change(change)) for change in changes]
        # Before what they follow from: who dies in between finds nothing to end the next time.
        groups += [[put] for put in self._expiries(pass_, handovers)]
        groups += [list(puts_of(handover)) for handover in handovers]
        *chunks, last = _chunks(groups)
        last += _puts(pass_, verdict, evidence, changes, handovers, now)
        return all(self._table.put_all(chunk) for chunk in (*chunks, last))

    def recorded_pass(self, pass_id: str) -> RecordedPass | None:
        """A pass as it was written."""
        item = self._table.get(keys.of_pass(pass_id))
        return _recorded(item) if item else None

    def passes_of_role(
        self, role_arn: str, since: str = _FIRST, until: str = _LAST
    ) -> Iterator[RecordedPass]:
        """The passes of a role, oldest first. All times are ISO 8601, and count to the same text."""
        return self._listed(keys.ROLES_INDEX, keys.of_passes(role_arn), since, until)

    def passes_by(self, principal: str, since: str = _FIRST, until: str = _LAST) -> Iterator[RecordedPass]:
        """The passes of a principal, oldest first: an ARN of a user or role, or what `principal_of` gives."""
        return self._listed(keys.PASSERS_INDEX, keys.of_passer(principal), since, until)

    def passes_to(self, service: str, since: str = _FIRST, until: str = _LAST) -> Iterator[RecordedPass]:
        """The passes of which a service may have got the role, oldest first."""
        partitions = (keys.of_service(service, shard) for shard in range(keys.SHARDS))
        return self._merged(keys.SERVICES_INDEX, partitions, since, until)

    def passes_on(self, day: date) -> Iterator[RecordedPass]:
        """The passes of a day in UTC, oldest first."""
        partitions = (keys.of_day(day.isoformat(), shard) for shard in range(keys.SHARDS))
        return self._merged(keys.DAYS_INDEX, partitions, _FIRST, _LAST)

    def recorded_passes(self, pass_ids: Iterable[str]) -> dict[str, RecordedPass]:
        """Those of the passes that there are, by their ids."""
        found = self._table.get_many(keys.of_pass(pass_id) for pass_id in pass_ids)
        return {recorded.pass_.id: recorded for recorded in map(_recorded, found.values())}

    def end_holding(self, holding: Holding, at: str) -> bool:
        """Writes that a place holds nothing any more, since ``at``; False if it has changed meanwhile."""
        puts = self._expiries_of({holding.pass_id: at}, (holding.resource,))
        return self._table.put_all([*puts, put_of_end(holding, at)])

    def resources_of(self, role_arn: str) -> Iterator[str]:
        """ARNs of what got the role by any recorded pass, as often as it did; some may be gone by now."""
        for recorded in self.passes_of_role(role_arn):
            # What an attempt names has got nothing: anybody can name what they may not change.
            if recorded.pass_.outcome is Outcome.SUCCEEDED:
                yield from recorded.pass_.resources

    def _expiries(self, pass_: Pass, handovers: Sequence[Handover]) -> Iterator[Put]:
        """Lets the passes expire by which no resource holds a role any more."""
        return self._expiries_of(
            dict(end for handover in handovers for end in handover.ended), pass_.resources
        )

    def _expiries_of(self, ended: Mapping[str, str], resources: Sequence[str]) -> Iterator[Put]:
        """``ended`` are the passes, and since when; ``resources`` hold nothing by them any more."""
        for pass_id, since in ended.items():
            item = self._table.get(keys.of_pass(pass_id))
            if item is None:
                continue
            old, lives = _recorded(item).pass_, {keys.TIME_TO_LIVE: expiry(since)}
            if self._is_held_elsewhere(old, resources):
                continue
            yield Put(keys.of_pass(pass_id), item | lives)
            for key, pointer in _pointers(old, item[keys.PASSERS_SK]):
                yield Put(key, pointer | lives)

    def _is_held_elsewhere(self, old: Pass, resources: Sequence[str]) -> bool:
        others = (resource for resource in old.resources if resource not in resources)
        return any(h.pass_id == old.id for resource in others for h in self.holdings_of(resource))

    def _merged(
        self, index: str, partitions: Iterable[str], since: str, until: str
    ) -> Iterator[RecordedPass]:
        """What is in some partitions of an index, by time."""
        listed = (self._listed(index, partition, since, until) for partition in partitions)
        return heapq.merge(*listed, key=lambda recorded: (parse_time(recorded.at), recorded.pass_.id))

    def _listed(self, index: str, partition: str, since: str, until: str) -> Iterator[RecordedPass]:
        for item in self._table.query_index(index, partition, until, since):
            found = item if "body" in item else self._table.get(keys.of_pass(item["pass_id"]))
            if found is not None:
                yield _recorded(found)


def principal_of(passer: Passer) -> str:
    """What the passes of a passer are listed by: the role behind a session, else the user or the service."""
    found = (passer.role_arn, passer.arn, passer.invoked_by, passer.principal_id, passer.name)
    return next(filter(None, found), "unknown")


def _puts(
    pass_: Pass,
    verdict: Verdict,
    evidence: Evidence,
    changes: Sequence[Change],
    handovers: Sequence[Handover],
    now: str,
) -> Iterator[Put]:
    """The pass, and a pointer to it for each further service that may have got the role."""
    arn, at = known(evidence.arn), iso(parse_time(pass_.event_time)) if pass_.event_time else now
    place, shard = keys.of_time(at, pass_.id), _shard_of(pass_)
    # A pass that gave a resource its role is kept for as long as it holds it.
    lives = None if any(handover.holding for handover in handovers) else expiry(at)
    first = next(iter(pass_.services), "unknown")
    item: Item = {
        "body": json.dumps(pass_.to_json() | verdict.to_json(), sort_keys=True),
        "recorded_at": now,
        "role_arn": arn,
        "role_id": known(evidence.role_id),
        "observed_at": evidence.observed_at,
        "finding_ids": [change.finding.id for change in changes],
        keys.PASSERS_PK: keys.of_passer(principal_of(pass_.passer)),
        keys.PASSERS_SK: place,
        keys.SERVICES_PK: keys.of_service(first, shard),
        keys.SERVICES_SK: place,
        keys.DAYS_PK: keys.of_day(at[:10], shard),
        keys.DAYS_SK: place,
        keys.TIME_TO_LIVE: lives,
    }
    role = arn or pass_.role.value
    if role:
        item |= {keys.ROLES_PK: keys.of_passes(role), keys.ROLES_SK: place}
    for key, pointer in _pointers(pass_, place):
        yield Put(key, pointer | {keys.TIME_TO_LIVE: lives})
    yield Put(keys.of_pass(pass_.id), item, IS_NEW)


def _pointers(pass_: Pass, place: str) -> Iterator[tuple[Key, Item]]:
    """What lists a pass by each service but the first that may have got its role."""
    for service in pass_.services[1:]:
        pointer = {
            "pass_id": pass_.id,
            keys.SERVICES_PK: keys.of_service(service, _shard_of(pass_)),
            keys.SERVICES_SK: place,
        }
        yield keys.of_pointer(pass_.id, service), pointer


def _shard_of(pass_: Pass) -> int:
    return keys.text_shard(pass_.id)


def _chunks(groups: Iterable[list[Put]]) -> list[list[Put]]:
    """Records in chunks that are written at once; no group is parted that is not too large by itself."""
    chunks: list[list[Put]] = [[]]
    for group in groups:
        if len(chunks[-1]) + len(group) > _AT_ONCE:
            chunks += [group[start : start + _AT_ONCE] for start in range(0, len(group), _AT_ONCE)]
        else:
            chunks[-1] += group
    return [chunk for chunk in chunks if chunk] or [[]]


def _recorded(item: Item) -> RecordedPass:
    data = json.loads(item["body"])
    return RecordedPass(
        Pass.from_json(data),
        item.get("role_arn"),
        Decision(data["verdict"]),
        tuple(data["reasons"]),
        data["policy_hash"],
        item["recorded_at"],
    )
