"""Signatures of the Standard Webhooks specification, and the secret that they are made with."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field

from passrole.alerts.channels.base import DeliveryError
from passrole.alerts.channels.webhook_url import WebhookUrl, parse_webhook_url

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes of a key


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    """Where to post, and the key to sign with, which is in no ``repr``."""

    url: WebhookUrl
    key: bytes = field(repr=False)


def parse_signed_webhook(secret: str, secret_id: str) -> SignedWebhook:
    """What a secret's text holds. Errors name the secret, never what is in it.

    Raises:
        DeliveryError: not the JSON that is expected, no https URL (http only to a loopback host), or a key
            that is no base64 or not of 24 to 64 bytes.
    """
    wrong = DeliveryError(
        f'the secret {secret_id} holds no signed webhook: expected {{"url": "https://…", "key": "whsec_…"}}, '
        f"with {_SHORTEST} to {_LONGEST} bytes in base64 as the key"
    )
    try:
        data = json.loads(secret)
        url, key = data["url"], data["key"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise wrong from None
    if not (isinstance(url, str) and isinstance(key, str) and key.startswith(_PREFIX)):
        raise wrong
    try:
        raw = base64.b64decode(key.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):  # ValueError: characters that are not ASCII
        raise wrong from None
    if not _SHORTEST <= len(raw) <= _LONGEST:
        raise wrong
    return SignedWebhook(parse_webhook_url(url, secret_id), raw)


def signature(key: bytes, message_id: str, seconds: int, body: bytes) -> str:
    """The value of ``webhook-signature``: one signature, over id, time of sending, and the body as sent.

    Args:
        message_id: has no full stop in it, which would move the parts.
        seconds: since 1970.
    """
    signed = f"{message_id}.{seconds}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode('ascii')}"
