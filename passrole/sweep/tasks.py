"""The tasks of the function `sweep`, as messages of its queue: each does a part, and puts back what is left.

What a task says leads to reading and judging alone; what there is and what becomes of it, AWS and the ledger
tell.
"""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from passrole.passes import Origin
from passrole.sweep.position import START, Position, position_from_json, position_to_json
from passrole.sweep.rejudging import Cause

VERSION = 1


@dataclass(frozen=True, slots=True)
class SweepAll:
    """Begins a sweep of all there is."""

    kind: ClassVar[str] = "sweep"

    def to_json(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SweepAll":
        del data
        return cls()


@dataclass(frozen=True, slots=True)
class SweepPartOf:
    """Goes on with one listing in one region, and resolves at its end what it did not see.

    Attributes:
        sweep: the id of the sweep: when it began, ISO 8601.
        listing: name of the row.
    """

    sweep: str
    listing: str
    region: str
    kind: ClassVar[str] = "part"

    @property
    def name(self) -> str:
        """Tells the part from the others of its sweep."""
        return part_name(self.listing, self.region)

    def to_json(self) -> dict[str, Any]:
        return {"sweep": self.sweep, "listing": self.listing, "region": self.region}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SweepPartOf":
        return cls(**data)


@dataclass(frozen=True, slots=True)
class LookAtProfile:
    """Looks at the instances with an instance profile in one region, since it got another role.

    Attributes:
        profile: its ARN.
        cause: who changed it, when.
        asked_at: ISO 8601; tells what it finds from what other looks find.
        position: where to go on.
        faults: how often AWS did not answer since it got any further.
        restarts: how often it began anew, since AWS did not know its position any more.
    """

    profile: str
    region: str
    cause: Cause
    asked_at: str
    position: Position = START
    faults: int = 0
    restarts: int = 0
    kind: ClassVar[str] = "profile"

    def to_json(self) -> dict[str, Any]:
        return {
            "profile": self.profile,
            "region": self.region,
            "cause": cause_to_json(self.cause),
            "asked_at": self.asked_at,
            "position": position_to_json(self.position),
            "faults": self.faults,
            "restarts": self.restarts,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "LookAtProfile":
        cause, position = cause_from_json(data["cause"]), position_from_json(data["position"])
        return cls(**data | {"cause": cause, "position": position})


@dataclass(frozen=True, slots=True)
class JudgeRole:
    """Judges what holds a role, since the role has changed.

    Attributes:
        role: its name.
        cause: who changed what, when.
        after: the mark of the last holding that was judged; empty at the beginning.
        look: 1, and 2 for the look some time later: IAM is eventually consistent.
        is_deleted: the role is gone, so that nothing holds it.
    """

    role: str
    cause: Cause
    after: str = ""
    look: int = 1
    is_deleted: bool = False
    kind: ClassVar[str] = "role"

    def to_json(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "cause": cause_to_json(self.cause),
            "after": self.after,
            "look": self.look,
            "is_deleted": self.is_deleted,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "JudgeRole":
        return cls(**data | {"cause": cause_from_json(data["cause"])})


@dataclass(frozen=True, slots=True)
class JudgeAll:
    """Judges all that is held, since the policy has changed.

    Attributes:
        policy: its hash. Another that was deployed meanwhile has a task of its own.
        cause: of each judgement.
        shard: of the ledger's index, and ``after`` the mark of the last holding that was judged.
    """

    policy: str
    cause: Cause
    shard: int = 0
    after: str = ""
    kind: ClassVar[str] = "policy"

    def to_json(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "cause": cause_to_json(self.cause),
            "shard": self.shard,
            "after": self.after,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "JudgeAll":
        return cls(**data | {"cause": cause_from_json(data["cause"])})


Task = SweepAll | SweepPartOf | LookAtProfile | JudgeRole | JudgeAll
_KINDS: dict[
    str, type[SweepAll] | type[SweepPartOf] | type[LookAtProfile] | type[JudgeRole] | type[JudgeAll]
] = {task.kind: task for task in (SweepAll, SweepPartOf, LookAtProfile, JudgeRole, JudgeAll)}
_TYPES: dict[str, type] = {
    **dict.fromkeys(("sweep", "listing", "region", "profile", "asked_at", "role", "policy", "after"), str),
    **dict.fromkeys(("who", "why", "as_of"), str),
    **dict.fromkeys(("faults", "restarts", "look", "shard"), int),
    **dict.fromkeys(("is_deleted",), bool),
}


def message_of(task: Task) -> str:
    """The task as the body of a message."""
    return json.dumps({"version": VERSION, "task": task.kind, **task.to_json()})


def task_in(data: Any) -> Task:
    """The task that a body means, which was parsed.

    Raises:
        ValueError: it is none of this version.
    """
    given = dict(data) if isinstance(data, dict) else {}
    version, kind = given.pop("version", None), given.pop("task", None)
    if version != VERSION or not isinstance(kind, str) or kind not in _KINDS:
        raise ValueError(f"not a task of version {VERSION}")
    try:
        _check(given)
        return _KINDS[kind].from_json(given)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a task {kind}: {error}") from None


def part_name(listing: str, region: str) -> str:
    return f"{listing} in {region}"


def cause_to_json(cause: Cause) -> dict[str, Any]:
    return {name: getattr(cause, name) for name in cause.__dataclass_fields__}


def cause_from_json(data: dict[str, Any]) -> Cause:
    _check(data)
    return Cause(**data | {"origin": Origin(data["origin"])})


def _check(data: dict[str, Any]) -> None:
    """Raises ValueError where a member is of another type than it must be."""
    for name, value in dict(data).items():
        if type(value) is not _TYPES.get(name, type(value)):
            raise ValueError(f"{name} is no {_TYPES[name].__name__}")
