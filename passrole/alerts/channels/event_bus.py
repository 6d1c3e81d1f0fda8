"""Puts news on an EventBridge bus.

It cannot come back as an event to judge: the guard's own rules take ``aws.*`` sources only, and EventBridge
lets nobody but AWS use those.
"""

from typing import TYPE_CHECKING

from passrole.alerts.alert import Alert
from passrole.alerts.channels.aws_failures import ERRORS, failure
from passrole.alerts.channels.base import Channel, DeliveryError
from passrole.alerts.renderings.payload import payload
from passrole.arn import Arn
from passrole.channel import ChannelName
from passrole.clock import parse_time
from passrole.finding import GUARD
from passrole.names import shown

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

DETAIL_TYPE = "PassRole Finding"
_LONGEST_ARN = 2_048


class EventBus(Channel):
    """A bus, of any account that lets the guard put events there."""

    name = ChannelName.EVENT_BUS

    def __init__(self, bus_arn: str, client: "EventBridgeClient") -> None:
        """``client`` must not try again by itself: an event that is put twice comes twice."""
        self._bus_arn = bus_arn
        self._client = client

    def send(self, message: Alert) -> None:
        """Puts one event. Its size is within what EventBridge takes: see ``passrole.news.message``.

        Raises:
            DeliveryError: EventBridge did not take it, or did not answer.
        """
        try:
            answer = self._client.put_events(
                Entries=[
                    {
                        "EventBusName": self._bus_arn,
                        "Source": GUARD,
                        "DetailType": DETAIL_TYPE,
                        "Time": parse_time(message.step.at),
                        "Resources": _resources(message),
                        "Detail": payload(message),
                    }
                ]
            )
        except ERRORS as error:
            raise failure("EventBridge", "accept the event", error) from error
        if answer["FailedEntryCount"]:
            [entry] = answer["Entries"]
            why = shown(f"{entry.get('ErrorCode')}: {entry.get('ErrorMessage')}", 500)
            raise DeliveryError(f"EventBridge did not accept the event: {why}")


def _resources(alert: Alert) -> list[str]:
    """The resource and the role, as far as they are ARNs."""
    names = (alert.finding.resource, alert.finding.role)
    return [name for name in names if name and len(name) <= _LONGEST_ARN and Arn.parse(name)]
