"""Posts alerts to a Slack incoming webhook whose URL lies in Secrets Manager."""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from passrole.alerts import slack, slack_digest
from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import DeliveryError
from passrole.alerts.channels.webhook_secret import WebhookSecret, WebhookUrl
from passrole.alerts.digest import Digest, Page

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

TIMEOUT_SECONDS = 5.0
# Slack's answers for a webhook that was revoked, or whose channel is gone: its URL may have been rotated.
_STALE = (403, 404, 410)
# A gateway's word for "the server behind me did not answer": it may have accepted all the same.
_ANSWER_LOST = (502, 504)


class SlackWebhook:
    """An incoming webhook. The URL is a password: it stands in no log line and no error."""

    name = "slack"

    def __init__(
        self,
        secret_id: str,
        secrets_manager: "SecretsManagerClient",
        *,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``timeout``, in seconds, is for each wait on the network; ``clock`` gives seconds, only forward."""
        self._secret = WebhookSecret(secret_id, secrets_manager, clock)
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
        url = self._secret.url()
        answer = self._post(url, body)
        if answer.status in _STALE:
            self._secret.forget()
            fresh = self._secret.url()
            if fresh != url:
                answer = self._post(fresh, body)
        if not 200 <= answer.status < 300:
            raise _refused(answer)

    def _post(self, url: WebhookUrl, body: bytes) -> http.client.HTTPResponse:
        """Sends one request and follows no redirect.

        The answer's body is not read: the status alone says whether the message was accepted.
        """
        connection = self._connection(url)
        try:
            try:
                connection.connect()
            except (OSError, UnicodeError) as error:  # UnicodeError: a host that is no DNS name
                raise DeliveryError(f"Slack was not reached: {_named(error)}") from error
            try:
                connection.request("POST", url.target, body, {"Content-Type": "application/json"})
                return connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                why = f"Slack's answer was lost: {_named(error)}"
                raise DeliveryError(why, may_have_arrived=True) from error
        finally:
            connection.close()

    def _connection(self, url: WebhookUrl) -> http.client.HTTPConnection:
        if url.scheme == "http":  # a loopback host: webhook_secret lets no other pass
            return http.client.HTTPConnection(url.host, url.port, timeout=self._timeout)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(url.host, url.port, timeout=self._timeout, context=context)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """The wait that a ``Retry-After`` header asks for (RFC 9110: seconds or a date), else None."""
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(0.0, (moment - now).total_seconds())


def _refused(answer: http.client.HTTPResponse) -> DeliveryError:
    return DeliveryError(
        f"Slack answered {answer.status}",
        retry_after=retry_after_seconds(answer.getheader("Retry-After"), datetime.now(UTC)),
        may_have_arrived=answer.status in _ANSWER_LOST,
    )


def _named(error: BaseException) -> str:
    """The kind of an error and no more: its text may hold the URL's path."""
    return type(error).__name__
