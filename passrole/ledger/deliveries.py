"""Delivery marks: which channel was told which step of a finding, once over any number of redeliveries."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from passrole.clock import iso
from passrole.ledger import keys
from passrole.ledger.keys import SORT_KEY
from passrole.ledger.table import IS_NEW, Condition, Key, Put, Table

# Longer than any channel takes to answer or to time out.
_LEASE = timedelta(seconds=60)
_CLAIMED = "claimed"
# As if a worker had died long ago: whoever claims it next cannot know whether it arrived.
_LAPSED = {"status": _CLAIMED, "claimed_at": iso(datetime(2000, 1, 1, tzinfo=UTC))}


class Claim(StrEnum):
    """What a claim for a delivery found."""

    NEW = "new"
    REPEAT = "repeat"
    DELIVERED = "delivered"
    BUSY = "busy"


class DeliveryRecords:
    """The part of the ledger that holds delivery marks: of steps, and of the pages of digests."""

    _table: Table

    def claim_delivery(self, finding_id: str, revision: int, channel: str, now: datetime) -> Claim:
        """Claims the delivery of one step to one channel.

        ``NEW`` and ``REPEAT`` are to be sent; a repeat was claimed before and never finished, so the receiver
        may have it. ``DELIVERED`` needs nothing: it was sent, or a digest holds it. ``BUSY`` is in another
        worker's hands.
        """
        return self._claim(keys.of_delivery(finding_id, revision, channel), now)

    def finish_delivery(self, finding_id: str, revision: int, channel: str, now: datetime) -> None:
        """Marks a claimed delivery as done."""
        self._finish(keys.of_delivery(finding_id, revision, channel), now)

    def drop_claim(self, finding_id: str, revision: int, channel: str, claimed: datetime) -> None:
        """Gives back the claim of that time: the receiver certainly did not get it."""
        self._drop(keys.of_delivery(finding_id, revision, channel), claimed)

    def lapse_claim(self, finding_id: str, revision: int, channel: str, claimed: datetime) -> None:
        """Ends the claim of that time before its lease does: whether the receiver got it is not known."""
        self._lapse(keys.of_delivery(finding_id, revision, channel), claimed)

    def thread_of(self, finding_id: str, channel: str) -> str | None:
        """What the channel gave for the first message about the finding; None if there is no such message."""
        item = self._table.get(keys.of_thread(finding_id, channel))
        return item["thread"] if item else None

    def keep_thread(self, finding_id: str, channel: str, thread: str) -> None:
        """Notes what later news about the finding are hung on."""
        self._table.put(Put(keys.of_thread(finding_id, channel), {"thread": thread}))

    def is_delivered(self, finding_id: str, revision: int, channel: str) -> bool:
        """Whether the receiver has a step, or a digest holds it."""
        item = self._table.get(keys.of_delivery(finding_id, revision, channel))
        return item is not None and item["status"] != _CLAIMED

    def deliveries_of(self, finding_id: str) -> frozenset[tuple[int, str]]:
        """Revision and channel of each step that a receiver has, or a digest holds."""
        marks = self._table.query(*keys.all_deliveries(finding_id))
        return frozenset(keys.delivery_of(m[SORT_KEY]) for m in marks if m["status"] != _CLAIMED)

    def deliver_again(self, finding_id: str, revision: int, channel: str) -> None:
        """Has a step delivered once more at the next pointer to it, marked as a repeat."""
        self._table.put(Put(keys.of_delivery(finding_id, revision, channel), _LAPSED))

    def claim_page(self, channel: str, number: int, page: str, now: datetime) -> Claim:
        """Claims one message of a digest, as ``claim_delivery`` does a step."""
        return self._claim(keys.of_digest_page(channel, number, page), now)

    def finish_page(self, channel: str, number: int, page: str, now: datetime) -> None:
        """Marks a claimed message of a digest as sent."""
        self._finish(keys.of_digest_page(channel, number, page), now)

    def drop_page(self, channel: str, number: int, page: str, claimed: datetime) -> None:
        """Gives back the claim of a message, as ``drop_claim`` does a step's."""
        self._drop(keys.of_digest_page(channel, number, page), claimed)

    def lapse_page(self, channel: str, number: int, page: str, claimed: datetime) -> None:
        """Ends the claim of a message, as ``lapse_claim`` does a step's."""
        self._lapse(keys.of_digest_page(channel, number, page), claimed)

    def _claim(self, key: Key, now: datetime) -> Claim:
        claimed = {"status": _CLAIMED, "claimed_at": iso(now)}
        if self._table.put(Put(key, claimed, IS_NEW)):
            return Claim.NEW
        item = self._table.get(key)
        if item is None:
            return Claim.BUSY
        if item["status"] != _CLAIMED:
            return Claim.DELIVERED
        if item["claimed_at"] > iso(now - _LEASE):
            return Claim.BUSY
        return Claim.REPEAT if self._table.put(Put(key, claimed, _is_of(item["claimed_at"]))) else Claim.BUSY

    def _finish(self, key: Key, now: datetime) -> None:
        self._table.put(Put(key, {"status": "delivered", "delivered_at": iso(now)}))

    def _drop(self, key: Key, claimed: datetime) -> None:
        self._table.delete(key, _is_of(iso(claimed)))

    def _lapse(self, key: Key, claimed: datetime) -> None:
        self._table.put(Put(key, _LAPSED, _is_of(iso(claimed))))


def _is_of(claimed_at: str) -> Condition:
    """Whether the mark is still the claim of that time, and no other worker's."""
    return Condition(
        "#s = :claimed AND claimed_at = :c", {"#s": "status"}, {":claimed": _CLAIMED, ":c": claimed_at}
    )
