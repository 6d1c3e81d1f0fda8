"""The section ``alerts`` of guardrail.yaml."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from passrole.policy.settings import Alerts
from passrole.policy.source.values import Email, EventBusArn, Part, SecretName, Truth, one_or_more


class AlertsSection(Part):
    """Who is told."""

    email: Annotated[list[Email], BeforeValidator(one_or_more)] = Field(default_factory=list)
    slack_secret: SecretName | None = None
    amazon_q: Truth = False
    security_hub: Truth = False
    event_bus: EventBusArn | None = None
    webhook_secret: SecretName | None = None


def alerts_of(section: AlertsSection) -> Alerts:
    """The settings that the section means."""
    return Alerts(
        email=tuple(section.email),
        slack_secret=section.slack_secret,
        amazon_q=section.amazon_q,
        security_hub=section.security_hub,
        event_bus=section.event_bus,
        webhook_secret=section.webhook_secret,
    )
