"""Delivery marks: which channel was told which step of a finding, once over any number of redeliveries."""

from datetime import datetime, timedelta
from enum import StrEnum

from passrole.clock import iso
from passrole.ledger import keys
from passrole.ledger.table import IS_NEW, Condition, Put, Table

# Longer than any channel takes to answer or to time out.
_LEASE = timedelta(seconds=60)


class Claim(StrEnum):
    """What a claim for a delivery found."""

    NEW = "new"
    REPEAT = "repeat"
    DELIVERED = "delivered"
    BUSY = "busy"


class DeliveryRecords:
    """The part of the ledger that holds delivery marks."""

    _table: Table

    def claim_delivery(self, finding_id: str, revision: int, channel: str, now: datetime) -> Claim:
        """Claims the delivery of one step to one channel.

        ``NEW`` and ``REPEAT`` are to be sent; a repeat was claimed before and never finished, so the receiver
        may have it. ``DELIVERED`` needs nothing, ``BUSY`` is in another worker's hands.
        """
        key = keys.of_delivery(finding_id, revision, channel)
        claimed = {"status": "claimed", "claimed_at": iso(now)}
        if self._table.put(Put(key, claimed, IS_NEW)):
            return Claim.NEW
        item = self._table.get(key)
        if item is None:
            return Claim.BUSY
        if item["status"] == "delivered":
            return Claim.DELIVERED
        if item["claimed_at"] > iso(now - _LEASE):
            return Claim.BUSY
        unchanged = Condition("claimed_at = :c", values={":c": item["claimed_at"]})
        return Claim.REPEAT if self._table.put(Put(key, claimed, unchanged)) else Claim.BUSY

    def finish_delivery(self, finding_id: str, revision: int, channel: str, now: datetime) -> None:
        """Marks a claimed delivery as done."""
        key = keys.of_delivery(finding_id, revision, channel)
        self._table.put(Put(key, {"status": "delivered", "delivered_at": iso(now)}))

    def drop_claim(self, finding_id: str, revision: int, channel: str) -> None:
        """Gives a claim back: the receiver certainly did not get it."""
        key = keys.of_delivery(finding_id, revision, channel)
        self._table.delete(key, Condition("#s = :claimed", {"#s": "status"}, {":claimed": "claimed"}))
