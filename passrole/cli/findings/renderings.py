"""A step of a finding as each receiver gets it: the first message, to an account without a known name."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from passrole.arn import Arn, partition_of
from passrole.cli.deployment import Operator

if TYPE_CHECKING:
    from passrole.alerts.alert import Alert

TEXT = "text"


def rendering_of(name: str, operator: Operator, alert: "Alert") -> str:
    """What ``RENDERINGS`` calls ``name``, printable."""
    return RENDERINGS[name](operator, alert)


def _slack(_: Operator, alert: "Alert") -> str:
    from passrole.alerts.renderings import slack

    return _json(slack.payload(alert))


def _email(_: Operator, alert: "Alert") -> str:
    from passrole.alerts.renderings import text

    email = text.email(alert)
    return f"Subject: {email.subject}\n\n{email.body}".rstrip("\n")


def _asff(operator: Operator, alert: "Alert") -> str:
    from passrole.alerts.renderings.asff import asff

    role = Arn.parse(operator.role)
    account, region = role.account if role else "", operator.home
    product = f"arn:{partition_of(region)}:securityhub:{region}:{account}:product/{account}/default"
    return _json(asff(alert, product))


def _chat(_: Operator, alert: "Alert") -> str:
    from passrole.alerts.renderings import chat

    return _json(chat.notification(alert))


def _message(_: Operator, alert: "Alert") -> str:
    from passrole.news.message import message_of

    return _json(message_of(alert.finding, alert.step))


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2)  # all ASCII: a terminal obeys nothing of it


RENDERINGS: Mapping[str, Callable[[Operator, "Alert"], str]] = {
    "slack": _slack,
    "email": _email,
    "asff": _asff,
    "chat": _chat,
    "json": _message,
}
