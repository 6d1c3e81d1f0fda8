"""Bursts of news: which of them are told one by one, and when there are too many for that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from passrole.clock import iso
from passrole.ledger import keys
from passrole.ledger.table import IS_NEW, Condition, Put, Table

_KEPT = timedelta(hours=1)
# Each loss means that another worker has won: there are two workers.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Limit:
    """How many in a row are no burst.

    Attributes:
        most: so many within ``per`` are told one by one.
        per: the time that they are counted over.
        quiet: after one too many, none is told alone until there were fewer than ``most`` for so long.
    """

    most: int
    per: timedelta
    quiet: timedelta


class BurstRecords:
    """The part of the ledger that holds how fast news came."""

    _table: Table

    def is_among_first(self, channel: str, name: str, limit: Limit, now: datetime) -> bool:
        """Counts one news of a burst; whether it is one of the first, to be told by itself.

        What cannot be counted, because others count all the time, is in a burst.
        """
        key = keys.of_burst(channel, name)
        for _ in range(_ATTEMPTS):
            before = self._table.get(key)
            times = [t for t in (before["times"] if before else []) if t > iso(now - limit.per)]
            is_over = before is None or before["quiet_at"] <= iso(now)
            is_too_many = len(times) >= limit.most
            item = {
                "times": [*times, iso(now)][-limit.most :],
                "quiet_at": iso(now + limit.quiet) if is_too_many else (before or {}).get("quiet_at", ""),
                "count": (before["count"] if before else 0) + 1,
                "expires_at": int((now + _KEPT).timestamp()),
            }
            unchanged = (
                Condition("#c = :c", {"#c": "count"}, {":c": before["count"]})
                if before is not None
                else IS_NEW
            )
            if self._table.put(Put(key, item, unchanged)):
                return is_over and not is_too_many
        return False
