"""News as JSON, for receivers that are machines."""

import json

from passrole.alerts.alert import Alert
from passrole.news.message import message_of


def payload(alert: Alert) -> str:
    """The message of the news, as JSON in ASCII, with ``"repeat": true`` where it may have arrived before."""
    message = message_of(alert.finding, alert.step)
    if alert.repeat:
        message["repeat"] = True
    return json.dumps(message)
