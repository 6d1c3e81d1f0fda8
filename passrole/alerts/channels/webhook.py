"""Posts news to a URL, signed by the Standard Webhooks specification (version 1.0.0, symmetric keys)."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import Channel
from passrole.alerts.channels.https import TIMEOUT_SECONDS, Answer, post
from passrole.alerts.channels.secret import CachedSecret
from passrole.alerts.channels.signing import SignedWebhook, parse_signed_webhook, signature
from passrole.alerts.renderings.payload import payload
from passrole.channel import ChannelName

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# The receiver does not know the signature or the URL any more: they may have been rotated.
_STALE = (401, 403, 404, 410)


class Webhook(Channel):
    """A receiver of the user's own. URL and key are secret: they stand in no log line and no error.

    A redirect is not followed: it would take what is signed to somebody else.
    """

    name = ChannelName.WEBHOOK

    def __init__(
        self,
        secret_id: str,
        secrets_manager: "SecretsManagerClient",
        *,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Reads nothing yet.

        Args:
            timeout: seconds, for each wait on the network.
            clock: gives seconds, only forward.
            now: gives the seconds since 1970, which receivers compare with their own.
        """
        self._secret = CachedSecret(secret_id, secrets_manager, parse_signed_webhook, clock)
        self._timeout = timeout
        self._now = now

    def send(self, message: Alert) -> None:
        """Posts the news; if the receiver does not know us any more, tries a changed secret at once.

        ``webhook-id`` is the same for the same news however often it is sent: receivers drop it by that.

        Raises:
            DeliveryError: anything but a 2xx answer.
        """
        message_id = f"{message.finding.id}-{message.step.revision}"
        body = payload(message).encode("ascii")
        secret = self._secret.value()
        answer = self._post(secret, message_id, body)
        if answer.status in _STALE and (fresh := self._secret.changed(secret)):
            answer = self._post(fresh, message_id, body)
        if not answer.is_accepted:
            raise answer.refusal("the webhook")

    def _post(self, secret: SignedWebhook, message_id: str, body: bytes) -> Answer:
        seconds = int(self._now())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signature(secret.key, message_id, seconds, body),
        }
        return post(secret.url, body, headers, receiver="the webhook", timeout=self._timeout)
