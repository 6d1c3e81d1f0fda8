"""Bursts: the first are told by themselves, and one too many makes all wait until it is quiet."""

from datetime import timedelta
from typing import Any

from passrole.ledger import Ledger, Limit
from passrole.ledger.table import Table
from tests.unit.samples import FrozenClock

LIMIT = Limit(most=3, per=timedelta(minutes=1), quiet=timedelta(minutes=3))


def _ask(ledger: Ledger, clock: FrozenClock, times: int = 1, name: str = "g") -> list[bool]:
    return [ledger.is_among_first("slack", name, LIMIT, clock()) for _ in range(times)]


def test_the_first_are_told_at_once_and_no_more(ledger: Ledger) -> None:
    assert _ask(ledger, FrozenClock(), 5) == [True, True, True, False, False]


def test_bursts_and_channels_are_counted_apart(ledger: Ledger) -> None:
    clock = FrozenClock()
    _ask(ledger, clock, 5)

    assert _ask(ledger, clock, name="other") == [True]
    assert ledger.is_among_first("email", "g", LIMIT, clock())


def test_what_comes_slowly_is_no_burst_however_long(ledger: Ledger) -> None:
    clock = FrozenClock()
    for _ in range(20):
        assert _ask(ledger, clock) == [True]
        clock.go_on(seconds=21)


def test_a_burst_ends_when_it_was_quiet_for_long_enough(ledger: Ledger) -> None:
    clock = FrozenClock()
    _ask(ledger, clock, 4)
    clock.go_on(seconds=179)
    assert _ask(ledger, clock) == [False], "few, but not for long enough"

    clock.go_on(seconds=2)

    assert _ask(ledger, clock) == [True]


def test_a_burst_that_goes_on_keeps_all_waiting(ledger: Ledger) -> None:
    clock = FrozenClock()
    _ask(ledger, clock, 4)
    for _ in range(40):
        clock.go_on(seconds=15)
        assert _ask(ledger, clock) == [False]


def test_who_loses_every_race_to_count_is_in_a_burst(ledger: Ledger, monkeypatch: Any) -> None:
    monkeypatch.setattr(Table, "put", lambda *_: False)

    assert _ask(ledger, FrozenClock()) == [False]
