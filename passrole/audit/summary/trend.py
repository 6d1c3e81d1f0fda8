"""How many passes there were in each day, week, month or year, by verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import duckdb

from passrole.audit.summary.terms import TIME, kind_of, rows

_MOST = 62  # spans that can be told apart in one figure


class Unit(StrEnum):
    """How long a span is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """The passes of a day, week, month or year: how many of each kind."""

    start: date
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Trend:
    """Spans in order, without gaps: those in which nothing was passed are there, too."""

    unit: Unit
    spans: tuple[Span, ...]


def count_trend(connection: duckdb.DuckDBPyConnection, is_judged: bool) -> Trend:
    """Counts passes over time, in the shortest spans that make a readable figure."""
    [(first, last)] = rows(
        connection, f"SELECT min(time)::DATE, max(time)::DATE FROM (SELECT {TIME} AS time FROM passes)"
    )
    if first is None:
        return Trend(Unit.DAY, ())
    unit = next((unit for unit in Unit if _number(unit, first, last) <= _MOST), Unit.YEAR)
    counts: dict[date, dict[str, int]] = {}
    for start, kind, count in rows(
        connection,
        f"SELECT date_trunc('{unit}', time)::DATE, kind, count(*) "
        f"FROM (SELECT {TIME} AS time, {kind_of(is_judged)} AS kind FROM passes) "
        "WHERE time IS NOT NULL AND kind IS NOT NULL GROUP BY ALL",
    ):
        counts.setdefault(start, {})[kind] = count
    return Trend(unit, tuple(Span(start, counts.get(start, {})) for start in _starts(unit, first, last)))


def _number(unit: Unit, first: date, last: date) -> int:
    return sum(1 for _ in _starts(unit, first, last))


def _starts(unit: Unit, first: date, last: date) -> Iterator[date]:
    start = _start(unit, first)
    while start <= last:
        yield start
        start = _start(unit, start + timedelta(_LONGEST[unit]))


# So many days after the start of a span lies the next one, and never the one after it.
_LONGEST = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 366}


def _start(unit: Unit, day: date) -> date:
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return day - timedelta(day.weekday())
        case Unit.MONTH:
            return day.replace(day=1)
    return day.replace(month=1, day=1)
