"""Sends a digest that is due: each of its messages once, or again and marked as a repeat."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import DeliveryError, DigestingChannel
from passrole.alerts.digest import Page, make_digest
from passrole.clock import Clock
from passrole.ledger import Claim, DigestRecord, HeldNews

# Slack takes about one message a second from a webhook.
_PAUSE = 1.0


class DigestMarks(Protocol):
    """What sending digests needs of the ledger: what they hold, and one mark a message."""

    def news_of(self, digest: DigestRecord) -> tuple[HeldNews, ...]:
        """All that a closed digest holds."""

    def claim_page(self, channel: str, number: int, page: str, now: datetime) -> Claim:
        """Takes a message for a lease, unless it is sent or held."""

    def finish_page(self, channel: str, number: int, page: str, now: datetime) -> None:
        """Notes that the receiver has it."""

    def drop_page(self, channel: str, number: int, page: str, claimed: datetime) -> None:
        """Gives the message back: the receiver certainly does not have it."""

    def lapse_page(self, channel: str, number: int, page: str, claimed: datetime) -> None:
        """Ends the claim: the receiver may have it."""

    def finish_digest(self, digest: DigestRecord, now: datetime) -> None:
        """Notes that all of a digest is told."""


class IncompleteDigestError(Exception):
    """A message of the digest was not sent: the pointer must come again.

    Attributes:
        sent: how many messages were sent in this try.
        retry_after: seconds that the receiver asked to wait; None if it did not say.
    """

    def __init__(self, why: str, sent: int, retry_after: float | None) -> None:
        super().__init__(why)
        self.sent = sent
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class DigestSender:
    """Sends the digests of a channel.

    Attributes:
        has_time: whether there is time for one more message before the process ends.
    """

    ledger: DigestMarks
    channel: DigestingChannel
    clock: Clock
    has_time: Callable[[], bool]
    sleep: Callable[[float], None] = time.sleep

    def send(self, digest: DigestRecord) -> int:
        """Sends what was not sent yet of a closed digest; returns how many messages that was.

        Raises:
            IncompleteDigestError: a message was not sent, or whether it was is not known, or another worker
                is at it, or the time is up. The next call sends only what is open.
        """
        sent = 0
        news = self.ledger.news_of(digest)
        alerts = (Alert(n.finding, n.step, n.is_repeat) for n in news)
        for page in self.channel.pages(make_digest(alerts)):
            try:
                sent += self._send(digest, page, is_first=not sent)
            except DeliveryError as error:
                raise IncompleteDigestError(str(error), sent, error.retry_after) from error
        self.ledger.finish_digest(digest, self.clock())
        return sent

    def _send(self, digest: DigestRecord, page: Page, *, is_first: bool) -> bool:
        channel = self.channel
        if not self.has_time():
            raise DeliveryError("the time is up")
        if not is_first:
            self.sleep(_PAUSE)
        now = self.clock()
        claim = self.ledger.claim_page(channel.name, digest.number, page.key, now)
        if claim is Claim.DELIVERED:
            return False
        if claim is Claim.BUSY:
            raise DeliveryError("another worker is sending it")
        try:
            channel.send_page(page, repeat=claim is Claim.REPEAT)
        except DeliveryError as error:
            is_lost = claim is Claim.NEW and not error.may_have_arrived
            end = self.ledger.drop_page if is_lost else self.ledger.lapse_page
            end(channel.name, digest.number, page.key, now)
            raise
        self.ledger.finish_page(channel.name, digest.number, page.key, self.clock())
        return True
