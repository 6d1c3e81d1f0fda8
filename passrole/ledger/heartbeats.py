"""Heartbeats: when the canary was last seen at the end of the chain."""

from dataclasses import dataclass
from datetime import datetime

from passrole.clock import iso, parse_time
from passrole.ledger import keys
from passrole.ledger.table import Condition, Put, Table


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The canary's latest pass that was judged. Both times are ISO 8601, UTC.

    Attributes:
        event_time: when the call was made, as its record tells it.
        seen_at: when it was judged.
    """

    event_time: str
    seen_at: str


class HeartbeatRecords:
    """The part of the ledger that holds heartbeats: one record, whatever number of them came."""

    _table: Table

    def note_canary(self, event_time: str, now: datetime) -> bool:
        """Writes that the canary's call of that time was judged; False if this one, or a later one, was."""
        at = iso(parse_time(event_time))
        is_later = Condition(
            "attribute_not_exists(#pk) OR #at < :at",
            {"#pk": keys.PARTITION_KEY, "#at": "event_time"},
            {":at": at},
        )
        item = {"event_time": at, "seen_at": iso(now)}
        return self._table.put(Put(keys.of_heartbeat("CANARY"), item, is_later))

    def last_canary(self) -> Heartbeat | None:
        """The latest heartbeat; None if the canary was never seen."""
        item = self._table.get(keys.of_heartbeat("CANARY"))
        return Heartbeat(item["event_time"], item["seen_at"]) if item else None
