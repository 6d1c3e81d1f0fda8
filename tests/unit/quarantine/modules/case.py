"""What the tests of every quarantine module need to know about its kind of resource."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from passrole.arn import Arn
from passrole.finding import Finding
from passrole.finding.opening import findings_of
from passrole.policy import Stage
from passrole.quarantine.module import EVERY_PLACE, Aws, QuarantineModule
from tests.unit.quarantine.fakes.api import FakeApi
from tests.unit.samples import ACCOUNT, NOW, evidence_of, pass_of, verdict_of

QUARANTINE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/passrole-guardrail/quarantine"

Clients = Callable[..., Any]

_CLIENTS = {"kinesisanalytics": "kinesisanalyticsv2", "states": "stepfunctions"}


class Case(ABC):
    """One kind of resource in an account in memory, as people use it.

    Attributes:
        module: the module under test.
        place: one of the module's places.
        event: source and name of a call that passes a role there.
        emulated: services that the embedded emulator must serve, since moto does not.
        faked: services that a fake of the tests serves, since no emulator does.
        denied_act: the first call of `contain` that writes, as a boto3 method of the service's client: tests
            have it refused and throttled.
    """

    module: QuarantineModule
    place: str
    event: tuple[str, str]
    emulated: tuple[str, ...] = ()
    faked: tuple[str, ...] = ()
    denied_act: str

    @property
    def acts_in(self) -> tuple[str, ...]:
        """The services that the module acts in, as boto3 calls them."""
        return (
            _CLIENTS.get(self.module.resource_type.split(":")[0], self.module.resource_type.split(":")[0]),
        )

    def fake(self, service: str) -> FakeApi:
        """What serves one of the `faked` services in one region, with nothing in it."""
        raise NotImplementedError(f"{self.module.name} has no fake of {service}")

    @abstractmethod
    def make(self, clients: Clients, role: str) -> str:
        """Makes a resource that holds the role, with settings unlike the defaults; returns its ARN."""

    @abstractmethod
    def snapshot(self, clients: Clients, arn: str) -> Any:
        """All that a release must give back, field by field, not read through the module."""

    @abstractmethod
    def works(self, clients: Clients, arn: str) -> bool:
        """Whether the resource works with the role that was passed (not contained)."""

    @abstractmethod
    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        """Somebody puts another role in the place of the one that was passed."""

    @abstractmethod
    def meddle(self, clients: Clients, arn: str) -> None:
        """Somebody changes what containment left, so that a release would not restore the prior state."""

    @abstractmethod
    def remove(self, clients: Clients, arn: str) -> None:
        """Somebody deletes the resource."""

    def finding(self, arn: str, role: str, role_id: str = "AROAEXAMPLE") -> Finding:
        """The finding that detection makes of the pass."""
        place = self.place if self.module.places == EVERY_PLACE else self.module.places[0]
        pass_ = pass_of(
            resources=(arn,),
            resource_type=self.module.resource_type,
            place=place,
            services=self.module.services[:1],
            event_source=self.event[0],
            event_name=self.event[1],
        )
        evidence = evidence_of(arn=role, role_id=role_id)
        now = NOW.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return findings_of(pass_, verdict_of(), evidence, Stage.QUARANTINE, now)[0]

    def describe(self, aws: Aws, arn: str) -> Any:
        """The module's own description."""
        parsed = Arn.parse(arn)
        assert parsed is not None
        return self.module.describe(aws, parsed)
