"""What stops containment: the switch that people turn, the breaker that trips by itself, and the budgets."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from passrole.clock import iso
from passrole.ledger import keys
from passrole.ledger.table import Condition, Put, Table

_KEPT = timedelta(days=2)
_SWITCH, _BREAKER = "SWITCH", "BREAKER"


class Budget(StrEnum):
    """What acts are counted against; each has a set of acts for its clock hour or day."""

    HOUR = "acts"
    RESERVE = "critical acts"
    FAILURES = "failures"


class Stopped(StrEnum):
    """How much a tripped breaker stops."""

    ORDINARY = "ordinary"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether people let the guard contain: who said so last, why, and when. On until somebody says off.

    ``finding`` is the id of the finding that tells people that it is off.
    """

    on: bool = True
    who: str | None = None
    why: str | None = None
    at: str | None = None
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """The breaker.

    Attributes:
        stopped: how much it stops; None while it has not tripped.
        why, at: why and when it tripped.
        resets: how often people have reset it; each time the hour's budgets begin anew.
        finding: id of the finding that tells people of it.
        earlier_finding: of the one that told that it stopped less.
    """

    stopped: Stopped | None = None
    why: str | None = None
    at: str | None = None
    resets: int = 0
    finding: str | None = None
    earlier_finding: str | None = None


class BrakeRecords:
    """The part of the ledger that holds switch, breaker and budgets."""

    _table: Table

    def switch(self) -> Switch:
        """The switch as people left it."""
        item = self._table.get(keys.of_brake(_SWITCH))
        return Switch(**_without_keys(item)) if item else Switch()

    def turn_switch(self, switch: Switch) -> None:
        """Writes the switch; it counts for the next act."""
        self._table.put(Put(keys.of_brake(_SWITCH), asdict(switch)))

    def breaker(self) -> Breaker:
        """The breaker as it stands."""
        item = self._table.get(keys.of_brake(_BREAKER))
        if item is None:
            return Breaker()
        data = _without_keys(item)
        stopped = data.pop("stopped", None)
        return Breaker(stopped=Stopped(stopped) if stopped else None, **data)

    def change_breaker(self, after: Breaker, before: Breaker) -> bool:
        """Writes the breaker over what was read; False if another changed it meanwhile."""
        unchanged = Condition(
            "attribute_not_exists(#pk) OR (#resets = :resets AND #state = :state)",
            {"#pk": keys.PARTITION_KEY, "#resets": "resets", "#state": "state"},
            {":resets": before.resets, ":state": before.stopped or "closed"},
        )
        item = asdict(after) | {"state": after.stopped or "closed"}
        return self._table.put(Put(keys.of_brake(_BREAKER), item, unchanged))

    def spend(self, budget: str, act: str, cap: int, period: str, now: datetime) -> bool:
        """Counts an act against a budget, the same act once; False if ``cap`` others were counted.

        ``period`` names the hour or day, as `hour_of` and `day_of` do.
        """
        if cap == 0:
            return False
        expires = int((now + _KEPT).timestamp())
        return self._table.add_to_set(keys.of_budget(budget, period), "acts", act, cap, expires)

    def give_back(self, budget: str, act: str, period: str) -> None:
        """Takes an act that was not done off its budget."""
        self._table.take_from_set(keys.of_budget(budget, period), "acts", act)


def hour_of(now: datetime, resets: int) -> str:
    """The clock hour; another one after each reset of the breaker."""
    return f"{iso(now)[:13]}#{resets}"


def day_of(now: datetime) -> str:
    return iso(now)[:10]


def _without_keys(item: dict[str, Any]) -> dict[str, Any]:
    left_out = (keys.PARTITION_KEY, keys.SORT_KEY, "state")
    return {name: value for name, value in item.items() if name not in left_out}
