"""Sweeps in the ledger: how far each part came, and what it saw."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from passrole.clock import iso, parse_time
from passrole.ledger import keys
from passrole.ledger.table import IS_NEW, Condition, Item, Put, Table

# Long enough to compare one with the next; what was seen serves only until its part has ended.
_KEPT = timedelta(days=90)
_SEEN_KEPT = timedelta(days=7)
_LONGEST = timedelta(days=3)  # that a sweep may take: well before what it saw is forgotten
_DIGEST = 8  # bytes: among a million resources, two are taken for one with a chance of one in ten million
_LATEST, _JUDGED = "SWEEP", "POLICY"
# Longer than a task is tried that fails each time.
_STUCK = timedelta(hours=6)
_APART = ("standing", "revision")  # of a part: attributes of its own in the ledger


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
        saved_at: ISO 8601, when it went on last.
        standing: where it goes on, as the sweep wrote it; None once it has ended.
        revision: how often it was saved.
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
    saved_at: str | None = None
    standing: str | None = None
    revision: int = 0

    def to_json(self) -> dict[str, Any]:
        """What it came to."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in _APART}


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

    def is_stuck(self, parts: Iterable[SweepPart], now: datetime) -> bool:
        """Whether it is given up: no part of it went on for so long, or what it saw is soon forgotten."""
        if self.ended_at is not None:
            return False
        went_on_at = max((part.saved_at for part in parts if part.saved_at), default=self.id)
        return now - parse_time(went_on_at) >= _STUCK or self.is_too_old(now)

    def is_too_old(self, now: datetime) -> bool:
        """Whether it began so long ago that what it has not seen may be what is forgotten."""
        return now - parse_time(self.id) >= _LONGEST


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

    def begin_sweep(self, sweep: SweepRecord, latest: SweepRecord | None) -> bool:
        """Writes a sweep that begins; False if another one has begun since ``latest`` was the latest."""
        lives = _expiry(sweep.id, _KEPT)
        item = {"parts": json.dumps(sweep.parts), keys.TIME_TO_LIVE: lives}
        is_latest = Condition("#s = :s", {"#s": "sweep"}, {":s": latest.id}) if latest else _none_since(sweep)
        return self._table.put_all(
            (
                Put(keys.of_sweep(sweep.id), item, IS_NEW),
                Put(keys.of_latest(_LATEST), {"sweep": sweep.id}, is_latest),
            )
        )

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

    def save_part(self, sweep_id: str, part: SweepPart) -> SweepPart | None:
        """Writes how far a part is, over what was read of it; None if somebody else did so since."""
        read = part.revision
        is_still = Condition("#r = :r", {"#r": "revision"}, {":r": read}) if read else IS_NEW
        saved = replace(part, revision=read + 1)
        item = {
            "body": json.dumps(saved.to_json()),
            **{name: getattr(saved, name) for name in _APART},
            keys.TIME_TO_LIVE: _expiry(sweep_id, _KEPT),
        }
        return saved if self._table.put(Put(keys.of_part(sweep_id, part.name), item, is_still)) else None

    def part_of(self, sweep_id: str, name: str) -> SweepPart:
        """How far a part is, also if it has not begun."""
        item = self._table.get(keys.of_part(sweep_id, name))
        return _part(item) if item else SweepPart(name)

    def parts_of(self, sweep_id: str) -> tuple[SweepPart, ...]:
        """The parts that have begun, by name."""
        partition, prefix = keys.of_part(sweep_id, "")
        return tuple(_part(item) for item in self._table.query(partition, prefix))

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


def _part(item: Item) -> SweepPart:
    body: dict[str, Any] = json.loads(item["body"])
    told = {name: body[name] for name in SweepPart.__dataclass_fields__ if name in body}  # others are newer
    return SweepPart(**told, standing=item.get("standing"), revision=item["revision"])


def _none_since(sweep: SweepRecord) -> Condition:
    """None has begun of which the ledger still knows."""
    forgotten = iso(parse_time(sweep.id) - _KEPT)
    return Condition("attribute_not_exists(#s) OR #s < :s", {"#s": "sweep"}, {":s": forgotten})


def _parted(together: bytes) -> Iterator[bytes]:
    return (together[first : first + _DIGEST] for first in range(0, len(together), _DIGEST))


def _expiry(at: str, kept: timedelta) -> int:
    return int((parse_time(at) + kept).timestamp())
