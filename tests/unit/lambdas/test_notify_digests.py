"""The entry point of notify in a storm: news is held, and digests are sent, once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passrole.alerts import DeliveryError
from passrole.channel import ChannelName
from passrole.clock import utc_now
from passrole.finding import News, Step
from passrole.ledger import Held, HeldNews, Ledger
from passrole.news.digests import DigestPointer
from tests.unit.alerts.inbox import Inbox, MachineInbox
from tests.unit.lambdas.notifying import Context, dana, event_of, failed, opened_as, pointer_to, post, why
from tests.unit.samples import finding_of


def _held(ledger: Ledger, news: int = 5) -> tuple[str, list[str]]:
    """A digest that is due, as its pointer, and the findings that it tells."""
    now, ids = utc_now(), [f"{number:016x}" for number in range(news)]
    for finding_id in ids:
        finding = replace(finding_of(), id=finding_id)
        step = Step(1, finding.opened_at, News.OPENED, dana(), why())
        ledger.claim_delivery(finding_id, 1, "slack", now)
        held = ledger.hold_for_digest("slack", HeldNews(finding, step, False), now, now, now)
        assert held is Held.HELD
    assert ledger.close_digest("slack", 1, now)
    return DigestPointer("slack", 1).to_message(), ids


def test_in_a_burst_news_is_held_and_counted(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    findings = [opened_as(ledger, f"{number:016x}") for number in range(5)]

    answer = notify.handler(event_of(*map(pointer_to, findings)), Context())

    assert failed(answer) == []
    assert [alert.finding.id for alert in inbox.arrived] == [finding.id for finding in findings[:3]]
    assert counted("AlertsDigested") == 2


def test_digest_is_sent_once_over_redeliveries(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    pointer, ids = _held(ledger)

    answers = [notify.handler(event_of(pointer), Context()) for _ in range(3)]

    assert [failed(answer) for answer in answers] == [[], [], []]
    [(page, repeat)] = inbox.pages_arrived
    assert (sorted(alert.finding.id for alert in page.alerts), repeat) == (ids, False)
    assert counted("DigestsSent") == 1


def test_digest_that_slack_refuses_comes_again(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    pointer, _ = _held(ledger)
    inbox.errors = [DeliveryError("Slack answered 503")]

    assert failed(notify.handler(event_of(pointer), Context())) == ["message-0"]
    assert counted("AlertFailures") == 1
    assert failed(notify.handler(event_of(pointer), Context())) == []
    assert len(inbox.pages_arrived) == 1


def test_digest_is_not_begun_without_time_to_send_it(notify: Any, ledger: Ledger, inbox: Inbox) -> None:
    pointer, _ = _held(ledger)

    assert failed(notify.handler(event_of(pointer), Context(remaining=20_000))) == ["message-0"]
    assert inbox.messages == 0


@pytest.mark.parametrize("channel", [Inbox(ChannelName.EMAIL), MachineInbox()], ids=["people", "machines"])
def test_pointer_to_the_digest_of_another_channel_than_the_queues_is_dropped(
    notify: Any,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    counted: Callable[[str], float],
    channel: Inbox | MachineInbox,
) -> None:
    pointer, _ = _held(ledger)
    post(notify, monkeypatch, ledger, {"notify": channel})

    assert failed(notify.handler(event_of(pointer), Context())) == []
    assert channel.messages == 0
    assert counted("ForgedPointers") == 1


def test_pointer_to_a_digest_that_is_open_or_was_never_there_is_dropped(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    _held(ledger)
    forged = [DigestPointer("slack", 2).to_message(), DigestPointer("x" * 900, 10**20).to_message()]

    assert failed(notify.handler(event_of(*forged), Context())) == []
    assert inbox.messages == 0
    assert counted("ForgedPointers") == 2
