"""Digests that are due: `sweep` closes them and points to them; `notify`, which has the channels, sends."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from passrole.clock import iso
from passrole.ledger import DigestRecord
from passrole.news import PointerQueue

VERSION = 1
# Longer than the queue of `notify` tries: until then, a second pointer would only be in the way.
POINT_AGAIN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class DigestPointer:
    """Says that a digest is to be sent; carries nothing of it. It comes over the channel's queue."""

    channel: str
    number: int

    def to_message(self) -> str:
        return json.dumps({"version": VERSION, "digest": {"channel": self.channel, "number": self.number}})

    @classmethod
    def from_message(cls, text: str) -> "DigestPointer | None":
        """Reads what ``to_message`` wrote; None if the message is not about a digest.

        Raises:
            ValueError: no JSON, or not such a pointer.
        """
        data = json.loads(text)
        if not isinstance(data, dict) or "digest" not in data:
            return None
        about = data["digest"]
        if data.get("version") != VERSION or not isinstance(about, dict):
            raise ValueError(f"not a pointer to a digest of version {VERSION}")
        channel, number = about.get("channel"), about.get("number")
        if not isinstance(channel, str) or not isinstance(number, int):
            raise ValueError("a pointer to a digest needs a channel and a number")
        return cls(channel, number)


class DueDigests(Protocol):
    """What pointing needs of the ledger."""

    def due_digests(self, until: str) -> Iterator[DigestRecord]:
        """Digests with something to be done since ``until`` or before."""

    def close_digest(self, channel: str, number: int, now: datetime) -> bool:
        """Closes a channel's open digest, and opens the next; False if it is not open any more."""

    def closed_digest(self, channel: str, number: int) -> DigestRecord | None:
        """A digest that is to be sent, or is sent."""

    def postpone_digest(self, digest: DigestRecord, until: datetime) -> None:
        """Has a closed digest come up again later, unless it is sent by then."""


def point_to_due_digests(
    ledger: DueDigests, queues: Mapping[str, PointerQueue], now: datetime
) -> Iterator[tuple[DigestRecord, bool]]:
    """Closes what is due, and has `notify` send it; a crash in between does so again at the next run.

    A digest that is not sent by the time that the queue gives up comes up again, until it is.

    Args:
        queues: of `notify`, by channel.

    Yields:
        Each digest that is due, and whether it was pointed to: not if its channel is configured no longer.

    Raises:
        Exception: whatever kept a digest back, the first of them, once all others are pointed to.
    """
    errors: list[Exception] = []
    for listed in list(ledger.due_digests(iso(now))):
        queue = queues.get(listed.channel)
        try:
            digest = _point(ledger, queue, listed, now)
        except (
            Exception
        ) as error:  # whatever a channel's queue has: the other channels' are not to wait for it
            errors.append(error)
            continue
        if digest is not None:
            yield digest, queue is not None
    if errors:
        raise errors[0]


def _point(
    ledger: DueDigests, queue: PointerQueue | None, listed: DigestRecord, now: datetime
) -> DigestRecord | None:
    """The digest, closed and pointed to; None if there is nothing to be done about it (any more)."""
    if listed.is_open:
        ledger.close_digest(listed.channel, listed.number, now)
    digest = ledger.closed_digest(listed.channel, listed.number)  # the index may lag behind
    if digest is None or digest.sent_at is not None:
        return None
    if queue is not None:
        queue.send(DigestPointer(digest.channel, digest.number).to_message())
    ledger.postpone_digest(digest, now + POINT_AGAIN)
    return digest
