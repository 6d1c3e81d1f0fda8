"""Tells one step of a finding on every channel: none lost, none twice without saying so.

In a burst it is held for a digest instead: see ``bursts`` and ``digest_delivery``.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from passrole.alerts.alert import Alert
from passrole.alerts.bursts import DIGEST_AFTER, Bursts, is_told_at_once
from passrole.alerts.channels.base import Channel, DeliveryError
from passrole.finding import Finding, Step
from passrole.ledger import Claim, Held, HeldNews
from passrole.policy import Stage

# Two workers may be told the same news at once. The other is done in a moment, and a message that is given
# back to the queue for it would be away for minutes.
_BUSY_ATTEMPTS = 12
_BUSY_PAUSE = 0.5  # seconds


class DeliveryMarks(Bursts, Protocol):
    """What delivering needs of the ledger: one mark a finding, revision and channel, and digests."""

    def claim_delivery(self, finding_id: str, revision: int, channel: str, now: datetime) -> Claim:
        """Takes the delivery for a lease, unless it is done or held."""

    def finish_delivery(self, finding_id: str, revision: int, channel: str, now: datetime) -> None:
        """Notes that the receiver has it."""

    def drop_claim(self, finding_id: str, revision: int, channel: str) -> None:
        """Gives the delivery back: the receiver certainly does not have it."""

    def hold_for_digest(
        self, channel: str, news: HeldNews, claimed: datetime, now: datetime, due: datetime
    ) -> Held:
        """Moves news from a claimed delivery into the channel's open digest."""


@dataclass(frozen=True, slots=True)
class Told:
    """On how many channels an alert was sent, and on how many a digest will tell it."""

    sent: int = 0
    held: int = 0

    def __add__(self, other: "Told") -> "Told":
        return Told(self.sent + other.sent, self.held + other.held)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one channel does not have the alert, and the seconds that the receiver asked to wait, if it did."""

    channel: str
    why: str
    retry_after: float | None = None


class IncompleteDeliveryError(Exception):
    """At least one channel does not have the alert: the message must come again.

    Attributes:
        failures: one a channel that failed.
        told: what was done for the others in this try.
    """

    def __init__(self, failures: tuple[Failure, ...], told: Told) -> None:
        super().__init__("; ".join(f"{f.channel}: {f.why}" for f in failures))
        self.failures = failures
        self.told = told

    @property
    def retry_after(self) -> float | None:
        """The longest wait that a receiver asked for."""
        return max((f.retry_after for f in self.failures if f.retry_after is not None), default=None)


def deliver(
    ledger: DeliveryMarks,
    channels: Sequence[Channel],
    finding: Finding,
    step: Step,
    now: datetime,
    sleep: Callable[[float], None] = time.sleep,
) -> Told:
    """Tells ``step`` on each channel that does not have it yet, or holds it for the channel's digest.

    A channel that fails stops no other. Findings that are only observed are told to nobody.

    Raises:
        IncompleteDeliveryError: a channel failed, or another worker is at it. The next call tries only
            what is open.
    """
    told = Told()
    if finding.response is Stage.OBSERVE:
        return told
    failures: list[Failure] = []
    for channel in channels:
        try:
            told += _deliver_on(ledger, channel, finding, step, now, sleep)
        except DeliveryError as error:
            failures.append(Failure(channel.name, str(error), error.retry_after))
        # Whatever breaks one channel (a bug in a rendering, a throttled ledger) must not silence the next.
        except Exception as error:
            failures.append(Failure(channel.name, f"{type(error).__name__}: {error}"))
    if failures:
        raise IncompleteDeliveryError(tuple(failures), told)
    return told


def _deliver_on(
    ledger: DeliveryMarks,
    channel: Channel,
    finding: Finding,
    step: Step,
    now: datetime,
    sleep: Callable[[float], None],
) -> Told:
    """What was done now. Other errors than ``DeliveryError`` leave the claim."""
    claim = ledger.claim_delivery(finding.id, step.revision, channel.name, now)
    for _ in range(_BUSY_ATTEMPTS):
        if claim is not Claim.BUSY:
            break
        sleep(_BUSY_PAUSE)
        claim = ledger.claim_delivery(finding.id, step.revision, channel.name, now)
    if claim is Claim.DELIVERED:
        return Told()
    if claim is Claim.BUSY:
        raise DeliveryError("another worker is delivering it")
    alert = Alert(finding, step, repeat=claim is Claim.REPEAT)
    try:
        if not is_told_at_once(ledger, channel.name, finding, step.news, now):
            _hold(ledger, channel.name, alert, now)
            return Told(held=1)
        channel.send(alert)
    except DeliveryError as error:
        # A repeat's earlier try may have arrived all the same: only its own claim would be forgotten.
        if not error.may_have_arrived and claim is Claim.NEW:
            ledger.drop_claim(finding.id, step.revision, channel.name)
        raise
    ledger.finish_delivery(finding.id, step.revision, channel.name, now)
    return Told(sent=1)


def _hold(ledger: DeliveryMarks, channel: str, alert: Alert, now: datetime) -> None:
    news = HeldNews(alert.finding, alert.step, alert.repeat)
    held = ledger.hold_for_digest(channel, news, claimed=now, now=now, due=now + DIGEST_AFTER)
    if held is Held.NOT_OURS:
        # The claim stays: it is the other's.
        raise DeliveryError("another worker took it over", may_have_arrived=True)
    if held is Held.BUSY:
        raise DeliveryError("the digest is busy")
