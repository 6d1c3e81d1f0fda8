"""A channel that notes what arrives, and raises what it is told to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from passrole.alerts import Alert, slack_digest, text_digest
from passrole.alerts.digest import Digest, Page


@dataclass
class Inbox:
    """A channel in memory; a digest takes as many messages as on the real channel of that name.

    Attributes:
        pages_arrived: the messages of digests, each with whether it came as a repeat.
        errors: raised first, before anything arrives.
        before: called at the beginning of each sending.
    """

    name: str = "slack"
    arrived: list[Alert] = field(default_factory=list)
    pages_arrived: list[tuple[Page, bool]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def send(self, message: Alert) -> None:
        self._receive()
        self.arrived.append(message)

    def pages(self, digest: Digest) -> Sequence[Page]:
        return {"slack": slack_digest, "email": text_digest}[self.name].pages(digest)

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

    def _receive(self) -> None:
        self.before()
        if self.errors:
            raise self.errors.pop(0)
