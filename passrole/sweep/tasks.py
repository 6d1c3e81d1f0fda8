"""The tasks of the function `sweep`, as messages of its queue: each does a part, and puts back what is left.

What a task says leads to reading and judging alone; what there is and what becomes of it, AWS and the ledger
tell.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from passrole.passes import Origin
from passrole.rejudging import Cause
from passrole.sweep.position import START, Position, position_from_json, position_to_json

VERSION = 1


class Teller(StrEnum):
    """Who is asked what there is."""

    CONFIG = "config"
    SERVICE = "service"


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
        position: where to go on.
        is_listed: all was listed, and what was not seen is left to be resolved.
        restarts: how often it began anew, since AWS did not know its position any more.
        teller: who is asked; None until the part has begun, and in messages that know of one teller alone.
    """

    sweep: str
    listing: str
    region: str
    position: Position = START
    is_listed: bool = False
    restarts: int = 0
    teller: Teller | None = None
    kind: ClassVar[str] = "part"

    @property
    def name(self) -> str:
        """Tells the part from the others of its sweep."""
        return part_name(self.listing, self.region)

    def to_json(self) -> dict[str, Any]:
        return {
            "sweep": self.sweep,
            "listing": self.listing,
            "region": self.region,
            "position": position_to_json(self.position),
            "is_listed": self.is_listed,
            "restarts": self.restarts,
            "teller": self.teller,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SweepPartOf":
        teller = data.get("teller")
        return cls(
            **data
            | {
                "position": position_from_json(data["position"]),
                "teller": None if teller is None else Teller(teller),
            }
        )


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


Task = SweepAll | SweepPartOf | JudgeRole | JudgeAll
_KINDS: dict[str, type[SweepAll] | type[SweepPartOf] | type[JudgeRole] | type[JudgeAll]] = {
    task.kind: task for task in (SweepAll, SweepPartOf, JudgeRole, JudgeAll)
}
_TYPES: dict[str, type] = {
    **dict.fromkeys(("sweep", "listing", "region", "role", "policy", "after"), str),
    **dict.fromkeys(("who", "why", "as_of"), str),
    **dict.fromkeys(("restarts", "look", "shard"), int),
    **dict.fromkeys(("is_listed", "is_deleted"), bool),
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
