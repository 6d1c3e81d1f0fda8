"""What every channel is: a name that delivery marks are kept under, and a way to send."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from passrole.alerts.alert import Alert
from passrole.alerts.digest import Digest, Page
from passrole.channel import ChannelName


class DeliveryError(Exception):
    """A channel could not deliver, or does not know whether it did.

    Attributes:
        retry_after: seconds that the receiver asked to wait; None if it did not say.
        may_have_arrived: the request was sent and its answer was lost, so that the next try may be a repeat.
    """

    def __init__(self, why: str, *, retry_after: float | None = None, may_have_arrived: bool = False) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived


class Channel(ABC):
    """Somewhere that alerts are sent to.

    Attributes:
        name: the delivery marks are kept under it.
        has_threads: later news about a finding may be hung on the first message about it.
    """

    name: ClassVar[ChannelName]
    has_threads: ClassVar[bool] = False

    @abstractmethod
    def send(self, message: Alert) -> str | None:
        """Delivers one alert.

        Returns:
            What later news about the finding are given as their ``thread``; None if nothing can be hung on
            the message.

        Raises:
            DeliveryError: it was not delivered, or whether it was is not known.
        """


class DigestingChannel(Channel):
    """A channel for people: in a storm it tells news together."""

    @abstractmethod
    def pages(self, digest: Digest) -> Sequence[Page]:
        """The messages that a digest takes: the same for the same news."""

    @abstractmethod
    def send_page(self, page: Page, *, repeat: bool) -> None:
        """Delivers one message of a digest.

        Raises:
            DeliveryError: it was not delivered, or whether it was is not known.
        """
