"""What a quarantine module is: how one kind of resource is contained, verified and released."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from passrole.arn import Arn
from passrole.grants import Grant

Clients = Callable[[str, str], Any]
"""A boto3 client for a service and a region."""

State = dict[str, Any]
"""A module's own description of a resource: plain JSON. Under ``made`` stands when it was made, or its unique
id, where AWS tells it: by that a resource is known from another that was made anew under its name."""

Prior = Mapping[str, Any]
"""The `State` that was saved before the first act."""

EVERY_PLACE = ("*",)
"""The act takes the role from whatever place it has on the resource: all of the resource stops."""


class CannotRestoreError(RuntimeError):
    """The prior state cannot be put back as it was; the message says why."""


@dataclass(frozen=True, slots=True)
class Aws:
    """What modules act with.

    Attributes:
        clients: a client for a service and a region.
        quarantine_role: ARN of the role that trusts the services of the modules, and may do nothing.
    """

    clients: Clients
    quarantine_role: str


class QuarantineModule(ABC):
    """One kind of resource. A module keeps no state of its own: what it is given is all that it knows.

    Attributes:
        name: in the ledger and in guardrail.yaml (``lambda-function``).
        resource_type: as the catalogue calls it (``lambda:function``).
        places: of the role on the resource, as the catalogue calls them.
        services: the service principals that get the role there.
        does: what containing does, in one line for alerts.
        still_runs: what runs on, and which credentials live on; in one line for alerts.
        saves: what of the prior state is saved, and put back by a release.
        loses: what no release brings back, told before anything is contained; empty if nothing.
        stops: what is stopped besides, where the policy opts in (``stop_running``); empty if there is no
            such act.
        describe_grants: rights that `describe` needs; both the guard and the operators have them.
        contain_grants: rights that containing needs besides.
        stop_grants: rights that stopping what runs needs besides.
        release_grants: rights that releasing needs besides.
    """

    name: str
    resource_type: str
    places: tuple[str, ...]
    services: tuple[str, ...]
    does: str
    still_runs: str
    saves: str
    loses: str = ""
    stops: str = ""
    describe_grants: tuple[Grant, ...]
    contain_grants: tuple[Grant, ...]
    stop_grants: tuple[Grant, ...] = ()
    release_grants: tuple[Grant, ...]

    @abstractmethod
    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """The resource as it is now; None if it is gone."""

    @abstractmethod
    def holds(self, now: State, role: str) -> bool:
        """Whether the resource holds the role of that ARN now, in one of the module's places."""

    def objection(self, now: State, role: str) -> str | None:  # noqa: ARG002 - most kinds have none
        """Why the role cannot be taken from this one so that it can be given back; None if it can."""
        return None

    @abstractmethod
    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        """Whether the resource is as containment leaves it, so that it does not work with the role."""

    @abstractmethod
    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        """Contains the resource; may be repeated after a crash."""

    def passes_again(self, now: State) -> tuple[str, ...]:  # noqa: ARG002 - most calls name what they change
        """ARNs of other roles that containing passes, since its call replaces all of the resource."""
        return ()

    def stop_running(self, aws: Aws, resource: Arn) -> None:
        """Stops what was started with the role and runs still; comes after `contain`."""
        raise NotImplementedError(f"{self.name} stops nothing")

    def with_joined(self, prior: Prior, now: State, role: str) -> State:  # noqa: ARG002 - most hold one role
        """What is saved, with a role that the resource got after it was contained for another."""
        return dict(prior)

    @abstractmethod
    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        """What a release changes, one line each, for the person who asks for it."""

    def gives_back(self, prior: Prior) -> tuple[str, ...]:  # noqa: ARG002 - most kinds keep their role
        """ARNs of the roles that a release passes."""
        return ()

    @abstractmethod
    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        """What others changed after the containment, so that a release would not restore the prior state.

        One line each: what it is now, and what containment left.
        """

    @abstractmethod
    def is_released(self, now: State, prior: Prior) -> bool:
        """Whether the resource is as it was before."""

    @abstractmethod
    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        """Puts the prior state back; may be repeated after a crash.

        Raises:
            CannotRestoreError: something that the prior state needs is not what it was.
        """


class AllOrNothingModule(QuarantineModule):
    """A module that gives the whole prior state back, or nothing where others changed it since."""

    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        now = self.describe(aws, resource)
        if now is None or self.is_released(now, prior):
            return
        if changed := self.changed_since(aws, now, prior):
            raise CannotRestoreError("; ".join(changed))
        self.put_back(aws, resource, now, prior)

    @abstractmethod
    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        """Puts the prior state back: nobody but the guard has changed the resource since."""


def code_of(error: Any) -> str:
    """The code of a botocore ``ClientError``."""
    code: str = error.response.get("Error", {}).get("Code", "")
    return code
