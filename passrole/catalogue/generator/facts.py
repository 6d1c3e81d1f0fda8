"""The facts that the catalogue is made from: see ``facts/README.md`` for their origin."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

FACTS = Path(__file__).parent / "facts"


@dataclass(frozen=True, slots=True)
class RoleFact:
    """One member of a request that names a role.

    Attributes:
        path: below ``requestParameters``, in the grammar of ``paths.py``.
        also: other spellings, where they differ by more than the case of first letters.
        services: the service principals that may get the role.
        spelling: how the spelling is known: ``sample`` is a record that was seen, ``curated`` AWS's
            documentation; all else follows from the API model and the habits of the service.
        required: whether the API wants the member.
    """

    path: str
    also: tuple[str, ...]
    kind: str
    services: tuple[str, ...]
    spelling: str
    required: bool


@dataclass(frozen=True)
class CallFact:
    """One API operation that passes a role, or may.

    Attributes:
        action: the IAM action that allows it.
        clients: botocore's clients that have the operation; none where botocore has it no more.
        kind: ``direct`` where the request has a member for the role, ``implicit`` where it has none,
            ``opaque`` where the role is inside a text, ``unsure`` where AWS's lists contradict each other.
        listed_by: A: AWS's authorization reference, B: botocore's models, C: public lists, D: AWS's
            Service Reference, M: by hand.
        resources: the resource types that AWS authorizes the action on.
    """

    action: str
    operation: str
    clients: tuple[str, ...]
    source: str
    names: tuple[str, ...]
    kind: str
    listed_by: str
    services: tuple[str, ...]
    roles: tuple[RoleFact, ...]
    resources: tuple[str, ...]
    read_only_name: bool

    @cached_property
    def service(self) -> str:
        """The prefix of the IAM action."""
        return self.action.partition(":")[0]

    @cached_property
    def title(self) -> str:
        """How messages and corrections name it: by the operation, since an action can cover several."""
        return f"{self.service}:{self.operation}"


@cache
def load_facts() -> tuple[CallFact, ...]:
    """All facts, in the order of action, operation and event source."""
    return tuple(_call(row) for row in _rows("calls.jsonl"))


@cache
def load_resource_types() -> dict[str, str]:
    """IAM's resource types (``lambda:function``) and their ARNs with names in braces."""
    return {row["type"]: row["arn"] for row in _rows("resource_types.jsonl")}


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (FACTS / name).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _call(row: dict[str, Any]) -> CallFact:
    return CallFact(
        action=row["action"],
        operation=row["operation"],
        clients=tuple(row.get("clients", ())),
        source=row["source"],
        names=tuple(row["names"]),
        kind=row["class"],
        listed_by=row["listed_by"],
        services=tuple(row.get("services", ())),
        roles=tuple(_role(role) for role in row.get("roles", ())),
        resources=tuple(row.get("resources", ())),
        read_only_name=row.get("read_only_name", False),
    )


def _role(row: dict[str, Any]) -> RoleFact:
    return RoleFact(
        path=row["path"],
        also=tuple(row.get("also", ())),
        kind=row["kind"],
        services=tuple(row["services"]),
        spelling=row["spelling"],
        required=row.get("required", False),
    )
