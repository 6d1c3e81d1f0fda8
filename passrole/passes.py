"""The values that describe a pass: one role handed to one service by one call."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from passrole.arn import role_name_in

_PERSONS = ("FederatedUser", "IAMUser", "IdentityCenterUser", "Root", "SAMLUser")
_IDENTITY_CENTER_ROLE = "AWSReservedSSO_"  # begins the names of the roles that people get by permission sets


class Outcome(StrEnum):
    """How the call that passes the role ended."""

    SUCCEEDED = "succeeded"
    DENIED = "denied"
    FAILED = "failed"


class Origin(StrEnum):
    """What brought it to light: the call's event, a look at what exists, or a change of what judges it."""

    EVENT = "event"
    SWEEP = "sweep"
    ROLE_CHANGE = "role change"
    POLICY_CHANGE = "policy change"


SWEPT = "sweep-"  # begins the event ids of what sweeps found


class Direction(StrEnum):
    """What a call does with a role: hands it over, names one to assume through it, or takes one away."""

    PASSES = "passes"
    CHAINED = "chained"
    REMOVES = "removes"


class Coverage(StrEnum):
    """What the catalogue knows about the call of a pass."""

    COVERED = "covered"
    NOT_VISIBLE = "role not visible"
    UNCATALOGUED = "uncatalogued"


class RoleKind(StrEnum):
    """How the record names the role."""

    ROLE_ARN = "role_arn"
    ROLE_NAME = "role_name"
    ROLE_ARN_OR_NAME = "role_arn_or_name"
    INSTANCE_PROFILE_ARN = "instance_profile_arn"
    INSTANCE_PROFILE_NAME = "instance_profile_name"
    INSTANCE_PROFILE_ARN_OR_NAME = "instance_profile_arn_or_name"
    OPAQUE = "opaque"

    @property
    def is_instance_profile(self) -> bool:
        return self.name.startswith("INSTANCE_PROFILE")


@dataclass(frozen=True, slots=True)
class PassedRole:
    """The role as the record names it.

    Attributes:
        value: the text in the record; None where the record does not show the role.
        kind: what ``value`` is.
        arn: the role's ARN where the record alone tells it; None for names and instance profiles, which
            IAM must resolve.
        name: the role's name where the record alone tells it.
    """

    value: str | None
    kind: RoleKind | None
    arn: str | None
    name: str | None

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "kind": self.kind, "arn": self.arn, "name": self.name}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "PassedRole":
        kind = RoleKind(data["kind"]) if data["kind"] else None
        return cls(data["value"], kind, data["arn"], data["name"])


