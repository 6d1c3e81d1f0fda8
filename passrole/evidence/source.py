"""Where evidence is read from: live IAM, a snapshot, or nowhere. All three answer in IAM's own words."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from passrole.evidence.facts import Unknown

Description = Mapping[str, Any]


class IamSource(Protocol):
    """Answers as IAM's API gives them, by name; `Unknown` says why there is none."""

    def role(self, name: str) -> Description | Unknown:
        """The ``Role`` of GetRole."""

    def instance_profile(self, name: str) -> Description | Unknown:
        """The ``InstanceProfile`` of GetInstanceProfile."""

    def user(self, name: str) -> Description | Unknown:
        """The ``User`` of GetUser."""

    def attached_policies(self, role: str) -> Sequence[str] | Unknown:
        """ARNs of the managed policies of a role."""

    def inline_policies(self, role: str) -> Sequence[str] | Unknown:
        """Names of the inline policies of a role."""

    def managed_policy(self, arn: str) -> object:
        """The default version's document, as it comes, or `Unknown`."""

    def inline_policy(self, role: str, name: str) -> object:
        """The document, as it comes, or `Unknown`."""
