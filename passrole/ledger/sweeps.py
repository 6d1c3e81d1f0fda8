"""Sweeps in the ledger: how far each part came, and what it saw."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from passrole.clock import parse_time
from passrole.ledger import keys
from passrole.ledger.table import IS_NEW, Condition, Put, Table

# Long enough to compare one with the next; what was seen serves only until its part has ended.
_KEPT = timedelta(days=90)
_SEEN_KEPT = timedelta(days=7)
_DIGEST = 8  # bytes: among a million resources, two are taken for one with a chance of one in ten million
_LATEST, _JUDGED = "SWEEP", "POLICY"
# Longer than a task is tried that fails each time.
_STUCK = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class SweepPart:
    """How far a sweep is with one listing in one region.

    Attributes:
        name: of the part.
        resources, roles: how many it has come by.
        new: roles held that the ledger did not know of.
        opened, resolved: findings.
        unanswered: roles that were not judged since IAM did not answer.
        dangling: roles held that do not exist.
        ended_at: ISO 8601; None while it goes on.
        failed: why it ended without having seen all; None if it did.
        skipped: why there was nothing to see: the service is not to be had there.
        is_blind: AWS listed what it did not describe, nor told the name of.
    """

    name: str
    resources: int = 0
    roles: int = 0
    new: int = 0
    opened: int = 0
    resolved: int = 0
    unanswered: int = 0
    dangling: int = 0
    ended_at: str | None = None
    failed: str | None = None
    skipped: str | None = None
    is_blind: bool = False

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SweepPart":
        return cls(**data)


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """One sweep.

    Attributes:
        id: the time of its beginning, ISO 8601.
        parts: the names of all its parts.
        ended_at: ISO 8601, when the last of them ended; None while it goes on.
        is_under_way: the queue has all its parts.
    """

    id: str
    parts: tuple[str, ...]
    ended_at: str | None = None
    is_under_way: bool = False


@dataclass(frozen=True, slots=True)
class PolicyJudgement:
    """The judgement of all that is held by another policy than before.

    Attributes:
        policy: its hash.
        at: ISO 8601, when it began, or went on last; None where that was not written down.
        ended_at: ISO 8601; None while it goes on.
    """

    policy: str
    at: str | None
    ended_at: str | None = None

    def is_stuck(self, now: datetime) -> bool:
        """Whether it neither ended nor went on for so long that its task must have been given up."""
        if self.ended_at is not None:
            return False
        return self.at is None or now - parse_time(self.at) > _STUCK


class SweepRecords:
    """The part of the ledger that holds sweeps, and the judgement of all by a policy."""

    _table: Table

    def begin_sweep(self, sweep: SweepRecord) -> bool:
        """Writes a sweep that begins; False if it has begun."""
        lives = _expiry(sweep.id, _KEPT)
        item = {"parts": json.dumps(sweep.parts), keys.TIME_TO_LIVE: lives}
        if not self._table.put(Put(keys.of_sweep(sweep.id), item, IS_NEW)):
            return False
        later = Condition("attribute_not_exists(#s) OR #s < :s", {"#s": "sweep"}, {":s": sweep.id})
        self._table.put(Put(keys.of_latest(_LATEST), {"sweep": sweep.id}, later))
        return True

    def latest_sweep(self) -> SweepRecord | None:
        """The sweep that began last."""
        item = self._table.get(keys.of_latest(_LATEST))
        return self.sweep(item["sweep"]) if item else None

    def sweep(self, sweep_id: str) -> SweepRecord | None:
        """A sweep as it was written."""
        item = self._table.get(keys.of_sweep(sweep_id))
        if item is None:
            return None
        is_under_way = bool(item.get("is_under_way"))
        return SweepRecord(sweep_id, tuple(json.loads(item["parts"])), item.get("ended_at"), is_under_way)

    def note_under_way(self, sweep: SweepRecord) -> None:
        """Notes that the queue has all parts, unless they have ended by now."""
        self._note(sweep, is_under_way=True)

    def end_sweep(self, sweep: SweepRecord, at: str) -> bool:
        """Notes that all parts have ended; False if that was noted."""
        return self._note(sweep, is_under_way=True, ended_at=at)

    def _note(self, sweep: SweepRecord, **what: Any) -> bool:
        lives = _expiry(sweep.id, _KEPT)
        item = {"parts": json.dumps(sweep.parts), keys.TIME_TO_LIVE: lives, **what}
        goes_on = Condition("attribute_not_exists(#e)", {"#e": "ended_at"})
        return self._table.put(Put(keys.of_sweep(sweep.id), item, goes_on))

    def save_part(self, sweep_id: str, part: SweepPart) -> None:
        """Writes how far a part is."""
        item = {"body": json.dumps(part.to_json()), keys.TIME_TO_LIVE: _expiry(sweep_id, _KEPT)}
        self._table.put(Put(keys.of_part(sweep_id, part.name), item))

    def parts_of(self, sweep_id: str) -> tuple[SweepPart, ...]:
        """The parts that have begun, by name."""
        partition, prefix = keys.of_part(sweep_id, "")
        items = self._table.query(partition, prefix)
        return tuple(SweepPart.from_json(json.loads(item["body"])) for item in items)

    def note_seen(self, sweep_id: str, part: str, seen: Sequence[bytes]) -> None:
        """Adds to what a part of a sweep has seen; the same once more changes nothing."""
        together = b"".join(seen)
        key = keys.of_seen(sweep_id, part, hashlib.sha256(together).hexdigest()[:32])
        self._table.put(Put(key, {"seen": together, keys.TIME_TO_LIVE: _expiry(sweep_id, _SEEN_KEPT)}))

    def seen_by(self, sweep_id: str, part: str) -> frozenset[bytes]:
        """What a part of a sweep has seen; see `sight`."""
        partition, _ = keys.of_seen(sweep_id, part, "")
        items = self._table.query(partition)
        return frozenset(sight for item in items for sight in _parted(bytes(item["seen"])))

    def policy_judgement(self) -> PolicyJudgement | None:
        """The judgement of all that is held that began last."""
        item = self._table.get(keys.of_latest(_JUDGED))
        return PolicyJudgement(item["hash"], item.get("at"), item.get("ended_at")) if item else None

    def begin_policy_judgement(self, policy_hash: str, at: str) -> None:
        """Notes by which policy all that is held is being judged."""
        self._table.put(Put(keys.of_latest(_JUDGED), {"hash": policy_hash, "at": at}))

    def note_policy_judgement(self, policy_hash: str, at: str, *, has_ended: bool = False) -> bool:
        """Notes that the judgement went on, or ended; False if it had ended, or another policy's began."""
        item = {"hash": policy_hash, "at": at} | ({"ended_at": at} if has_ended else {})
        goes_on = Condition(
            "#h = :h AND attribute_not_exists(#e)", {"#h": "hash", "#e": "ended_at"}, {":h": policy_hash}
        )
        return self._table.put(Put(keys.of_latest(_JUDGED), item, goes_on))


def sight(texts: Iterable[str]) -> bytes:
    """What stands for something that was seen: `_DIGEST` bytes."""
    return hashlib.sha256(repr(list(texts)).encode("utf-8", "surrogatepass")).digest()[:_DIGEST]


def _parted(together: bytes) -> Iterator[bytes]:
    return (together[first : first + _DIGEST] for first in range(0, len(together), _DIGEST))


def _expiry(at: str, kept: timedelta) -> int:
    return int((parse_time(at) + kept).timestamp())
