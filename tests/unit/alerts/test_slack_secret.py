"""What may stand in Slack's secret: a webhook's URL or a bot, and no word of it in any error."""

import json
from typing import Any

import pytest

from passrole.alerts import DeliveryError
from passrole.alerts.channels.slack_secret import API, Bot, parse_slack_secret
from passrole.alerts.channels.webhook_url import WebhookUrl, parse_webhook_url

SECRET = "guardrail/slack"
TOKEN = "xoxb-1-2-verysecrettoken"
CHANNEL = "C0123456789"


def _bot(**data: Any) -> str:
    return json.dumps({"token": TOKEN, "channel": CHANNEL, **data})


@pytest.mark.parametrize(
    "secret",
    ["https://hooks.slack.com/services/x", ' {"url": "https://hooks.slack.com/services/x"}\n'],
)
def test_url_is_a_webhook(secret: str) -> None:
    target = parse_slack_secret(secret, SECRET)

    assert isinstance(target, WebhookUrl)
    assert target.target == "/services/x"


def test_token_and_channel_are_a_bot_at_slack() -> None:
    assert parse_slack_secret(_bot(), SECRET) == Bot(parse_webhook_url(API, SECRET), CHANNEL, TOKEN)


@pytest.mark.parametrize(
    "url", ["https://slack-gov.com/api/chat.postMessage", "http://127.0.0.1:8080/api/chat.postMessage"]
)
def test_bot_may_be_elsewhere(url: str) -> None:
    target = parse_slack_secret(_bot(url=url), SECRET)

    assert isinstance(target, Bot)
    assert target.url == parse_webhook_url(url, SECRET)


@pytest.mark.parametrize("token", ["xoxe.xoxb-1-verysecrettoken", f" {TOKEN}\n"])
def test_token_may_be_a_rotated_one_and_have_blanks_around_it(token: str) -> None:
    target = parse_slack_secret(_bot(token=token, channel=f" {CHANNEL} "), SECRET)

    assert isinstance(target, Bot)
    assert (target.token, target.channel) == (token.strip(), CHANNEL)


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", "holds no webhook URL and no bot token"),
        ("verysecrettoken", "holds no webhook URL and no bot token"),
        (TOKEN, "holds no webhook URL and no bot token"),
        ("[]", "holds no webhook URL and no bot token"),
        ('{"url": "http://hooks.slack.com/verysecrettoken"}', "holds no webhook URL and no bot token"),
        ("{" * 5_000, "holds no webhook URL and no bot token"),
        ("[" * 100_000, "holds no webhook URL and no bot token"),
        (_bot(token=None), "holds no bot token"),
        (_bot(token="xoxp-1-verysecrettoken"), "holds no bot token"),
        (_bot(token="xapp-1-verysecrettoken"), "holds no bot token"),
        (_bot(token=f"{TOKEN}\r\nX-Evil: verysecrettoken"), "holds no bot token"),
        (_bot(token=f"{TOKEN}é"), "holds no bot token"),
        (json.dumps({"token": TOKEN}), "holds no channel"),
        (_bot(channel="#verysecrettoken"), "holds no channel"),
        (_bot(channel="C0123456789/verysecrettoken"), "holds no channel"),
        (_bot(channel=7), "holds no channel"),
        (_bot(url="http://slack.com/api/verysecrettoken"), "holds a wrong URL"),
        (_bot(url="https://user:verysecrettoken@slack.com/api/chat.postMessage"), "holds a wrong URL"),
        (_bot(url=None), "holds a wrong URL"),
        (_bot(url={"url": "https://verysecrettoken"}), "holds a wrong URL"),
    ],
)
def test_other_secrets_are_refused_in_one_line_without_a_word_of_what_is_in_them(
    secret: str, why: str
) -> None:
    with pytest.raises(DeliveryError) as caught:
        parse_slack_secret(secret, SECRET)

    error = caught.value
    assert str(error).startswith(f"the secret {SECRET} {why}")
    assert "expected" in str(error)
    assert "\n" not in str(error)
    assert "verysecrettoken" not in str(error)
    assert error.__suppress_context__ or error.__context__ is None


def test_bot_shows_no_token() -> None:
    assert "verysecrettoken" not in repr(parse_slack_secret(_bot(), SECRET))
