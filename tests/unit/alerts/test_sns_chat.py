"""The chat channel, with moto's SNS and a queue as the subscriber."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from passrole.alerts import Alert, DeliveryError, SnsChat
from passrole.alerts.digest import make_digest
from passrole.alerts.renderings import chat, chat_digest
from tests.unit.alerts.custom_notifications import assert_taken
from tests.unit.alerts.samples import ALERTS, DIGESTS, FINDING, alert
from tests.unit.alerts.test_sns_email import BrokenSns, Inbox


@pytest.fixture
def inbox(aws: None) -> Inbox:
    return Inbox()


def _notifications(mails: Sequence[dict[str, Any]]) -> list[Any]:
    return [json.loads(mail["Message"]) for mail in mails]


@pytest.mark.parametrize("name", ALERTS)
def test_every_news_arrives_as_a_custom_notification(inbox: Inbox, name: str) -> None:
    SnsChat(inbox.topic, inbox.sns).send(ALERTS[name])

    [notification] = _notifications(inbox.mails())
    assert notification == chat.notification(ALERTS[name])
    assert_taken(notification)


def test_attributes_are_those_of_the_other_topics(inbox: Inbox) -> None:
    SnsChat(inbox.topic, inbox.sns).send(ALERTS["contained"])

    attributes = inbox.mails()[0]["MessageAttributes"]
    assert {k: attributes[k]["Value"] for k in ("news", "severity")} == {
        "news": "contained",
        "severity": "high",
    }


def test_digest_arrives_and_passes_every_filter_that_one_of_its_news_would(inbox: Inbox) -> None:
    channel = SnsChat(inbox.topic, inbox.sns)
    [page] = channel.pages(DIGESTS["digest-several-groups"])

    channel.send_page(page, repeat=True)

    [mail] = inbox.mails()
    assert _notifications([mail]) == [chat_digest.notification(page, repeat=True)]
    assert set(json.loads(mail["MessageAttributes"]["severity"]["Value"])) == {"critical", "high", "medium"}


def test_lost_answer_may_have_arrived() -> None:
    broken: Any = BrokenSns(ReadTimeoutError(endpoint_url="https://sns"))

    with pytest.raises(DeliveryError) as caught:
        SnsChat("arn:aws:sns:eu-west-1:1:chat", broken).send(ALERTS["opened"])

    assert caught.value.may_have_arrived


def test_all_news_about_a_finding_are_hung_on_one_thread_each_with_an_id_of_its_own() -> None:
    told = [chat.notification(ALERTS[name]) for name in ("opened", "contained")]

    assert [n["metadata"]["threadId"] for n in told] == [FINDING.id, FINDING.id]
    assert [n["id"] for n in told] == [f"{FINDING.id}-1", f"{FINDING.id}-2"]


def test_digest_is_hung_on_no_thread() -> None:
    [page] = chat_digest.pages(DIGESTS["digest-one-group"])

    assert "threadId" not in chat_digest.notification(page, repeat=False)["metadata"]


def test_repeat_says_so_in_the_message_and_in_its_summary() -> None:
    notification = chat.notification(ALERTS["contained-repeat"])

    assert notification["content"]["description"].startswith("_(may be a repeat: ")
    assert notification["metadata"]["summary"].endswith("was not confirmed)")


def test_actions_of_the_chat_get_the_names_of_what_it_is_about() -> None:
    metadata = chat.notification(ALERTS["opened"])["metadata"]

    assert metadata["relatedResources"] == [FINDING.resource, FINDING.role]
    assert metadata["additionalContext"]["findingId"] == FINDING.id


def test_long_names_leave_room_for_all_that_is_said() -> None:
    long = "n" * 10_240
    description = chat.notification(
        alert(role=long, resource=long, passer=replace(FINDING.passer, arn=long), reasons=(long,) * 9)
    )["content"]["description"]

    assert "*Where*" in description
    assert "and 4 more: see the finding" in description.replace("`", "")
    assert f"Finding `{FINDING.id}`" in description


def test_findings_with_news_beyond_number_still_take_one_line_each() -> None:
    news = [
        Alert(replace(told.finding, revision=n), replace(told.step, revision=n))
        for n, told in enumerate([ALERTS["contained"], ALERTS["released"]] * 300, start=1)
    ]

    [page] = chat_digest.pages(make_digest(news))

    assert "contained 300 times, released 300 times" in str(chat_digest.notification(page, repeat=False))
