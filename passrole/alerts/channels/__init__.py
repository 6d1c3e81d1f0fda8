"""Where alerts go: one module a channel, all behind one protocol."""

from passrole.alerts.channels.base import Channel, DeliveryError
from passrole.alerts.channels.slack_webhook import SlackWebhook
from passrole.alerts.channels.sns_email import SnsEmail

__all__ = ["Channel", "DeliveryError", "SlackWebhook", "SnsEmail"]
