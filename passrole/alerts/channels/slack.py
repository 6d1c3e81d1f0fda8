"""Posts alerts to a Slack incoming webhook whose URL lies in Secrets Manager."""

import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from passrole.alerts import slack, slack_digest
from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import DigestingChannel
from passrole.alerts.channels.https import TIMEOUT_SECONDS, Answer, post
from passrole.alerts.channels.secret import CachedSecret
from passrole.alerts.channels.webhook_url import WebhookUrl, parse_webhook_url
from passrole.alerts.digest import Digest, Page
from passrole.channel import ChannelName

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# Slack's answers for a webhook that was revoked, or whose channel is gone: its URL may have been rotated.
_STALE = (403, 404, 410)


class Slack(DigestingChannel):
    """An incoming webhook. The URL is a password: it stands in no log line and no error."""

    name = ChannelName.SLACK

    def __init__(
        self,
        secret_id: str,
        secrets_manager: "SecretsManagerClient",
        *,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``timeout``, in seconds, is for each wait on the network; ``clock`` gives seconds, only forward."""
        self._secret = CachedSecret(secret_id, secrets_manager, parse_webhook_url, clock)
        self._timeout = timeout

    def send(self, message: Alert) -> None:
        """Posts the alert; if the webhook is gone, reads its URL anew and tries a changed one at once.

        Raises:
            DeliveryError: anything but a 2xx answer.
        """
        self._send(slack.payload(message))

    def pages(self, digest: Digest) -> Sequence[Page]:
        """The messages that a digest takes."""
        return slack_digest.pages(digest)

    def send_page(self, page: Page, *, repeat: bool) -> None:
        """Posts one message of a digest, as ``send`` does an alert.

        Raises:
            DeliveryError: anything but a 2xx answer.
        """
        self._send(slack_digest.payload(page, repeat=repeat))

    def _send(self, payload: dict[str, Any]) -> None:
        body = json.dumps(payload).encode()
        url = self._secret.value()
        answer = self._post(url, body)
        if answer.status in _STALE:
            self._secret.forget()
            fresh = self._secret.value()
            if fresh != url:
                answer = self._post(fresh, body)
        if not answer.is_accepted:
            raise answer.refusal("Slack")

    def _post(self, url: WebhookUrl, body: bytes) -> Answer:
        headers = {"Content-Type": "application/json"}
        return post(url, body, headers, receiver="Slack", timeout=self._timeout)
