"""The rows of the catalogue: which call passes a role, and where it stands in the CloudTrail record."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from passrole.passes import RoleKind


class Where(StrEnum):
    """The part of the record that shows the role."""

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def member(self) -> str:
        return "requestParameters" if self is Where.REQUEST else "responseElements"


class Shape(StrEnum):
    """How well the shape of a call's record is known; ``derived`` is unproven."""

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class RolePlace:
    """One member of a call that names a role.

    Attributes:
        paths: spellings of one path below ``where``; the first that is there counts. Members are parted by
            dots; ``[]`` behind a member means each element of its list.
        where: a response's role counts only where the request names none: a response echoes what it holds.
        kind: how the role is named.
        place: what the role is to the resource; the same for each call that can set it.
        services: the service principals that may get the role.
    """

    paths: tuple[str, ...]
    where: Where
    kind: RoleKind
    place: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourcePlace:
    """Where the receiving resource is named.

    Attributes:
        type: as IAM names resource types (``lambda:function``).
        paths: into the record; the first that yields an id counts. A member whose name ends with ``Arn``
            holds an ARN, any other an id; where ``qualified``, it may be either.
        arn: template for ids; ``{}`` is the id.
        qualified: named as Lambda's functions are: by id, ARN or the tail of an ARN, and behind a colon
            perhaps a version or an alias, which is no part of the resource.
    """

    type: str
    paths: tuple[str, ...]
    arn: str
    qualified: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the catalogue: an API operation that passes a role.

    Attributes:
        action: the IAM action (``lambda:CreateFunction``).
        source: CloudTrail's ``eventSource``.
        names: every spelling of ``eventName``.
    """

    action: str
    source: str
    names: tuple[str, ...]
    roles: tuple[RolePlace, ...]
    resource: ResourcePlace
    shape: Shape

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Call":
        """Reads one row of ``calls/*.jsonl``.

        Raises:
            KeyError, ValueError: the row is not of the format.
        """
        return cls(
            action=row["action"],
            source=row["source"],
            names=tuple(row["names"]),
            roles=tuple(_role_place(place) for place in row["roles"]),
            resource=_resource_place(row["resource"]),
            shape=Shape(row["shape"]),
        )


def _role_place(data: dict[str, Any]) -> RolePlace:
    return RolePlace(
        paths=tuple(data["paths"]),
        where=Where(data.get("where", Where.REQUEST)),
        kind=RoleKind(data["kind"]),
        place=data["place"],
        services=tuple(data["services"]),
    )


def _resource_place(data: dict[str, Any]) -> ResourcePlace:
    return ResourcePlace(
        type=data["type"],
        paths=tuple(data["from"]),
        arn=data["arn"],
        qualified=data.get("qualified", False),
    )
