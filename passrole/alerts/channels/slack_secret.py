"""What Slack's secret holds: an incoming webhook's URL, or a bot's token and channel. Never shown."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from passrole.alerts.channels.base import DeliveryError
from passrole.alerts.channels.webhook_url import WebhookUrl, parse_webhook_url

API = "https://slack.com/api/chat.postMessage"
# docs.slack.dev, "Tokens": a bot's begins so, one that is rotated with "xoxe." before it. Nothing that could
# end a header gets through.
_TOKEN = re.compile(r"(?:xoxe\.)?xoxb-[A-Za-z0-9._-]+")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{6,20}")


@dataclass(frozen=True, slots=True)
class Bot:
    """An app's bot that posts by ``chat.postMessage``; it needs the scope ``chat:write``.

    Attributes:
        url: of the method, which is another for GovSlack.
        channel: the id of the channel that it is a member of.
    """

    url: WebhookUrl
    channel: str
    token: str = field(repr=False)


Target = WebhookUrl | Bot


def parse_slack_secret(secret: str, secret_id: str) -> Target:
    """What a secret's text holds. Errors name the secret, never what is in it.

    Raises:
        DeliveryError: neither a webhook's URL nor a bot, or something about them that cannot be.
    """
    data = _object(secret)
    if data is None or "token" not in data:
        return _webhook(secret, secret_id)
    token, channel = data["token"], data.get("channel")
    if not (isinstance(token, str) and _TOKEN.fullmatch(token.strip())):
        raise DeliveryError(f'the secret {secret_id} holds no bot token: expected "token": "xoxb-…"')
    if not (isinstance(channel, str) and _CHANNEL.fullmatch(channel.strip())):
        raise DeliveryError(
            f'the secret {secret_id} holds no channel: expected its id, "channel": "C0123456789", as the '
            "channel's details in Slack show it"
        )
    return Bot(_method(data.get("url", API), secret_id), channel.strip(), token.strip())


def _webhook(secret: str, secret_id: str) -> WebhookUrl:
    try:
        return parse_webhook_url(secret, secret_id)
    except DeliveryError:
        raise DeliveryError(
            f"the secret {secret_id} holds no webhook URL and no bot token: expected https://hooks… as it "
            'stands or in {"url": "…"}, or {"token": "xoxb-…", "channel": "C0123456789"} (http only to a '
            "loopback host)"
        ) from None


def _method(url: object, secret_id: str) -> WebhookUrl:
    try:
        return parse_webhook_url(json.dumps({"url": url}), secret_id)
    except DeliveryError:
        raise DeliveryError(
            f"the secret {secret_id} holds a wrong URL: beside a token, expected that of chat.postMessage, "
            f'"url": "{API}", or none (http only to a loopback host)'
        ) from None


def _object(secret: str) -> Mapping[str, Any] | None:
    try:
        data = json.loads(secret)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
