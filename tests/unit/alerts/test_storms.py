"""Storms: the first at once, the rest in few messages that name every finding."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from passrole.alerts import Alert
from passrole.alerts.renderings import chat, chat_digest, slack, slack_digest, text, text_digest
from passrole.channel import ChannelName
from passrole.finding import News, State
from passrole.policy import Severity
from tests.unit.alerts.inbox import Inbox
from tests.unit.alerts.memory_table import memory_ledger
from tests.unit.alerts.storms import Office, news_of, passer

MOST_MESSAGES = {ChannelName.SLACK: 30, ChannelName.EMAIL: 30, ChannelName.CHAT: 60}


@pytest.fixture
def office() -> Office:
    return Office(memory_ledger()[0], [Inbox(name) for name in MOST_MESSAGES])


def _texts(inbox: Inbox) -> str:
    """All that people can read on a channel."""
    if inbox.name == ChannelName.CHAT:
        singles = [chat.notification(alert)["content"] for alert in inbox.arrived]
        digests = [chat_digest.notification(p, repeat=r)["content"] for p, r in inbox.pages_arrived]
        return json.dumps([*singles, *digests])
    if inbox.name == ChannelName.SLACK:
        singles = [slack.payload(alert)["blocks"] for alert in inbox.arrived]
        digests = [slack_digest.payload(p, repeat=r)["blocks"] for p, r in inbox.pages_arrived]
        return json.dumps([*singles, *digests])
    mails = [text.email(alert) for alert in inbox.arrived]
    mails += [text_digest.email(page, repeat=repeat) for page, repeat in inbox.pages_arrived]
    return "\n".join(mail.body for mail in mails)


def _assert_all_named_in_few_messages(office: Office, alerts: Sequence[Alert]) -> None:
    for inbox in office.inboxes:
        assert inbox.messages <= MOST_MESSAGES[inbox.name], inbox.name
        named = set(re.findall(r"[0-9a-f]{16}", _texts(inbox)))
        assert {alert.finding.id for alert in alerts} <= named, inbox.name
        assert sorted(inbox.told) == sorted(f"{a.finding.id}#{a.step.revision}" for a in alerts)


@pytest.mark.parametrize(
    ("passers", "name"),
    [(1, "user"), (1_000, "user"), (1_000, "&" * 64), (1_000, "🚀" * 64), (1_000, "\u202e" * 64)],
    ids=["one passer", "plain", "entities", "wide", "escapes"],
)
def test_1000_violations_in_a_minute_make_few_messages_that_name_all(
    office: Office, passers: int, name: str
) -> None:
    storm = [
        replace(
            told,
            finding=replace(
                told.finding,
                passer=passer(n % passers, name),
                role=f"{told.finding.role}-{name}",
                resource=f"{told.finding.resource}-{name}",
            ),
        )
        for n, told in enumerate(map(news_of, range(1_000)))
    ]

    office.deliver_all(storm, per_second=1_000 / 60)
    office.settle()

    _assert_all_named_in_few_messages(office, storm)


def test_burst_of_500_that_is_contained_too_is_told_whole(office: Office) -> None:
    opened = [news_of(n) for n in range(500)]
    contained = [news_of(n, News.CONTAINED, 2, state=State.CONTAINED) for n in range(500)]

    office.deliver_all([news for pair in zip(opened, contained, strict=True) for news in pair], per_second=50)
    office.settle()

    _assert_all_named_in_few_messages(office, [*opened, *contained])


def test_the_first_of_each_kind_come_at_once_and_the_rest_together(office: Office) -> None:
    opened = [news_of(n) for n in range(5)]
    contained = [news_of(n, News.CONTAINED, 2) for n in range(5)]

    office.deliver_all([*opened, *contained], per_second=2)

    slack_inbox = office.inboxes[0]
    assert slack_inbox.arrived == [*opened[:3], *contained[:3]]
    office.settle()
    [(page, repeat)] = slack_inbox.pages_arrived
    [group] = page.digest.groups
    assert {line.news for line in group.lines} == {(News.OPENED, News.CONTAINED)}
    assert (len(group.lines), repeat) == (2, False)


def test_who_is_no_part_of_a_storm_of_one_passer_is_told_at_once(office: Office) -> None:
    office.deliver_all([news_of(n) for n in range(100)], per_second=10)

    office.deliver_all([news_of(200, passer=passer(7))], per_second=10)

    assert office.inboxes[0].arrived[-1].finding.passer == passer(7)


def test_critical_news_waits_for_no_group_and_has_a_reserve_on_a_full_channel(office: Office) -> None:
    critical = [news_of(n, severity=Severity.CRITICAL) for n in range(10)]
    office.deliver_all(critical, per_second=10)
    assert office.inboxes[0].arrived == critical

    office.deliver_all([news_of(n, passer=passer(n)) for n in range(100, 150)], per_second=10)
    many = [news_of(n, severity=Severity.CRITICAL) for n in range(200, 210)]
    office.deliver_all(many, per_second=10)

    arrived = office.inboxes[0].arrived
    assert [a for a in arrived if a.finding.id in {m.finding.id for m in many}] == many[:2]
    assert len(arrived) == 18 + 2


def test_the_gravest_come_first_in_a_digest(office: Office) -> None:
    storm = [news_of(n, severity=Severity.LOW) for n in range(5)]
    storm += [news_of(n + 50, severity=Severity.MEDIUM, passer=passer(1)) for n in range(4)]
    office.deliver_all(storm, per_second=10)
    office.settle()

    [(page, _)] = office.inboxes[0].pages_arrived
    assert [group.severity for group in page.digest.groups] == [Severity.MEDIUM, Severity.LOW]
