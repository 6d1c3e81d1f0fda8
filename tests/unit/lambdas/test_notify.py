"""The entry point of notify: a batch of pointers, told or delivered again, over a ledger in memory."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from passrole.alerts import Alert, DeliveryError
from passrole.channel import ChannelName
from passrole.finding import Change, News, State, Step
from passrole.finding.life import advance
from passrole.ledger import Ledger
from passrole.news import Pointer
from passrole.policy import Stage
from tests.unit.alerts.inbox import Inbox
from tests.unit.lambdas.notifying import (
    Context,
    dana,
    event_of,
    failed,
    opened,
    pointer_to,
    post,
    queue_url,
    why,
)


def test_news_is_told_once_over_redeliveries(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    finding = opened(ledger)

    answers = [notify.handler(event_of(pointer_to(finding)), Context()) for _ in range(3)]

    assert [failed(answer) for answer in answers] == [[], [], []]
    assert inbox.arrived == [Alert(finding, Step(1, finding.opened_at, News.OPENED, dana(), why()))]
    assert counted("AlertsDelivered") == 1


def test_each_step_is_told_as_the_ledger_knows_it_not_as_the_message_says(
    notify: Any, ledger: Ledger, inbox: Inbox
) -> None:
    finding = opened(ledger)
    change: Change = advance(
        finding, State.CONTAINED, News.CONTAINED, "2026-11-22T12:00:09.000Z", "contain", "done"
    )
    assert ledger.record_change(change)

    notify.handler(event_of(pointer_to(finding, 2, News.RELEASED)), Context())

    assert [(a.step.news, a.step.why, a.finding.state) for a in inbox.arrived] == [
        (News.CONTAINED, "done", State.CONTAINED)
    ]


def test_only_what_failed_comes_again(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    finding = opened(ledger)
    inbox.errors = [DeliveryError("Slack answered 503")]

    answer = notify.handler(event_of(pointer_to(finding), pointer_to(finding)), Context())

    assert failed(answer) == ["message-0"]
    assert len(inbox.arrived) == 1
    assert counted("AlertFailures") == 1


@pytest.mark.parametrize(("asked", "waits"), [(None, 10), (90.0, 90), (86_400.0, 3_600)])
def test_what_a_receiver_refused_comes_again_when_it_asks(
    notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, asked: float | None, waits: int
) -> None:
    inbox = Inbox(errors=[DeliveryError("Slack answered 429", retry_after=asked)])
    post(notify, monkeypatch, ledger, {"notify": inbox})
    told: list[Any] = []
    redelivery: Any = importlib.import_module("lambdas.shared.redelivery")

    class Queue:
        def change_message_visibility(self, **parameters: Any) -> None:
            told.append(parameters)

    monkeypatch.setattr(redelivery, "client", lambda _: Queue())

    notify.handler(event_of(pointer_to(opened(ledger))), Context())

    assert told == [{"QueueUrl": queue_url("notify"), "ReceiptHandle": "handle", "VisibilityTimeout": waits}]


def test_observed_finding_is_told_to_nobody(notify: Any, ledger: Ledger, inbox: Inbox) -> None:
    finding = opened(ledger, Stage.OBSERVE)

    assert failed(notify.handler(event_of(pointer_to(finding)), Context())) == []
    assert inbox.arrived == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[" * 100_000,
        "null",
        '{"version": 2, "finding_id": "f", "revision": 1, "news": "opened"}',
        '{"version": 1, "finding_id": "f", "revision": 1, "news": "gossip"}',
        '{"version": 2, "digest": {"channel": "slack", "number": 1}}',
        '{"version": 1, "digest": {"channel": "slack", "number": "1"}}',
        '{"version": 1, "digest": "slack"}',
        '{"Type": "Notification", "Message": "wrapped by SNS: raw delivery is off"}',
    ],
)
def test_unreadable_body_goes_to_the_dead_letters_and_stops_no_other(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float], body: str
) -> None:
    finding = opened(ledger)

    answer = notify.handler(event_of(body, pointer_to(finding)), Context())

    assert failed(answer) == ["message-0"]
    assert len(inbox.arrived) == 1
    assert counted("UnreadablePointers") == 1


def test_forged_pointer_is_counted_and_dropped(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    finding = opened(ledger)
    unknown = Pointer("0000000000000000", 1, News.OPENED).to_message()

    answer = notify.handler(event_of(unknown, pointer_to(finding, revision=7)), Context())

    assert failed(answer) == []
    assert inbox.arrived == []
    assert counted("ForgedPointers") == 2


def test_ledger_that_does_not_answer_loses_nothing(
    notify: Any,
    ledger: Ledger,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
    counted: Callable[[str], float],
) -> None:
    finding = opened(ledger)

    def throttled(*_: Any) -> None:
        raise RuntimeError("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "finding", throttled)
        assert failed(notify.handler(event_of(pointer_to(finding)), Context())) == ["message-0"]
    assert counted("AlertFailures") == 1

    assert failed(notify.handler(event_of(pointer_to(finding)), Context())) == []
    assert len(inbox.arrived) == 1


def test_news_is_not_begun_without_time_to_tell_it(notify: Any, ledger: Ledger, inbox: Inbox) -> None:
    """A function that ends in the middle makes a repeat of it, and has the whole batch come again late."""
    finding = opened(ledger)

    assert failed(notify.handler(event_of(pointer_to(finding)), Context(remaining=29_000))) == ["message-0"]
    assert inbox.messages == 0
    assert failed(notify.handler(event_of(pointer_to(finding)), Context())) == []

    assert [alert.repeat for alert in inbox.arrived] == [False]


def test_each_channel_is_told_by_its_own_queue(
    notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack, email = Inbox(), Inbox(ChannelName.EMAIL)
    post(notify, monkeypatch, ledger, {"slack-queue": slack, "email-queue": email})
    finding = opened(ledger)

    notify.handler(event_of(pointer_to(finding), queue="email-queue"), Context())
    assert (slack.messages, email.messages) == (0, 1)
    notify.handler(event_of(pointer_to(finding), queue="slack-queue"), Context())

    assert (slack.messages, email.messages) == (1, 1)


def test_message_from_a_queue_of_no_channel_goes_to_the_dead_letters(
    notify: Any, ledger: Ledger, inbox: Inbox
) -> None:
    finding = opened(ledger)

    answer = notify.handler(event_of(pointer_to(finding), queue="of-another"), Context())

    assert failed(answer) == ["message-0"]
    assert inbox.messages == 0
