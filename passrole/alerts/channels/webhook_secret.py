"""Reads a webhook's URL from Secrets Manager, so that it is rotated without a deployment."""

import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from passrole.alerts.channels.base import DeliveryError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CACHED_SECONDS = 300.0
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class WebhookUrl:
    """A URL taken apart. ``target`` (path and query) is the secret part: it is in no ``repr``."""

    scheme: str
    host: str
    port: int | None
    target: str = field(repr=False)


class WebhookSecret:
    """The URL in a secret: the secret's text itself, or ``{"url": "…"}``."""

    def __init__(
        self, secret_id: str, secrets_manager: "SecretsManagerClient", clock: Callable[[], float]
    ) -> None:
        self._secret_id = secret_id
        self._secrets_manager = secrets_manager
        self._clock = clock
        self._url: WebhookUrl | None = None
        self._read_at = 0.0

    def url(self) -> WebhookUrl:
        """The URL, at most ``CACHED_SECONDS`` old.

        Raises:
            DeliveryError: the secret cannot be read, or holds no URL that may be posted to.
        """
        if self._url is None or self._clock() - self._read_at >= CACHED_SECONDS:
            self._url = parse_webhook_url(self._read(), self._secret_id)
            self._read_at = self._clock()
        return self._url

    def forget(self) -> None:
        """Makes the next ``url`` read the secret anew."""
        self._url = None

    def _read(self) -> str:
        try:
            answer = self._secrets_manager.get_secret_value(SecretId=self._secret_id)
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(f"the secret {self._secret_id} cannot be read: {error}") from error
        return answer.get("SecretString", "")


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
