"""What a quarantine module is: how one kind of resource is contained, verified and released."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from passrole.arn import Arn
from passrole.quarantine.grants import Grant

Clients = Callable[[str, str], Any]
"""A boto3 client for a service and a region."""

State = dict[str, Any]
"""A module's own description of a resource, plain JSON."""


class CannotRestoreError(RuntimeError):
    """The prior state cannot be put back as it was; the message says why."""


class QuarantineModule(Protocol):
    """One kind of resource. A module keeps no state of its own: what it is given is all that it knows."""

    name: str
    resource_type: str
    places: tuple[str, ...]
    contain_grants: tuple[Grant, ...]
    release_grants: tuple[Grant, ...]
    does: str
    still_runs: str

    def describe(self, clients: Clients, resource: Arn) -> State | None:
        """The resource as it is now; None if it is gone."""

    def holds(self, now: State, role_arn: str) -> bool:
        """Whether the resource holds the role now."""

    def is_contained(self, now: State) -> bool:
        """Whether the resource is as containment leaves it."""

    def contain(self, clients: Clients, resource: Arn, now: State) -> None:
        """Contains the resource; may be repeated after a crash."""

    def puts_back(self, prior: Mapping[str, Any]) -> tuple[str, ...]:
        """What a release changes, one line each, for the person who asks for it."""

    def gives_back(self, prior: Mapping[str, Any]) -> str | None:
        """ARN of the role that a release passes; None if it passes none."""

    def changed_since(self, now: State, prior: Mapping[str, Any]) -> tuple[str, ...]:
        """What others changed after the containment, so that a release would not restore the prior state."""

    def is_released(self, now: State, prior: Mapping[str, Any]) -> bool:
        """Whether the resource is as it was before."""

    def release(self, clients: Clients, resource: Arn, prior: Mapping[str, Any]) -> None:
        """Puts the prior state back; may be repeated after a crash.

        Raises:
            CannotRestoreError: something that the prior state needs is not what it was.
        """
