"""What guardrail.yaml says, once it is checked: the compiled policy, and the settings of the deployment."""

from dataclasses import dataclass

from passrole.catalogue.left_out import NOTHING, LeftOut
from passrole.policy.compiled import CompiledPolicy


@dataclass(frozen=True, slots=True)
class Alerts:
    """Who is told.

    Attributes:
        email: addresses that are subscribed to the alerts.
        slack_secret: the name of the Secrets Manager secret that holds a Slack webhook's URL.
    """

    email: tuple[str, ...] = ()
    slack_secret: str | None = None


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


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A valid guardrail.yaml. ``warnings`` are lines as in `PolicyError`, of what is legal but doubtful."""

    settings: Settings
    compiled: CompiledPolicy
    warnings: tuple[str, ...] = ()

    def compiled_json(self) -> str:
        """What is deployed for the functions to load; the same text for the same policy."""
        return self.compiled.to_json()
