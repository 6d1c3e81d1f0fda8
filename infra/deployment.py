"""What a deployment is made of, read and checked before any resource is declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from passrole.arn import partition_of, region_of_global
from passrole.catalogue.rules import RulePattern, compile_rules
from passrole.detection.looks import DELAYS
from passrole.evidence.wanted import NOTHING, Wanted
from passrole.policy import CompiledPolicy
from passrole.policy.settings import Settings
from passrole.sweep.role_changes import role_change_rule


class DeploymentError(Exception):
    """The deployment cannot be made as it is asked for; the message is one line that says what to change."""


@dataclass(frozen=True)
class Home:
    """Where the guard lives; both are None when the synthesis is for any account and region."""

    account: str | None
    region: str | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Home":
        """Takes what the CDK's command line tells of the credentials in use."""
        return cls(
            environment.get("CDK_DEFAULT_ACCOUNT") or None, environment.get("CDK_DEFAULT_REGION") or None
        )


@dataclass(frozen=True)
class Deployment:
    """The inputs of the stacks.

    Attributes:
        wanted: what the policy's conditions ask of IAM beyond the roles.
        look_delays: seconds before each further look at what is undetermined.
    """

    home: Home
    settings: Settings
    policy: CompiledPolicy
    bundle: Path
    policy_layer: Path
    wanted: Wanted = NOTHING
    look_delays: tuple[int, ...] = DELAYS

    @cached_property
    def iam_region(self) -> str | None:
        """The one region that IAM's events come in; None if home is not known."""
        return region_of_global(partition_of(self.home.region)) if self.home.region else None

    @cached_property
    def forwarding_regions(self) -> tuple[str, ...]:
        """Regions whose events are forwarded home: those of the settings, and that of IAM's events."""
        regions = self.settings.regions
        if self.iam_region is None or self.iam_region in (self.home.region, *regions):
            return regions
        return (*regions, self.iam_region)

    def patterns_in(self, region: str) -> tuple[RulePattern, ...]:
        """The rules of a further region, apart from those that watch the guard."""
        watched = self.patterns if region in self.settings.regions else ()
        return (*watched, role_change_rule()) if region == self.iam_region else watched

    @cached_property
    def patterns(self) -> tuple[RulePattern, ...]:
        """Of the rules of each stack."""
        return compile_rules(self.settings.left_out)
