"""The ledger's brakes: budgets that count an act once, a switch, and a breaker that only one trips."""

from dataclasses import replace

from passrole.ledger import Breaker, Ledger, Stopped, Switch
from passrole.ledger.brakes import Budget, day_of, hour_of
from tests.unit.samples import FrozenClock


def spend(ledger: Ledger, act: str, clock: FrozenClock, cap: int = 2, resets: int = 0) -> bool:
    return ledger.spend(Budget.HOUR, act, cap, hour_of(clock(), resets), clock())


def test_acts_of_an_hour_are_capped_and_the_same_act_counts_once(ledger: Ledger) -> None:
    clock = FrozenClock()

    assert [spend(ledger, act, clock) for act in ("a", "a", "b", "c", "b")] == [True, True, True, False, True]
    clock.go_on(hours=1)
    assert spend(ledger, "c", clock)


def test_a_reset_begins_the_hour_anew(ledger: Ledger) -> None:
    clock = FrozenClock()
    spend(ledger, "a", clock, cap=1)

    assert not spend(ledger, "b", clock, cap=1)
    assert spend(ledger, "b", clock, cap=1, resets=1)


def test_a_cap_of_nothing_lets_nothing_through(ledger: Ledger) -> None:
    assert not spend(ledger, "a", FrozenClock(), cap=0)


def test_budgets_do_not_share(ledger: Ledger) -> None:
    clock = FrozenClock()
    spend(ledger, "a", clock, cap=1)

    assert ledger.spend(Budget.RESERVE, "b", 1, hour_of(clock(), 0), clock())
    assert ledger.spend("of it", "b", 1, day_of(clock()), clock())


def test_quarantine_is_on_until_somebody_switches_it_off(ledger: Ledger) -> None:
    assert ledger.switch() == Switch(on=True)

    off = Switch(on=False, who="sam", why="an incident", at="2026-11-22T12:00:00.000Z")
    ledger.turn_switch(off)

    assert ledger.switch() == off


def test_the_breaker_changes_only_over_what_was_read(ledger: Ledger) -> None:
    closed = ledger.breaker()
    assert closed == Breaker()
    tripped = replace(closed, stopped=Stopped.ORDINARY, why="a storm", at="2026-11-22T12:00:00.000Z")

    assert ledger.change_breaker(tripped, closed)
    assert not ledger.change_breaker(replace(tripped, why="another storm"), closed)

    assert ledger.breaker() == tripped
    assert ledger.change_breaker(Breaker(resets=1), tripped)
    assert ledger.breaker() == Breaker(resets=1)
