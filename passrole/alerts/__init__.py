"""Alerts: pure renderings of a finding, the channels that carry them, and the delivery that loses none."""

from passrole.alerts.alert import Alert
from passrole.alerts.channels import Channel, DeliveryError, SlackWebhook, SnsEmail
from passrole.alerts.delivery import DeliveryMarks, Failure, IncompleteDeliveryError, deliver

__all__ = [
    "Alert",
    "Channel",
    "DeliveryError",
    "DeliveryMarks",
    "Failure",
    "IncompleteDeliveryError",
    "SlackWebhook",
    "SnsEmail",
    "deliver",
]
