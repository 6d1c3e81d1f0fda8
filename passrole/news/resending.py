"""News told again: to who lost it, or to a channel that messages died on the way to."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from passrole.channel import ChannelName
from passrole.finding import Finding, News, Step
from passrole.news import Pointer, PointerQueue


class TellingLedger(Protocol):
    """What telling again needs of the ledger."""

    def findings(self) -> Iterator[Finding]:
        """All findings."""

    def history(self, finding_id: str) -> tuple[Step, ...]:
        """All steps of a finding's life, oldest first."""

    def deliveries_of(self, finding_id: str) -> Collection[tuple[int, str]]:
        """Revision and channel of each step that a receiver has, or a digest holds."""

    def is_delivered(self, finding_id: str, revision: int, channel: str) -> bool:
        """Whether the receiver has a step, or a digest holds it."""

    def deliver_again(self, finding_id: str, revision: int, channel: str) -> None:
        """Has a step delivered once more at the next pointer to it, marked as a repeat."""


@dataclass(frozen=True, slots=True)
class Message:
    """One step of a finding, for one channel."""

    finding_id: str
    step: Step
    channel: ChannelName


def is_told(finding: Finding, step: Step) -> bool:
    """Whether people and functions are told of a step, as far as the ledger knows.

    Not of what was never more than observed; nor that a pass opened a finding that was exempt from the start.
    """
    was_exempt = step.news is News.EXEMPTED and step.revision == 1
    return finding.is_told and not was_exempt


def undelivered(ledger: TellingLedger, channels: Collection[ChannelName]) -> Iterator[Message]:
    """What was published, and a channel has not: a finding's steps oldest first.

    What the topic was not told of yet, the sweep publishes by itself.
    """
    for finding in ledger.findings():
        delivered = ledger.deliveries_of(finding.id)
        for step in ledger.history(finding.id):
            if step.revision > finding.published or not is_told(finding, step):
                continue
            for channel in channels:
                if (step.revision, channel) not in delivered:
                    yield Message(finding.id, step, channel)


def tell_again(
    ledger: TellingLedger, queue_of: Callable[[ChannelName], PointerQueue], message: Message
) -> bool:
    """Has the channel told; whether as a repeat: what never arrived goes out as it would have.

    A crash in between leaves the news undelivered, and nobody is told: see ``undelivered``.
    """
    finding_id, step, channel = message.finding_id, message.step, message.channel
    is_repeat = ledger.is_delivered(finding_id, step.revision, channel)
    if is_repeat:
        ledger.deliver_again(finding_id, step.revision, channel)
    queue_of(channel).send(Pointer(finding_id, step.revision, step.news).to_message())
    return is_repeat
