"""Where alerts go: one module a channel, all behind one interface."""

from passrole.alerts.channels.base import Channel, DeliveryError, DigestingChannel
from passrole.alerts.channels.slack import Slack
from passrole.alerts.channels.sns_chat import SnsChat
from passrole.alerts.channels.sns_email import SnsEmail

__all__ = ["Channel", "DeliveryError", "DigestingChannel", "Slack", "SnsChat", "SnsEmail"]
