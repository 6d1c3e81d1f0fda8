"""That the canary is missing is told by the ledger where its alarm does not ring."""

import json
from datetime import timedelta

import pytest

from passrole.clock import iso
from passrole.finding import State
from passrole.ledger import Ledger, SweepRecord
from passrole.policy import Severity
from passrole.quarantine.people import resolve
from passrole.selfwatch.alarms import AlarmNews
from passrole.selfwatch.silence import SilenceWatch
from tests.unit.samples import ACCOUNT, NOW, REGION, FrozenClock, RecordedTopic
from tests.unit.selfwatch.records import ALICE
from tests.unit.selfwatch.test_alarms import event


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def watch(ledger: Ledger, topic: RecordedTopic, clock: FrozenClock) -> SilenceWatch:
    return SilenceWatch(ledger, topic, ACCOUNT, REGION, clock)


def seen(ledger: Ledger, minutes_ago: float, clock: FrozenClock, *, late: float = 3) -> None:
    """The canary was judged so long ago, and made so many minutes before that."""
    at = clock() - timedelta(minutes=minutes_ago)
    ledger.note_canary(iso(at - timedelta(minutes=late)), at)


def test_a_canary_that_is_missing_while_the_alarm_is_silent_is_told_on_every_channel(
    watch: SilenceWatch, ledger: Ledger, topic: RecordedTopic, clock: FrozenClock
) -> None:
    # Given a canary that was not seen for longer than the alarm waits, and an alarm that does not ring
    seen(ledger, 31, clock)
    # When the sweep looks, more than once
    for _ in range(3):
        watch.look()
    # Then that is one finding about the guard, told once
    (finding,) = ledger.findings()
    assert finding.is_about_guard
    assert (finding.severity, finding.state, topic.news) == (Severity.CRITICAL, State.OPEN, ["opened"])
    assert "somebody may send the metric" in finding.reasons[0]


def test_a_canary_that_was_seen_is_not_told(watch: SilenceWatch, ledger: Ledger, clock: FrozenClock) -> None:
    seen(ledger, 29, clock)
    assert watch.look() is None
    assert not list(ledger.findings())


def test_a_canary_that_cloudtrail_brings_late_is_seen(
    watch: SilenceWatch, ledger: Ledger, clock: FrozenClock
) -> None:
    """The alarm counts when it is judged: it is rightly silent, and nobody forged what keeps it so."""
    seen(ledger, 1, clock, late=45)
    assert watch.look() is None
    assert not list(ledger.findings())


def test_it_is_over_when_the_canary_is_seen_and_begins_again_when_it_is_not(
    watch: SilenceWatch, ledger: Ledger, topic: RecordedTopic, clock: FrozenClock
) -> None:
    seen(ledger, 31, clock)
    watch.look()
    seen(ledger, 1, clock)
    assert watch.look() is not None
    clock.go_on(minutes=31)
    assert watch.look() is not None
    assert topic.news == ["opened", "resolved", "reopened"]
    assert len(list(ledger.findings())) == 1


def test_what_the_alarm_tells_is_not_told_a_second_time(
    watch: SilenceWatch, ledger: Ledger, topic: RecordedTopic, clock: FrozenClock
) -> None:
    alarms = AlarmNews(ledger, topic, ACCOUNT, "Guard", clock)
    alarms.take(json.dumps(event()))
    seen(ledger, 60, clock)
    assert watch.look() is None
    # until somebody sends the metric, and the alarm is well again
    alarms.take(json.dumps(event("OK", at="12:30:00")))
    assert watch.look() is not None


def test_where_a_person_closed_what_the_alarm_told_it_is_told_and_nobody_is_accused(
    watch: SilenceWatch, ledger: Ledger, topic: RecordedTopic, clock: FrozenClock
) -> None:
    # Given an alarm that rings on, whose finding somebody has closed
    AlarmNews(ledger, topic, ACCOUNT, "Guard", clock).take(json.dumps(event()))
    (told,) = ledger.findings()
    resolve(ledger, topic, told, ALICE, "seen", clock())
    seen(ledger, 60, clock)
    # When the sweep looks, then what it says is so whether the alarm rings or not
    finding = watch.look()
    assert finding is not None
    assert "does not ring:" not in finding.reasons[0]
    assert "if it does not ring, somebody may send the metric" in finding.reasons[0]


def test_a_guard_that_never_saw_it_tells_so_once_it_has_begun_to_sweep(
    watch: SilenceWatch, ledger: Ledger, clock: FrozenClock
) -> None:
    assert watch.look() is None
    first = SweepRecord(iso(NOW), ())
    ledger.begin_sweep(first, None)
    assert watch.look() is None
    clock.go_on(minutes=35)
    finding = watch.look()
    assert finding is not None
    assert iso(NOW) in finding.reasons[0]
    # and that a further sweep begins makes nothing well
    ledger.begin_sweep(SweepRecord(iso(clock()), ()), first)
    assert watch.look() is None
    stored = ledger.finding(finding.id)
    assert stored is not None
    assert stored.state is State.OPEN


def test_news_that_could_not_be_published_is_at_the_next_look(
    watch: SilenceWatch, ledger: Ledger, topic: RecordedTopic, clock: FrozenClock
) -> None:
    seen(ledger, 31, clock)
    topic.broken = True
    with pytest.raises(ConnectionError):
        watch.look()
    topic.broken = False
    watch.look()
    assert topic.news == ["opened"]
