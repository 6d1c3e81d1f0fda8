"""The rows of the catalogue: what a call does with roles, and where they stand in its CloudTrail record."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from passrole.passes import Direction, RoleKind


class Decision(StrEnum):
    """What was decided about a call that AWS, or anybody, says passes a role."""

    COVERED = "covered"
    NOT_VISIBLE = "role not visible"
    NOT_A_PASS = "not a pass"  # noqa: S105 - a decision, not a password


class Where(StrEnum):
    """The part of the record that shows the role."""

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def member(self) -> str:
        return "requestParameters" if self is Where.REQUEST else "responseElements"


class Shape(StrEnum):
    """How well the shape of a call's record is known; ``derived`` from the API's model is unproven."""

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class When:
    """A member names a role only where another one says so: ``like`` is its value, ``*`` any text."""

    path: str
    like: str


@dataclass(frozen=True, slots=True)
class RolePlace:
    """One member of a call that names a role.

    Attributes:
        paths: below ``where`` (see ``passrole.trail.paths``); the first that is there counts.
        where: a response's role counts only where the request names none: a response echoes what it holds.
        kind: how the role is named.
        place: what the role is to the resource; the same for each call that can set it.
        services: the service principals that may get the role.
        direction: whether it is passed, assumed through the passed one, or taken away.
        when: what else the request must say for the member to name a role.
    """

    paths: tuple[str, ...]
    where: Where
    kind: RoleKind
    place: str
    services: tuple[str, ...]
    direction: Direction
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """What a resource belongs to whose name stands before the resource's own in the ARN: ``rule/bus/name``.

    Attributes:
        path: into the record, to the parent's id or ARN. With an ARN, the resource is where the parent is.
        arn: template of the parent's ARN for ids; ``{}`` is the id.
        default: the parent that is meant where none is named; the resource's ARN leaves it out. Empty if
            none is meant.
    """

    path: str
    arn: str
    default: str


@dataclass(frozen=True, slots=True)
class ResourcePlace:
    """Where the receiving resource is named.

    Attributes:
        type: as IAM names resource types (``lambda:function``).
        paths: into the record; the first that yields an id or an ARN counts.
        arn: template for ids; ``{}`` is the id.
        qualified: whether the id may also be the ARN, or its tail, and a version or an alias, no part of the
            resource, may follow it behind a colon. Not where names have colons.
        within: the parent that an id is the id in; an ARN names it itself.
    """

    type: str
    paths: tuple[str, ...]
    arn: str
    qualified: bool
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A member of the request that can bring a role in without naming it."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the catalogue.

    Attributes:
        action: the IAM action (``lambda:CreateFunction``).
        source: CloudTrail's ``eventSource``.
        names: every spelling of ``eventName``.
        reason: of the decision; None where the role plainly stands in the request.
        absent: whether a call without a role is normal.
        read_only: whether the name looks read-only, so that EventBridge may hold its events back.
    """

    action: str
    source: str
    names: tuple[str, ...]
    decision: Decision
    reason: str | None
    roles: tuple[RolePlace, ...]
    resource: ResourcePlace | None
    references: tuple[Reference, ...]
    absent: bool
    read_only: bool
    shape: Shape

    @property
    def passes_roles(self) -> bool:
        """Whether it passes or chains a role that its events show, or that a reference in them tells."""
        if self.decision is not Decision.COVERED:
            return False
        return bool(self.references) or any(role.direction is not Direction.REMOVES for role in self.roles)

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
            decision=Decision(row["decision"]),
            reason=row.get("reason"),
            roles=tuple(_role_place(place) for place in row.get("roles", ())),
            resource=_resource_place(row["resource"]) if "resource" in row else None,
            references=tuple(Reference(r["path"], r["to"]) for r in row.get("references", ())),
            absent=row.get("absent", False),
            read_only=row.get("read_only", False),
            shape=Shape(row["shape"]),
        )


def _role_place(data: dict[str, Any]) -> RolePlace:
    return RolePlace(
        paths=tuple(data["paths"]),
        where=Where(data.get("where", Where.REQUEST)),
        kind=RoleKind(data["kind"]),
        place=data["place"],
        services=tuple(data["services"]),
        direction=Direction(data.get("direction", Direction.PASSES)),
        when=When(data["when"]["path"], data["when"]["like"]) if "when" in data else None,
    )


def _resource_place(data: dict[str, Any]) -> ResourcePlace:
    return ResourcePlace(
        type=data["type"],
        paths=tuple(data["from"]),
        arn=data["arn"],
        qualified=data.get("qualified", False),
        within=Within(**data["within"]) if "within" in data else None,
    )
