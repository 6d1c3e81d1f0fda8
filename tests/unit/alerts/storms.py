"""A storm of news, told as in the functions: by `notify`, with digests pointed to by `sweep`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from passrole.alerts import (
    Alert,
    Deliverer,
    DeliveryError,
    DigestingChannel,
    DigestSender,
    IncompleteDigestError,
)
from passrole.clock import iso
from passrole.finding import News, Step
from passrole.ledger import Ledger
from passrole.news.digests import DigestPointer, point_to_due_digests
from passrole.passes import Passer
from tests.unit.alerts.samples import FINDING
from tests.unit.samples import FrozenClock

ROLE = "arn:aws:sts::111122223333:assumed-role/Developer"


def news_of(number: int, news: News = News.OPENED, revision: int = 1, **changes: object) -> Alert:
    """News of one of many findings."""
    step = Step(revision, iso(datetime.fromisoformat("2026-11-22T12:00:05Z")), news, "dana", "why")
    finding = replace(
        FINDING,
        id=f"{number * 7919:016x}",
        resource=f"arn:aws:lambda:eu-west-1:111122223333:function:payments-{number}",
        revision=revision,
        **changes,  # type: ignore[arg-type]
    )
    return Alert(finding, step)


def passer(number: int, name: str = "user") -> Passer:
    return replace(FINDING.passer, arn=f"{ROLE}/{name}-{number}", name=f"{name}-{number}")


@dataclass
class Office:
    """The functions `notify` and `sweep`, the queues between them, and the channels."""

    ledger: Ledger
    inboxes: Sequence[DigestingChannel]
    clock: FrozenClock = field(default_factory=FrozenClock)
    pointers: list[DigestPointer] = field(default_factory=list)
    has_time: Callable[[], bool] = lambda: True

    def deliver(self, alert: Alert) -> bool:
        """Whether the messages are done with: each channel has one of its own."""
        done = [self._deliver(inbox, alert) for inbox in self.inboxes]
        return all(done)

    def _deliver(self, inbox: DigestingChannel, alert: Alert) -> bool:
        deliverer = Deliverer(self.ledger, inbox, sleep=lambda _: None)
        try:
            deliverer.deliver(alert.finding, alert.step, self.clock())
        except DeliveryError:
            return False
        return True

    def deliver_all(self, alerts: Iterable[Alert], per_second: float) -> None:
        """Delivers news at a rate."""
        for alert in alerts:
            assert self.deliver(alert)
            self.clock.go_on(seconds=1 / per_second)

    def send(self, message: str) -> None:
        """The queues of `notify`, for `sweep`."""
        pointer = DigestPointer.from_message(message)
        assert pointer is not None
        self.pointers.append(pointer)

    def sweep(self) -> None:
        """One run of `sweep`."""
        queues = {str(inbox.name): self for inbox in self.inboxes}
        for _, is_pointed_to in point_to_due_digests(self.ledger, queues, self.clock()):
            assert is_pointed_to

    def send_digests(self) -> None:
        """Works off the pointers; those that fail stay."""
        waiting, self.pointers = self.pointers, []
        for pointer in waiting:
            digest = self.ledger.closed_digest(pointer.channel, pointer.number)
            assert digest is not None
            if digest.sent_at is not None:
                continue
            [inbox] = [inbox for inbox in self.inboxes if inbox.name == pointer.channel]
            sender = DigestSender(self.ledger, inbox, self.clock, self.has_time, lambda _: None)
            try:
                sender.send(digest)
            except IncompleteDigestError:
                self.pointers.append(pointer)

    def settle(self) -> None:
        """Lets the time pass that digests take."""
        for _ in range(10):
            self.clock.go_on(minutes=2)
            self.sweep()
            self.send_digests()
