"""Tells one step of a finding on one channel: never lost, never twice without saying so.

In a burst it is held for a digest instead, where people read the channel: see ``bursts`` and
``digest_delivery``.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from passrole.alerts.alert import Alert
from passrole.alerts.bursts import DIGEST_AFTER, Bursts, is_told_at_once
from passrole.alerts.channels.base import Channel, DeliveryError, DigestingChannel
from passrole.finding import Finding, Step
from passrole.ledger import Claim, Held, HeldNews

# Two workers may be told the same news at once. The other is done in a moment, and a message that is given
# back to the queue for it would be away for minutes.
_BUSY_ATTEMPTS = 12
_BUSY_PAUSE = 0.5  # seconds


class DeliveryMarks(Bursts, Protocol):
    """What delivering needs of the ledger: one mark a finding, revision and channel; threads; digests."""

    def claim_delivery(self, finding_id: str, revision: int, channel: str, now: datetime) -> Claim:
        """Takes the delivery for a lease, unless it is done or held."""

    def finish_delivery(self, finding_id: str, revision: int, channel: str, now: datetime) -> None:
        """Notes that the receiver has it."""

    def drop_claim(self, finding_id: str, revision: int, channel: str, claimed: datetime) -> None:
        """Gives the delivery back: the receiver certainly does not have it."""

    def lapse_claim(self, finding_id: str, revision: int, channel: str, claimed: datetime) -> None:
        """Ends the claim: the receiver may have it."""

    def thread_of(self, finding_id: str, channel: str) -> str | None:
        """What the channel gave for the first message about the finding."""

    def keep_thread(self, finding_id: str, channel: str, thread: str) -> None:
        """Notes it."""

    def hold_for_digest(
        self, channel: str, news: HeldNews, claimed: datetime, now: datetime, due: datetime
    ) -> Held:
        """Moves news from a claimed delivery into the channel's open digest."""


class Told(StrEnum):
    """What was done about news on a channel."""

    SENT = "sent"
    HELD = "held for a digest"
    NOTHING = "nothing was to be done"


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Tells news on one channel.

    Attributes:
        account_name: what an account is called, as far as that is known.
    """

    ledger: DeliveryMarks
    channel: Channel
    account_name: Callable[[str | None], str | None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep

    def deliver(self, finding: Finding, step: Step, now: datetime) -> Told:
        """Tells ``step`` if the channel does not have it yet, or holds it for the channel's digest.

        Findings that were never more than observed are told to nobody.

        Raises:
            DeliveryError: it was not delivered, or whether it was is not known, or another worker is at it:
                the message must come again. After any other error, too, which leaves the claim.
        """
        if not finding.is_told:
            return Told.NOTHING
        claim = self._claim(finding, step, now)
        if claim is Claim.DELIVERED:
            return Told.NOTHING
        if claim is Claim.BUSY:
            raise DeliveryError("another worker is delivering it")
        try:
            return self._tell(self._alert(finding, step, claim), now)
        except DeliveryError as error:
            # A repeat's earlier try may have arrived all the same.
            is_lost = claim is Claim.NEW and not error.may_have_arrived
            end = self.ledger.drop_claim if is_lost else self.ledger.lapse_claim
            end(finding.id, step.revision, self.channel.name, now)
            raise

    def _claim(self, finding: Finding, step: Step, now: datetime) -> Claim:
        claim = self.ledger.claim_delivery(finding.id, step.revision, self.channel.name, now)
        for _ in range(_BUSY_ATTEMPTS):
            if claim is not Claim.BUSY:
                break
            self.sleep(_BUSY_PAUSE)
            claim = self.ledger.claim_delivery(finding.id, step.revision, self.channel.name, now)
        return claim

    def _alert(self, finding: Finding, step: Step, claim: Claim) -> Alert:
        has_thread = self.channel.has_threads and step.revision > 1
        return Alert(
            finding,
            step,
            repeat=claim is Claim.REPEAT,
            account_name=self.account_name(finding.account),
            thread=self.ledger.thread_of(finding.id, self.channel.name) if has_thread else None,
        )

    def _tell(self, alert: Alert, now: datetime) -> Told:
        finding, step, channel = alert.finding, alert.step, self.channel
        if isinstance(channel, DigestingChannel) and not is_told_at_once(
            self.ledger, channel.name, finding, step.news, now
        ):
            self._hold(alert, now)
            return Told.HELD
        thread = channel.send(alert)
        if thread is not None and thread != alert.thread:
            self.ledger.keep_thread(finding.id, channel.name, thread)
        self.ledger.finish_delivery(finding.id, step.revision, channel.name, now)
        return Told.SENT

    def _hold(self, alert: Alert, now: datetime) -> None:
        news = HeldNews(alert.finding, alert.step, alert.repeat)
        held = self.ledger.hold_for_digest(
            self.channel.name, news, claimed=now, now=now, due=now + DIGEST_AFTER
        )
        if held is Held.NOT_OURS:
            # The claim stays: it is the other's.
            raise DeliveryError("another worker took it over", may_have_arrived=True)
        if held is Held.BUSY:
            raise DeliveryError("the digest is busy")
