"""The Slack-like server that the demo and the end-to-end tests post to, as the channel sees it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from passrole.alerts import DeliveryError, Slack
from passrole.alerts.renderings import slack
from passrole.emulator.webhook import Webhook
from tests.unit.alerts.samples import ALERTS

SECRET = "guardrail/slack"
CHANNEL = "C0123456789"
OPENED, CONTAINED = ALERTS["opened"], ALERTS["contained"]


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as webhook:
        yield webhook


@pytest.fixture
def secrets(aws: None) -> Any:
    return boto3.client("secretsmanager")


def _channel(secrets: Any, secret: str) -> Slack:
    secrets.create_secret(Name=SECRET, SecretString=secret)
    return Slack(SECRET, secrets, timeout=0.5)


def test_takes_messages_as_a_webhook(webhook: Webhook, secrets: Any) -> None:
    assert _channel(secrets, webhook.url).send(OPENED) is None

    [message] = webhook.messages
    assert message.payload == slack.payload(OPENED)
    assert (message.ts, message.thread_ts) == ("", None)


def test_takes_messages_of_a_bot_and_keeps_threads(webhook: Webhook, secrets: Any) -> None:
    channel = _channel(secrets, webhook.bot_secret(CHANNEL))

    thread = channel.send(OPENED)
    other = channel.send(OPENED)
    channel.send(replace(CONTAINED, thread=thread))

    first, second, reply = webhook.messages
    assert (thread, other) == (f"{CHANNEL}/{first.ts}", f"{CHANNEL}/{second.ts}")
    assert thread != other
    assert [message.thread_ts for message in webhook.messages] == [None, None, first.ts]
    assert reply.payload["channel"] == CHANNEL


def test_refuses_another_bots_token(webhook: Webhook, secrets: Any) -> None:
    channel = _channel(secrets, webhook.bot_secret(CHANNEL).replace("xoxb-", "xoxb-other-"))

    with pytest.raises(DeliveryError, match="invalid_auth"):
        channel.send(OPENED)

    assert webhook.messages == []


@pytest.mark.parametrize("is_bot", [False, True])
@pytest.mark.parametrize("answer", [429, 500, "hang", "close"])
def test_misbehaves_once_as_it_is_told(webhook: Webhook, secrets: Any, is_bot: bool, answer: Any) -> None:
    channel = _channel(secrets, webhook.bot_secret(CHANNEL) if is_bot else webhook.url)
    webhook.answers.append(answer)

    with pytest.raises(DeliveryError) as caught:
        channel.send(OPENED)
    channel.send(OPENED)

    is_left = answer in ("hang", "close")
    assert caught.value.may_have_arrived is is_left
    assert [message.text for message in webhook.unanswered] == [slack.payload(OPENED)["text"]] * is_left
    assert len(webhook.messages) == 1