@dataclass(frozen=True, slots=True)
class Referral:
    """What the request names in place of the role, as the record tells it.

    Attributes:
        to: the kind of thing (``launch template``).
        id: its id, name or ARN; None where the record does not tell it.
        version: of the thing, where it has versions and the request names one.
        member: which of its roles is meant; None where no API tells them.
        unread: why the role could not be looked up; None before the look-up, and where it told the role.
        lasting: that looking it up again later cannot tell more.
    """

    to: str
    id: str | None
    version: str | None = None
    member: str | None = None
    unread: str | None = None
    lasting: bool = False

    def to_json(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Referral":
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Passer:
    """The principal that made the call, from ``userIdentity`` (CloudTrail's userIdentity element).

    Attributes:
        type: ``IAMUser``, ``AssumedRole``, ``Root``, ``AWSService`` …
        arn: of the user or the session.
        role_arn: behind an assumed role, the role.
        account: of the principal.
        principal_id: the unique id (``AROA…:session`` for a session).
        name: the user's name, or the session's.
        source_identity: set by ``sts:SetSourceIdentity``.
        on_behalf_of: the Identity Center user behind the session.
        access_key_id, source_ip, user_agent: as recorded.
        invoked_by: the AWS service that made the call for the principal.
        vpc_endpoint: the id of the endpoint that the call came through.
        mfa: whether the session was begun with a second factor; None without a session.
        session_began: ISO 8601; None for long-term credentials.
    """

    type: str | None = None
    arn: str | None = None
    role_arn: str | None = None
    account: str | None = None
    principal_id: str | None = None
    name: str | None = None
    source_identity: str | None = None
    on_behalf_of: str | None = None
    access_key_id: str | None = None
    source_ip: str | None = None
    user_agent: str | None = None
    invoked_by: str | None = None
    vpc_endpoint: str | None = None
    mfa: bool | None = None
    session_began: str | None = None

    @property
    def is_person(self) -> bool:
        """Whether a person made the call, as far as the record tells.

        People come as users of some directory, by IAM Identity Center, or in a session that names who is
        behind it. Services, and sessions of roles that name nobody, are machines: pipelines work so. The
        access key of an IAM user may serve a machine, too, which no record tells: what is stolen or left
        lying about is such keys, so that they are taken for a person's.
        """
        if self.type == "AWSService":
            return False
        if self.type in _PERSONS or self.source_identity or self.on_behalf_of:
            return True
        return (role_name_in(self.role_arn or "") or "").startswith(_IDENTITY_CENTER_ROLE)

    def to_json(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Passer":
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Pass:
    """One role handed to one service by one call.

    Attributes:
        event_id, event_time, event_source, event_name, account, region: of the record. Times are ISO 8601.
        action: the IAM action of the call (``lambda:CreateFunction``).
        outcome: how the call ended; ``error_code`` is CloudTrail's, if it did not succeed.
        role: the role as the record names it.
        path: where the role stands in the record, with indices (``requestParameters.roleArns.0``).
        place: what the role is to the resource (``execution role``): the same for every call that can set it.
        services: the service principals that may get the role; several where the call alone does not tell.
        resources: ARNs of what holds the role now; several where one call makes several.
        resource_type: as IAM names resource types (``lambda:function``).
        passer: who made the call.
        direction: ``chained`` for a role that the service assumes through the passed one; it may be of
            another account, and IAM does not decide it by ``iam:PassRole``.
        coverage: whether the catalogue knows the call, and where its role can be seen.
        referral: what the request names in place of the role, if it came by a reference.
        origin: an event, or a sweep that found the resource holding the role. Of what a sweep found, neither
            call nor passer is known, and its time is that of the look.
    """

    event_id: str
    event_time: str | None
    event_source: str
    event_name: str
    account: str | None
    region: str | None
    outcome: Outcome
    role: PassedRole
    path: str
    place: str
    services: tuple[str, ...]
    resources: tuple[str, ...]
    resource_type: str | None
    passer: Passer
    error_code: str | None = None
    direction: Direction = Direction.PASSES
    action: str | None = None
    coverage: Coverage = Coverage.COVERED
    referral: Referral | None = None
    origin: Origin = Origin.EVENT

    @property
    def id(self) -> str:
        """The pass's identity: stable over redeliveries of the same event."""
        return f"{self.event_id}#{self.path}"

    def to_json(self) -> dict[str, Any]:
        """The contract of ``passrole extract --json``; unknown is null. What a sweep found says so, too."""
        told_by = {} if self.origin is Origin.EVENT else {"origin": self.origin}
        return told_by | {
            "event_id": self.event_id,
            "event_time": self.event_time,
            "event_source": self.event_source,
            "event_name": self.event_name,
            "action": self.action,
            "account": self.account,
            "region": self.region,
            "outcome": self.outcome,
            "error_code": self.error_code,
            "role": self.role.to_json(),
            "path": self.path,
            "direction": self.direction,
            "coverage": self.coverage,
            "referral": self.referral.to_json() if self.referral else None,
            "place": self.place,
            "services": list(self.services),
            "resource": self.resources[0] if self.resources else None,
            "resources": list(self.resources),
            "resource_type": self.resource_type,
            "passer": self.passer.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Pass":
        return cls(
            event_id=data["event_id"],
            event_time=data["event_time"],
            event_source=data["event_source"],
            event_name=data["event_name"],
            account=data["account"],
            region=data["region"],
            outcome=Outcome(data["outcome"]),
            role=PassedRole.from_json(data["role"]),
            path=data["path"],
            place=data["place"],
            services=tuple(data["services"]),
            resources=tuple(data["resources"]),
            resource_type=data["resource_type"],
            passer=Passer.from_json(data["passer"]),
            error_code=data["error_code"],
            direction=Direction(data["direction"]),
            action=data["action"],
            coverage=Coverage(data["coverage"]),
            referral=Referral.from_json(data["referral"]) if data["referral"] else None,
            origin=Origin(data.get("origin", Origin.EVENT)),
        )
