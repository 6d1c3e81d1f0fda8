"""News as JSON, for receivers that are machines."""

import json

from passrole.alerts.alert import Alert
from passrole.message import message_of


def payload(alert: Alert) -> str:
    """The message of the news, as JSON in ASCII, with ``"repeat": true`` where it may have arrived before.

    Half a surrogate pair, which a name from a record may hold, becomes U+FFFD: there are parsers that refuse
    the whole text for it, and a name must not keep an alert away.
    """
    message = message_of(alert.finding, alert.step)
    if alert.repeat:
        message["repeat"] = True
    text = json.dumps(message, ensure_ascii=False)
    mended = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return json.dumps(json.loads(mended))
