"""Digests: news that came too fast to be told one by one, kept until they are told together.

A channel has one open digest at a time. News is added in one transaction with its delivery mark, so that it
is neither lost nor told twice. A digest is closed before it is read: nothing is added behind a reader's back.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from passrole.clock import iso
from passrole.finding import Finding, Step
from passrole.ledger import keys
from passrole.ledger.holdings import KEPT
from passrole.ledger.table import IS_NEW, Condition, Item, Put, Table

# What is sent within one run of a function; a digest that is full is followed by the next.
MOST_NEWS = 2_000
# Each loss means that another worker has won: there are two workers.
_ATTEMPTS = 20
_NO_LONGER_OPEN = "closed"


class Held(StrEnum):
    """Whether a digest holds news now."""

    HELD = "held"
    NOT_OURS = "not ours"  # the claim was lost to another worker
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class HeldNews:
    """One step of a finding as it was when it was told of.

    Attributes:
        finding: without its reasons, which no digest tells.
        is_repeat: an earlier delivery was begun and never confirmed.
    """

    finding: Finding
    step: Step
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A digest of one channel; ``number`` counts them.

    Attributes:
        count: how much news it holds.
        is_open: news may still be added.
        sent_at: since when all of it is told.
    """

    channel: str
    number: int
    count: int
    is_open: bool
    sent_at: str | None = None


class DigestRecords:
    """The part of the ledger that holds digests."""

    _table: Table

    def hold_for_digest(
        self, channel: str, news: HeldNews, claimed: datetime, now: datetime, due: datetime
    ) -> Held:
        """Moves news from a claimed delivery into the channel's open digest.

        Args:
            claimed: when the caller claimed the delivery.
            due: when the digest is to be sent, if this is its first news.
        """
        finding, step = news.finding, news.step
        mark = keys.of_delivery(finding.id, step.revision, channel)
        for _ in range(_ATTEMPTS):
            before = self._table.get(keys.of_open_digest(channel))
            number, count = (before["number"], before["count"]) if before else (1, 0)
            if count >= MOST_NEWS:
                self.close_digest(channel, number, now)
                continue
            opened = {"number": number, "count": count + 1, "channel": channel}
            due_at = before.get(keys.OUTBOX_SK) if before else None
            is_ours = Condition(
                "#s = :claimed AND claimed_at = :at",
                {"#s": "status"},
                {":claimed": "claimed", ":at": iso(claimed)},
            )
            puts = [
                Put(mark, {"status": "held", "held_at": iso(now), "digest": number}, is_ours),
                Put(
                    keys.of_digest_news(channel, number, finding.id, step.revision),
                    _body(news) | {keys.TIME_TO_LIVE: int((now + KEPT).timestamp())},
                    IS_NEW,
                ),
                Put(
                    keys.of_open_digest(channel),
                    opened | _outbox(due_at or iso(due)),
                    _unchanged(before),
                ),
            ]
            if self._table.put_all(puts):
                return Held.HELD
            claim = self._table.get(mark)
            if claim is None or claim["status"] != "claimed" or claim["claimed_at"] != iso(claimed):
                return Held.NOT_OURS
        return Held.BUSY

    def due_digests(self, until: str) -> Iterator[DigestRecord]:
        """Digests with something to be done since ``until`` or before: to be closed, or to be sent."""
        items = self._table.query_index(keys.OUTBOX_INDEX, keys.DIGESTS_OUTBOX, until)
        for item in items:
            yield _record(item)

    def close_digest(self, channel: str, number: int, now: datetime) -> bool:
        """Closes a channel's open digest, and opens the next; False if it is not open any more."""
        following = {"number": number + 1, "count": 0, "channel": channel}
        for _ in range(_ATTEMPTS):
            before = self._table.get(keys.of_open_digest(channel))
            if before is None or before["number"] != number or not before["count"]:
                return False
            closed = {
                "number": number,
                "count": before["count"],
                "channel": channel,
                "state": _NO_LONGER_OPEN,
            }
            puts = [
                Put(keys.of_digest(channel, number), closed | _outbox(iso(now)), IS_NEW),
                Put(keys.of_open_digest(channel), following, _unchanged(before)),
            ]
            if self._table.put_all(puts):
                return True
        return False

    def postpone_digest(self, digest: DigestRecord, until: datetime) -> None:
        """Has a closed digest come up again later, unless it is sent by then."""
        item = {"number": digest.number, "count": digest.count, "channel": digest.channel}
        is_unsent = Condition("attribute_exists(#o)", {"#o": keys.OUTBOX_PK})
        key = keys.of_digest(digest.channel, digest.number)
        self._table.put(Put(key, item | {"state": _NO_LONGER_OPEN} | _outbox(iso(until)), is_unsent))

    def closed_digest(self, channel: str, number: int) -> DigestRecord | None:
        """A digest that is to be sent, or is sent; None while it is open, and if there is none."""
        item = self._table.get(keys.of_digest(channel, number))
        return _record(item) if item else None

    def news_of(self, digest: DigestRecord) -> tuple[HeldNews, ...]:
        """All that a closed digest holds."""
        partition = keys.of_digest(digest.channel, digest.number)[0]
        return tuple(_news(item) for item in self._table.query(partition, "NEWS#"))

    def finish_digest(self, digest: DigestRecord, now: datetime) -> None:
        """Notes that all of a digest is told."""
        item = {
            "number": digest.number,
            "count": digest.count,
            "channel": digest.channel,
            "state": _NO_LONGER_OPEN,
            "sent_at": iso(now),
        }
        self._table.put(Put(keys.of_digest(digest.channel, digest.number), item))


def _outbox(at: str) -> Item:
    return {keys.OUTBOX_PK: keys.DIGESTS_OUTBOX, keys.OUTBOX_SK: at}


def _unchanged(before: Item | None) -> Condition:
    if before is None:
        return IS_NEW
    return Condition(
        "#n = :n AND #c = :c",
        {"#n": "number", "#c": "count"},
        {":n": before["number"], ":c": before["count"]},
    )


def _record(item: Item) -> DigestRecord:
    is_open = item.get("state") != _NO_LONGER_OPEN
    return DigestRecord(item["channel"], item["number"], item["count"], is_open, item.get("sent_at"))


def _body(news: HeldNews) -> Item:
    body: dict[str, Any] = {
        "finding": replace(news.finding, reasons=()).to_json(),
        "step": news.step.to_json(),
        "is_repeat": news.is_repeat,
    }
    return {"body": json.dumps(body, sort_keys=True)}


def _news(item: Item) -> HeldNews:
    body = json.loads(item["body"])
    return HeldNews(Finding.from_json(body["finding"]), Step.from_json(body["step"]), body["is_repeat"])
