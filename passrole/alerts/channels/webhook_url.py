"""A webhook's URL as a secret's text holds it: checked, and never shown."""

import ipaddress
import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from passrole.alerts.channels.base import DeliveryError

_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class WebhookUrl:
    """A URL taken apart. ``target`` (path and query) is the secret part: it is in no ``repr``."""

    scheme: str
    host: str
    port: int | None
    target: str = field(repr=False)


def parse_webhook_url(secret: str, secret_id: str) -> WebhookUrl:
    """The URL that a secret's text holds. Errors name the secret, never what is in it.

    Raises:
        DeliveryError: no https URL (http only to a loopback host), or one with a user name in it.
    """
    wrong = DeliveryError(
        f"the secret {secret_id} holds no webhook URL: expected https://… as it stands or in "
        '{"url": "…"} (http only to a loopback host)'
    )
    text = secret.strip()
    if text.startswith("{"):
        try:
            text = json.loads(text)["url"].strip()
        except (ValueError, KeyError, AttributeError, RecursionError):
            raise wrong from None
    # http.client quotes what it refuses of a URL in its errors: nothing that it could refuse gets there.
    if not _VISIBLE_ASCII.fullmatch(text):
        raise wrong
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if not host or parts.username is not None or parts.password is not None:
        raise wrong
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise wrong
    query = f"?{parts.query}" if parts.query else ""
    return WebhookUrl(parts.scheme, host, port, f"{parts.path or '/'}{query}")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
