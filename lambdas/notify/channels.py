"""The channels that are configured, each with the queue that it is told by."""

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.notify.accounts import account_namer
from lambdas.shared.clients import client, one_try
from lambdas.shared.settings import Settings
from passrole.alerts import Channel, Deliverer, EventBus, SecurityHub, Slack, SnsChat, SnsEmail, Webhook
from passrole.arn import Arn
from passrole.channel import ChannelName
from passrole.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Post:
    """What telling on one channel takes: made once a process."""

    ledger: Ledger
    deliverer: Deliverer
    queue_url: str

    @property
    def channel(self) -> Channel:
        return self.deliverer.channel


def posts(settings: Settings) -> Mapping[str, Post]:
    """By the name of the queue that its messages come from."""
    ledger = Ledger(settings.ledger_table, client("dynamodb"))
    namer = account_namer()
    return {
        url.rpartition("/")[2]: Post(ledger, Deliverer(ledger, _channel(name, settings), namer), url)
        for name, url in settings.channel_queues
    }


def _channel(name: ChannelName, settings: Settings) -> Channel:
    match name:
        case ChannelName.EMAIL:
            return SnsEmail(_needed(settings.alerts_topic_arn, name), one_try("sns"))
        case ChannelName.SLACK:
            return Slack(_needed(settings.slack_secret_id, name), client("secretsmanager"))
        case ChannelName.CHAT:
            return SnsChat(_needed(settings.chat_topic_arn, name), one_try("sns"))
        case ChannelName.SECURITY_HUB:
            return SecurityHub(_needed(settings.security_hub_product_arn, name), one_try("securityhub"))
        case ChannelName.EVENT_BUS:
            bus = _needed(settings.event_bus_arn, name)
            arn = Arn.parse(bus)
            return EventBus(bus, one_try("events", arn.region if arn else None))
        case ChannelName.WEBHOOK:
            return Webhook(_needed(settings.webhook_secret_id, name), client("secretsmanager"))


def _needed(value: str | None, name: ChannelName) -> str:
    if value is None:
        raise LookupError(f"the channel {name} has a queue, and the function is not told where it sends to")
    return value
