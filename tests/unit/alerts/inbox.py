"""Channels that note what arrives, and raise what they are told to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from passrole.alerts import Alert, Channel, DigestingChannel
from passrole.alerts.digest import Digest, Page
from passrole.alerts.renderings import chat_digest, slack_digest, text_digest
from passrole.channel import ChannelName

_PAGES: dict[ChannelName, Callable[[Digest], Sequence[Page]]] = {
    ChannelName.EMAIL: text_digest.pages,
    ChannelName.SLACK: slack_digest.pages,
    ChannelName.CHAT: chat_digest.pages,
}


@dataclass
class _Receiver:
    """What is common to channels in memory.

    Attributes:
        errors: raised first, before anything arrives.
        before: called at the beginning of each sending.
        threads: what the channel gives for each message; None once there is no more.
    """

    name: Any = ChannelName.SLACK
    has_threads: Any = False
    arrived: list[Alert] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    threads: list[str] = field(default_factory=list)

    def send(self, message: Alert) -> str | None:
        self._receive()
        self.arrived.append(message)
        return self.threads.pop(0) if self.threads else None

    @property
    def messages(self) -> int:
        """How many messages arrived."""
        return len(self.arrived)

    def _receive(self) -> None:
        self.before()
        if self.errors:
            raise self.errors.pop(0)


@dataclass
class MachineInbox(_Receiver, Channel):
    """A channel for machines: it gets no digests."""

    name: Any = ChannelName.WEBHOOK


@dataclass
class Inbox(_Receiver, DigestingChannel):
    """A channel for people; a digest takes as many messages as on the real channel of that name.

    Attributes:
        pages_arrived: the messages of digests, each with whether it came as a repeat.
    """

    pages_arrived: list[tuple[Page, bool]] = field(default_factory=list)

    def pages(self, digest: Digest) -> Sequence[Page]:
        return _PAGES[self.name](digest)

    def send_page(self, page: Page, *, repeat: bool) -> None:
        self._receive()
        self.pages_arrived.append((page, repeat))

    @property
    def messages(self) -> int:
        """How many messages arrived, of both kinds."""
        return len(self.arrived) + len(self.pages_arrived)

    @property
    def told(self) -> list[str]:
        """What was told of which finding: ``<id>#<revision>``, as often as it was."""
        digested = [alert for page, _ in self.pages_arrived for alert in page.alerts]
        return [f"{alert.finding.id}#{alert.step.revision}" for alert in (*self.arrived, *digested)]
