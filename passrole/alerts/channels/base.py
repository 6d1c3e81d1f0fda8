"""What every channel is: a name that delivery marks are kept under, and a way to send."""

from collections.abc import Sequence
from typing import Protocol

from passrole.alerts.alert import Alert
from passrole.alerts.digest import Digest, Page


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


class Channel(Protocol):
    """Somewhere that alerts are sent to."""

    @property
    def name(self) -> str:
        """Part of the delivery mark's key: never changed, or old news are sent again."""

    def send(self, message: Alert) -> None:
        """Delivers one alert.

        Raises:
            DeliveryError: it was not delivered, or whether it was is not known.
        """

    def pages(self, digest: Digest) -> Sequence[Page]:
        """The messages that a digest takes: the same for the same news."""

    def send_page(self, page: Page, *, repeat: bool) -> None:
        """Delivers one message of a digest.

        Raises:
            DeliveryError: it was not delivered, or whether it was is not known.
        """
