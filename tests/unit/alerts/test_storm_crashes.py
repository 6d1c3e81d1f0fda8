"""Crashes and redeliveries in a storm: every finding is told once, or again and marked as a repeat."""

import random
from collections import Counter

import pytest

from passrole.alerts import Alert, DeliveryError
from tests.unit.alerts.inbox import Inbox
from tests.unit.alerts.memory_table import MemoryTable, ProcessKilled, memory_ledger
from tests.unit.alerts.storms import Office, news_of

STORM = [news_of(n) for n in range(6)]
KEYS = sorted(f"{alert.finding.id}#1" for alert in STORM)


def _office() -> tuple[Office, MemoryTable, Inbox]:
    ledger, table = memory_ledger()
    inbox = Inbox()
    return Office(ledger, [inbox]), table, inbox


def _run(office: Office, alerts: list[Alert]) -> None:
    """Delivers news once, and its digests."""
    for alert in alerts:
        office.deliver(alert)
    office.clock.go_on(minutes=4)
    office.sweep()
    office.send_digests()


def _finish(office: Office) -> None:
    """All redeliveries that a queue makes, and the sweeps of hours."""
    for _ in range(3):
        office.clock.go_on(hours=3)
        _run(office, STORM)


def _marked(inbox: Inbox) -> Counter[str]:
    """How often each news came as a repeat."""
    singles = [a for a in inbox.arrived if a.repeat]
    digested = [a for page, repeat in inbox.pages_arrived for a in page.alerts if repeat or a.repeat]
    return Counter(f"{alert.finding.id}#{alert.step.revision}" for alert in (*singles, *digested))


def _assert_each_told_once_or_marked(inbox: Inbox) -> None:
    told, marked = Counter(inbox.told), _marked(inbox)
    assert sorted(told) == KEYS
    assert all(told[key] - marked[key] <= 1 for key in KEYS), "twice without saying so"


def _calls_of_a_run() -> int:
    office, table, _ = _office()
    _run(office, STORM)
    return table.calls


@pytest.mark.parametrize("kills_after", [False, True], ids=["before", "after"])
def test_process_killed_at_any_call_of_the_ledger_loses_nothing(kills_after: bool) -> None:
    for call in range(1, _calls_of_a_run() + 1):
        office, table, inbox = _office()
        table.kill_at, table.kills_after = call, kills_after
        with pytest.raises(ProcessKilled):
            _run(office, STORM)
        table.kill_at = None

        _finish(office)

        _assert_each_told_once_or_marked(inbox)


@pytest.mark.parametrize("killed_at", range(1, 5))
def test_process_killed_while_sending_leads_to_a_marked_repeat(killed_at: int) -> None:
    office, _, inbox = _office()
    sent = 0

    def kill() -> None:
        nonlocal sent
        sent += 1
        if sent == killed_at:
            raise ProcessKilled

    inbox.before = kill
    with pytest.raises(ProcessKilled):
        _run(office, STORM)

    _finish(office)

    _assert_each_told_once_or_marked(inbox)
    assert sum(_marked(inbox).values()) >= 1


@pytest.mark.parametrize("may_have_arrived", [False, True])
def test_digest_that_failed_comes_again_as_a_repeat_only_if_it_may_have_arrived(
    may_have_arrived: bool,
) -> None:
    office, _, inbox = _office()
    for alert in STORM:
        office.deliver(alert)
    office.clock.go_on(minutes=4)
    office.sweep()
    inbox.errors = [DeliveryError("no answer", may_have_arrived=may_have_arrived)]
    office.send_digests()
    assert inbox.pages_arrived == []

    office.clock.go_on(minutes=6)
    office.send_digests()

    assert [repeat for _, repeat in inbox.pages_arrived] == [may_have_arrived]


def test_redeliveries_in_any_order_tell_each_once() -> None:
    for seed in range(20):
        office, _, inbox = _office()
        deliveries = STORM * 3
        random.Random(seed).shuffle(deliveries)  # noqa: S311
        for alert in deliveries:
            office.deliver(alert)
            if seed % 2:
                office.clock.go_on(seconds=50)
                office.sweep()
                office.sweep()
                office.send_digests()
        office.settle()

        assert sorted(inbox.told) == KEYS
        assert not _marked(inbox)


def test_digest_for_which_there_is_no_time_goes_on_at_the_next_delivery() -> None:
    office, _, inbox = _office()
    office.has_time = lambda: False
    _run(office, STORM)
    assert inbox.pages_arrived == []

    office.has_time = lambda: True
    office.send_digests()

    assert sorted(inbox.told) == KEYS


def test_pointer_that_was_lost_is_made_again() -> None:
    office, _, inbox = _office()
    for alert in STORM:
        office.deliver(alert)
    office.clock.go_on(minutes=4)
    office.sweep()
    office.pointers.clear()
    office.clock.go_on(minutes=30)
    office.sweep()
    assert office.pointers == [], "the queue may have it still"

    office.clock.go_on(hours=2)
    office.sweep()
    office.send_digests()

    assert sorted(inbox.told) == KEYS
