"""Delivery over the real ledger on moto's DynamoDB: none lost, none twice without saying so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passrole.alerts import Alert, Channel, Deliverer, DeliveryError, Told
from passrole.channel import ChannelName
from passrole.finding import Finding, News, Step
from passrole.ledger import Ledger
from passrole.policy import Stage
from tests.unit.alerts.inbox import Inbox, MachineInbox
from tests.unit.alerts.samples import ALERTS, FINDING

STEP = ALERTS["opened"].step
CONTAINED = ALERTS["contained"].step
NOW = datetime(2026, 11, 22, 3, 14, 7, tzinfo=UTC)
SOON = NOW + timedelta(seconds=10)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def slack() -> Inbox:
    return Inbox()


@pytest.fixture
def deliver(ledger: Ledger, slack: Inbox) -> Callable[..., Told]:
    """Tells news of the finding on Slack, or on another channel."""

    def deliver(
        step: Step = STEP, at: datetime = NOW, finding: Finding = FINDING, on: Channel = slack
    ) -> Told:
        return Deliverer(ledger, on, sleep=lambda _: None).deliver(finding, step, at)

    return deliver


def test_alert_arrives(deliver: Callable[..., Told], slack: Inbox) -> None:
    assert deliver() is Told.SENT

    assert slack.arrived == [Alert(FINDING, STEP, repeat=False)]


def test_each_channel_is_told_by_itself(deliver: Callable[..., Told], slack: Inbox) -> None:
    email = Inbox(ChannelName.EMAIL)
    slack.errors = [DeliveryError("Slack answered 429")]

    with pytest.raises(DeliveryError):
        deliver()
    assert deliver(on=email) is Told.SENT
    assert deliver() is Told.SENT

    assert len(slack.arrived) == len(email.arrived) == 1


def test_redelivered_pointer_tells_nothing_twice(deliver: Callable[..., Told], slack: Inbox) -> None:
    deliver()

    assert deliver(at=LATER) is Told.NOTHING
    assert len(slack.arrived) == 1


def test_each_step_is_told(deliver: Callable[..., Told], slack: Inbox) -> None:
    deliver()
    deliver(CONTAINED)

    assert [alert.step.revision for alert in slack.arrived] == [1, 2]


def test_observed_finding_is_told_to_nobody(deliver: Callable[..., Told], slack: Inbox) -> None:
    assert deliver(finding=replace(FINDING, response=Stage.OBSERVE)) is Told.NOTHING

    assert slack.arrived == []


def test_what_becomes_of_a_finding_is_told_though_it_is_only_observed_by_now(
    deliver: Callable[..., Told], slack: Inbox
) -> None:
    deliver()

    assert deliver(CONTAINED, finding=replace(FINDING, response=Stage.OBSERVE, was_told=True)) is Told.SENT
    assert len(slack.arrived) == 2


def test_alert_that_certainly_did_not_arrive_is_no_repeat_at_the_next_try(
    deliver: Callable[..., Told], slack: Inbox
) -> None:
    slack.errors = [DeliveryError("Slack answered 500")]
    with pytest.raises(DeliveryError):
        deliver()

    deliver()

    assert slack.arrived == [Alert(FINDING, STEP, repeat=False)]


def test_alert_that_may_have_arrived_is_sent_again_and_says_so(
    deliver: Callable[..., Told], slack: Inbox
) -> None:
    slack.errors = [DeliveryError("timeout", may_have_arrived=True)]
    with pytest.raises(DeliveryError):
        deliver()

    deliver(at=SOON)  # no lease is waited for

    assert slack.arrived == [Alert(FINDING, STEP, repeat=True)]


def test_repeat_that_was_refused_is_still_a_repeat_at_the_next_try(
    deliver: Callable[..., Told], slack: Inbox
) -> None:
    slack.errors = [DeliveryError("timeout", may_have_arrived=True), DeliveryError("Slack answered 429")]
    for at in (NOW, SOON):
        with pytest.raises(DeliveryError):
            deliver(at=at)

    deliver(at=SOON + timedelta(seconds=20))

    assert slack.arrived == [Alert(FINDING, STEP, repeat=True)]


def test_process_that_died_while_sending_leads_to_a_marked_repeat(
    ledger: Ledger, deliver: Callable[..., Told], slack: Inbox
) -> None:
    ledger.claim_delivery(FINDING.id, STEP.revision, "slack", NOW)

    deliver(at=LATER)

    assert slack.arrived == [Alert(FINDING, STEP, repeat=True)]


def test_news_that_is_asked_for_again_goes_out_marked_as_a_repeat(
    ledger: Ledger, deliver: Callable[..., Told], slack: Inbox
) -> None:
    deliver()
    ledger.deliver_again(FINDING.id, STEP.revision, "slack")

    assert deliver() is Told.SENT

    assert [alert.repeat for alert in slack.arrived] == [False, True]


def test_second_worker_keeps_its_hands_off_and_the_message_comes_again(
    deliver: Callable[..., Told], slack: Inbox
) -> None:
    other, errors = Inbox(), list[str]()

    def deliver_as_well() -> None:
        with pytest.raises(DeliveryError) as caught:
            deliver(on=other)
        errors.append(str(caught.value))

    slack.before = deliver_as_well
    deliver()

    assert errors == ["another worker is delivering it"]
    assert (len(slack.arrived), len(other.arrived)) == (1, 0)


def test_second_worker_waits_for_the_first_and_leaves_it_at_that(ledger: Ledger, slack: Inbox) -> None:
    ledger.claim_delivery(FINDING.id, STEP.revision, "slack", NOW)
    pauses: list[float] = []

    def first_worker_finishes(pause: float) -> None:
        pauses.append(pause)
        ledger.finish_delivery(FINDING.id, STEP.revision, "slack", NOW)

    told = Deliverer(ledger, slack, sleep=first_worker_finishes).deliver(FINDING, STEP, NOW)

    assert (told, slack.arrived, len(pauses)) == (Told.NOTHING, [], 1)


def test_broken_rendering_leaves_the_claim_so_that_the_next_try_is_a_repeat(
    deliver: Callable[..., Told], slack: Inbox
) -> None:
    slack.errors = [ZeroDivisionError("bug")]
    with pytest.raises(ZeroDivisionError):
        deliver()

    deliver(at=LATER)

    assert [alert.repeat for alert in slack.arrived] == [True]


def test_sent_alert_whose_mark_could_not_be_written_is_repeated_as_such(
    ledger: Ledger, deliver: Callable[..., Told], slack: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(*_: Any) -> None:
        raise RuntimeError("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "finish_delivery", throttled)
        with pytest.raises(RuntimeError):
            deliver()

    deliver(at=LATER)

    assert [alert.repeat for alert in slack.arrived] == [False, True]


def test_the_account_is_called_by_its_name(ledger: Ledger, slack: Inbox) -> None:
    names = {FINDING.account: "production"}

    Deliverer(ledger, slack, account_name=names.get).deliver(FINDING, STEP, NOW)

    assert [alert.account_name for alert in slack.arrived] == ["production"]


def _burst(news: News, revision: int, number: int = 5) -> list[tuple[Finding, Step]]:
    """News of a passer's many findings."""
    step = replace(STEP, news=news, revision=revision)
    return [(replace(FINDING, id=f"{n:016x}"), step) for n in range(number)]


