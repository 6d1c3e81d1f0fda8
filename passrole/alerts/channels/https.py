"""One POST to a receiver on the web: no redirects, and nothing of the URL in any error."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from passrole.alerts.channels.base import DeliveryError
from passrole.alerts.channels.webhook_url import WebhookUrl

TIMEOUT_SECONDS = 5.0
# A gateway's word for "the server behind me did not answer": it may have accepted all the same.
_ANSWER_LOST = (502, 504)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered.

    Attributes:
        retry_after: seconds that it asked to wait; None if it did not say.
        body: as much of it as was asked for.
    """

    status: int
    retry_after: float | None = None
    body: bytes = b""

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.status < 300

    def refusal(self, receiver: str) -> DeliveryError:
        """The error for an answer that is none of acceptance."""
        return DeliveryError(
            f"{receiver} answered {self.status}",
            retry_after=self.retry_after,
            may_have_arrived=self.status in _ANSWER_LOST,
        )


def post(
    url: WebhookUrl,
    body: bytes,
    headers: Mapping[str, str],
    *,
    receiver: str,
    timeout: float,
    reads: int = 0,
) -> Answer:
    """Sends one request and follows no redirect.

    Args:
        receiver: what errors call it.
        timeout: seconds, for each wait on the network.
        reads: how many bytes of the answer's body are of interest; without any, the status alone says whether
            the message was accepted.

    Raises:
        DeliveryError: the receiver was not reached, or its answer was lost.
    """
    connection = _connection(url, timeout)
    try:
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:  # UnicodeError: a host that is no DNS name
            raise DeliveryError(f"{receiver} was not reached: {_named(error)}") from error
        try:
            connection.request("POST", url.target, body, dict(headers))
            answer = connection.getresponse()
            read = answer.read(reads) if reads else b""
        except (OSError, http.client.HTTPException) as error:
            why = f"{receiver}'s answer was lost: {_named(error)}"
            raise DeliveryError(why, may_have_arrived=True) from error
    finally:
        connection.close()
    wait = retry_after_seconds(answer.getheader("Retry-After"), datetime.now(UTC))
    return Answer(answer.status, wait, read)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """The wait that a ``Retry-After`` header asks for (RFC 9110: seconds or a date), else None."""
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(0.0, (moment - now).total_seconds())


def _connection(url: WebhookUrl, timeout: float) -> http.client.HTTPConnection:
    if url.scheme == "http":  # a loopback host: webhook_url lets no other pass
        return http.client.HTTPConnection(url.host, url.port or 80, timeout=timeout)
    context = ssl.create_default_context()
    # Without a port, http.client would look for one in the host: an IPv6 address seems to end in one.
    return http.client.HTTPSConnection(url.host, url.port or 443, timeout=timeout, context=context)


def _named(error: BaseException) -> str:
    """The kind of an error and no more: its text may hold the URL's path."""
    return type(error).__name__
