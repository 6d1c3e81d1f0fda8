"""Delivery over the real ledger on moto's DynamoDB: none lost, none twice without saying so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passrole.alerts import Alert, DeliveryError, IncompleteDeliveryError, Told, deliver
from passrole.ledger import Ledger
from passrole.policy import Stage
from tests.unit.alerts.inbox import Inbox
from tests.unit.alerts.samples import ALERTS, FINDING

STEP = ALERTS["opened"].step
NOW = datetime(2026, 11, 22, 3, 14, 7, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def slack() -> Inbox:
    return Inbox("slack")


@pytest.fixture
def email() -> Inbox:
    return Inbox("email")


def _incomplete(*args: Any) -> IncompleteDeliveryError:
    with pytest.raises(IncompleteDeliveryError) as caught:
        deliver(*args)
    return caught.value


def test_alert_reaches_every_channel(ledger: Ledger, slack: Inbox, email: Inbox) -> None:
    assert deliver(ledger, [slack, email], FINDING, STEP, NOW) == Told(sent=2)

    assert slack.arrived == email.arrived == [Alert(FINDING, STEP, repeat=False)]


def test_redelivered_pointer_tells_nothing_twice(ledger: Ledger, slack: Inbox, email: Inbox) -> None:
    deliver(ledger, [slack, email], FINDING, STEP, NOW)

    assert deliver(ledger, [slack, email], FINDING, STEP, LATER) == Told()
    assert len(slack.arrived) == len(email.arrived) == 1


def test_each_step_is_told(ledger: Ledger, slack: Inbox) -> None:
    deliver(ledger, [slack], FINDING, STEP, NOW)
    deliver(ledger, [slack], FINDING, ALERTS["contained"].step, NOW)

    assert [alert.step.revision for alert in slack.arrived] == [1, 2]


def test_observed_finding_is_told_to_nobody(ledger: Ledger, slack: Inbox) -> None:
    assert deliver(ledger, [slack], replace(FINDING, response=Stage.OBSERVE), STEP, NOW) == Told()

    assert slack.arrived == []


def test_channel_that_fails_stops_no_other_and_is_tried_alone(
    ledger: Ledger, slack: Inbox, email: Inbox
) -> None:
    slack.errors = [DeliveryError("Slack answered 429", retry_after=30)]

    error = _incomplete(ledger, [slack, email], FINDING, STEP, NOW)

    assert (error.told, error.retry_after, str(error)) == (Told(sent=1), 30, "slack: Slack answered 429")
    assert deliver(ledger, [slack, email], FINDING, STEP, NOW) == Told(sent=1)
    assert len(slack.arrived) == len(email.arrived) == 1


def test_alert_that_certainly_did_not_arrive_is_no_repeat_at_the_next_try(
    ledger: Ledger, slack: Inbox
) -> None:
    slack.errors = [DeliveryError("Slack answered 500")]
    _incomplete(ledger, [slack], FINDING, STEP, NOW)

    deliver(ledger, [slack], FINDING, STEP, NOW)

    assert slack.arrived == [Alert(FINDING, STEP, repeat=False)]


def test_alert_that_may_have_arrived_is_sent_again_and_says_so(ledger: Ledger, slack: Inbox) -> None:
    slack.errors = [DeliveryError("timeout", may_have_arrived=True)]
    _incomplete(ledger, [slack], FINDING, STEP, NOW)

    deliver(ledger, [slack], FINDING, STEP, LATER)

    assert slack.arrived == [Alert(FINDING, STEP, repeat=True)]


def test_repeat_that_was_refused_is_still_a_repeat_at_the_next_try(ledger: Ledger, slack: Inbox) -> None:
    slack.errors = [DeliveryError("timeout", may_have_arrived=True), DeliveryError("Slack answered 429")]
    _incomplete(ledger, [slack], FINDING, STEP, NOW)
    _incomplete(ledger, [slack], FINDING, STEP, LATER)

    deliver(ledger, [slack], FINDING, STEP, LATER + timedelta(minutes=10))

    assert slack.arrived == [Alert(FINDING, STEP, repeat=True)]


def test_process_that_died_while_sending_leads_to_a_marked_repeat(ledger: Ledger, slack: Inbox) -> None:
    ledger.claim_delivery(FINDING.id, STEP.revision, "slack", NOW)

    deliver(ledger, [slack], FINDING, STEP, LATER)

    assert slack.arrived == [Alert(FINDING, STEP, repeat=True)]


def test_second_worker_keeps_its_hands_off_and_the_message_comes_again(
    ledger: Ledger, slack: Inbox, email: Inbox
) -> None:
    errors: list[IncompleteDeliveryError] = []
    other = Inbox("slack")
    slack.before = lambda: errors.append(
        _incomplete(ledger, [other, email], FINDING, STEP, NOW, lambda _: None)
    )

    deliver(ledger, [slack], FINDING, STEP, NOW)

    assert str(errors[0]) == "slack: another worker is delivering it"
    assert other.arrived == []
    assert len(email.arrived) == 1


def test_second_worker_waits_for_the_first_and_leaves_it_at_that(ledger: Ledger, slack: Inbox) -> None:
    ledger.claim_delivery(FINDING.id, STEP.revision, "slack", NOW)
    pauses: list[float] = []

    def first_worker_finishes(pause: float) -> None:
        pauses.append(pause)
        ledger.finish_delivery(FINDING.id, STEP.revision, "slack", NOW)

    assert deliver(ledger, [slack], FINDING, STEP, NOW, first_worker_finishes) == Told()
    assert (slack.arrived, len(pauses)) == ([], 1)


def test_broken_rendering_silences_no_other_channel(ledger: Ledger, slack: Inbox, email: Inbox) -> None:
    slack.errors = [ZeroDivisionError("bug")]

    error = _incomplete(ledger, [slack, email], FINDING, STEP, NOW)

    assert str(error) == "slack: ZeroDivisionError: bug"
    assert len(email.arrived) == 1


def test_sent_alert_whose_mark_could_not_be_written_is_repeated_as_such(
    ledger: Ledger, slack: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(*_: Any) -> None:
        raise RuntimeError("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "finish_delivery", throttled)
        _incomplete(ledger, [slack], FINDING, STEP, NOW)

    deliver(ledger, [slack], FINDING, STEP, LATER)

    assert [alert.repeat for alert in slack.arrived] == [False, True]
