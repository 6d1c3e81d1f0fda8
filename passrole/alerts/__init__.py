"""Alerts: pure renderings of a finding, the channels that carry them, and the delivery that loses none."""

from passrole.alerts.alert import Alert
from passrole.alerts.channels import Channel, DeliveryError, SlackWebhook, SnsEmail
from passrole.alerts.delivery import DeliveryMarks, Failure, IncompleteDeliveryError, Told, deliver
from passrole.alerts.digest_delivery import DigestSender, IncompleteDigestError

__all__ = [
    "Alert",
    "Channel",
    "DeliveryError",
    "DeliveryMarks",
    "DigestSender",
    "Failure",
    "IncompleteDeliveryError",
    "IncompleteDigestError",
    "SlackWebhook",
    "SnsEmail",
    "Told",
    "deliver",
]
