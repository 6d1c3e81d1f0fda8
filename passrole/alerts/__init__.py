"""Alerts: pure renderings of a finding, the channels that carry them, and the delivery that loses none."""

from passrole.alerts.alert import Alert
from passrole.alerts.channels import (
    Channel,
    DeliveryError,
    DigestingChannel,
    EventBus,
    SecurityHub,
    Slack,
    SnsChat,
    SnsEmail,
    Webhook,
)
from passrole.alerts.delivery import Deliverer, DeliveryMarks, Told
from passrole.alerts.digest_delivery import DigestSender, IncompleteDigestError

__all__ = [
    "Alert",
    "Channel",
    "Deliverer",
    "DeliveryError",
    "DeliveryMarks",
    "DigestSender",
    "DigestingChannel",
    "EventBus",
    "IncompleteDigestError",
    "SecurityHub",
    "Slack",
    "SnsChat",
    "SnsEmail",
    "Told",
    "Webhook",
]