def test_machines_get_all_news_of_a_burst_one_by_one(deliver: Callable[..., Told]) -> None:
    webhook = MachineInbox()

    told = [deliver(step, finding=finding, on=webhook) for finding, step in _burst(News.OPENED, 1, 30)]

    assert told == [Told.SENT] * 30


def test_later_news_are_hung_on_the_first_message_about_the_finding(deliver: Callable[..., Told]) -> None:
    slack = Inbox(has_threads=True, threads=["first", "second", "third"])
    another = replace(FINDING, id="0000000000000001")

    deliver(on=slack)
    deliver(finding=another, on=slack)
    deliver(CONTAINED, on=slack)
    deliver(CONTAINED, finding=another, on=slack)

    assert [alert.thread for alert in slack.arrived] == [None, None, "first", "second"]


def test_the_thread_is_that_of_the_first_message_until_the_channel_had_to_begin_another(
    deliver: Callable[..., Told],
) -> None:
    """A reply gives back the thread that it stands in: another one, if the first is gone."""
    slack = Inbox(has_threads=True, threads=["first", "first", "another", "another"])

    for revision, news in enumerate((News.OPENED, News.CONTAINED, News.UNDONE, News.REOPENED), start=1):
        deliver(replace(STEP, revision=revision, news=news), on=slack)

    assert [alert.thread for alert in slack.arrived] == [None, "first", "first", "another"]


def test_channel_without_threads_gets_none(ledger: Ledger, deliver: Callable[..., Told]) -> None:
    ledger.keep_thread(FINDING.id, "slack", "of another time")
    slack = Inbox()

    deliver(CONTAINED, on=slack)

    assert [alert.thread for alert in slack.arrived] == [None]


def test_news_whose_first_was_held_for_a_digest_begins_the_thread(
    ledger: Ledger, deliver: Callable[..., Told]
) -> None:
    slack = Inbox(has_threads=True, threads=[f"message {n}" for n in range(9)])
    burst = _burst(News.OPENED, 1)
    assert [deliver(step, finding=f, on=slack) for f, step in burst][-1] is Told.HELD
    held, _ = burst[-1]
    assert ledger.thread_of(held.id, "slack") is None

    deliver(CONTAINED, finding=held, on=slack)
    deliver(replace(CONTAINED, revision=3, news=News.RELEASED), finding=held, on=slack)

    assert [alert.thread for alert in slack.arrived[-2:]] == [None, "message 3"]
