"""Where alerts go: one module a channel, all behind one interface."""

from passrole.alerts.channels.base import Channel, DeliveryError, DigestingChannel
from passrole.alerts.channels.event_bus import EventBus
from passrole.alerts.channels.security_hub import SecurityHub
from passrole.alerts.channels.slack import Slack
from passrole.alerts.channels.sns_chat import SnsChat
from passrole.alerts.channels.sns_email import SnsEmail
from passrole.alerts.channels.webhook import Webhook

__all__ = [
    "Channel",
    "DeliveryError",
    "DigestingChannel",
    "EventBus",
    "SecurityHub",
    "Slack",
    "SnsChat",
    "SnsEmail",
    "Webhook",
]
