"""What guardrail.yaml says, once it is checked: the compiled policy, and the settings of the deployment."""

from dataclasses import dataclass

from passrole.catalogue.left_out import NOTHING, LeftOut
from passrole.channel import ChannelName
from passrole.policy.compiled import CompiledPolicy


@dataclass(frozen=True, slots=True)
class Alerts:
    """Who is told.

    Attributes:
        email: addresses that are subscribed to the alerts.
        slack_secret: the name of the Secrets Manager secret with a Slack webhook's URL, or a bot's token.
        amazon_q: whether a topic in the schema of Amazon Q Developer's custom notifications is made.
        security_hub: whether findings are imported into Security Hub.
        event_bus: ARN of the EventBridge bus that gets an event for each news.
        webhook_secret: the name of the secret with the URL that gets all news, and the key that signs them.
    """

    email: tuple[str, ...] = ()
    slack_secret: str | None = None
    amazon_q: bool = False
    security_hub: bool = False
    event_bus: str | None = None
    webhook_secret: str | None = None

    @property
    def channels(self) -> tuple[ChannelName, ...]:
        """What is configured. E-mail always is: people can subscribe to its topic by themselves."""
        configured = {
            ChannelName.EMAIL: True,
            ChannelName.SLACK: self.slack_secret is not None,
            ChannelName.CHAT: self.amazon_q,
            ChannelName.SECURITY_HUB: self.security_hub,
            ChannelName.EVENT_BUS: self.event_bus is not None,
            ChannelName.WEBHOOK: self.webhook_secret is not None,
        }
        return tuple(channel for channel in ChannelName if configured[channel])

    @property
    def tells_somebody(self) -> bool:
        """Whether anybody hears of findings without subscribing to a topic first."""
        return bool(self.email) or self.channels != (ChannelName.EMAIL,)


@dataclass(frozen=True, slots=True)
class Sweep:
    """How often what exists is looked at.

    Attributes:
        every_hours: 1 to 24.
        requests_per_second: to one service in one region.
        types: of resources that are looked at, as the catalogue calls them; all if empty.
    """

    every_hours: int = 24
    requests_per_second: int = 5
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the stacks are made from, beside the policy.

    Attributes:
        regions: further regions, whose events are forwarded to the home region.
        operators: ARNs of the principals that may take the operator role.
        left_out: events that the rules leave out, as far as their patterns can say it.
    """

    regions: tuple[str, ...] = ()
    alerts: Alerts = Alerts()
    operators: tuple[str, ...] = ()
    left_out: LeftOut = NOTHING
    sweep: Sweep = Sweep()


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A valid guardrail.yaml. ``warnings`` are lines as in `PolicyError`, of what is legal but doubtful."""

    settings: Settings
    compiled: CompiledPolicy
    warnings: tuple[str, ...] = ()

    def compiled_json(self) -> str:
        """What is deployed for the functions to load; the same text for the same policy."""
        return self.compiled.to_json()
