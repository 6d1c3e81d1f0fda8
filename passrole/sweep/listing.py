"""How the resources of one kind are listed, and where their roles stand: a row of ``listings/*.jsonl``.

A kind of resource is listed by steps. The first asks for all there are, each further one asks about what the
step before it found: ``ListStateMachines``, then ``DescribeStateMachine`` for each. A row names types and
places as the catalogue does, so that what a sweep finds and what an event tells are the same finding.

Expressions are JMESPath. Those of a step's input, of the resource's ARN and of its roles see the members of
all items on the way to it as one object, the later ones over the earlier, and ``partition``, ``region`` and
``account``. An item that is a text, or is to be kept apart from the others, stands under the name that the
step gives it.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from passrole.passes import RoleKind


@dataclass(frozen=True, slots=True)
class Page:
    """How a call's answer goes on: the member of the answer with the token, and of the next call's input."""

    answer: str
    input: str


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a listing.

    Attributes:
        call: the operation as the API names it (``ListFunctions``).
        input: its parameters; a text is an expression on the items before, anything else is taken as it is.
        items: an expression on the answer that yields the list of what it found; all of the answer is the
            one item if it is empty.
        name: what an item stands under; None if its members do so by themselves.
        page: how the answer goes on; None if it is always whole.
        batch: how many items of the step before one call asks about; its input's expressions then see the
            list of these. 1 asks about each alone, and its members stay.
        gone: error codes that say that what it asks about is there no longer.
    """

    call: str
    input: Mapping[str, Any]
    items: str
    name: str | None
    page: Page | None
    batch: int
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedRole:
    """One place of a role on the resource.

    Attributes:
        path: an expression that yields the role, a list of them, or null.
        kind: how it names the role.
        place: what the role is to the resource, as the catalogue says.
        services: the service principals that may have it, as the catalogue says.
    """

    path: str
    kind: RoleKind
    place: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """One row.

    Attributes:
        type: of the resource, as the catalogue says (``lambda:function``).
        client: what botocore calls the service.
        steps: the calls.
        arn: of the resource: an expression, or a template in which ``{…}`` holds one.
        roles: where they stand.
        actions: the IAM actions that the calls need.
        only: an expression that is true of what counts; None if all does. What is not, was deleted or is
            another kind of thing.
        is_global: whether the service has one list for all regions.
        config: what AWS Config calls the type, and where its configuration has the roles, by their places;
            None where it tells none.
    """

    type: str
    client: str
    steps: tuple[Step, ...]
    arn: str
    roles: tuple[ListedRole, ...]
    actions: tuple[str, ...]
    only: str | None = None
    is_global: bool = False
    config: "ConfigType | None" = None

    @property
    def name(self) -> str:
        """What tells it from the other rows."""
        return self.type

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Listing":
        """Reads one row of ``listings/*.jsonl``.

        Raises:
            KeyError, ValueError: the row is not of the format.
        """
        return cls(
            type=row["type"],
            client=row["client"],
            steps=tuple(_step(step) for step in row["steps"]),
            arn=row["arn"],
            roles=tuple(
                ListedRole(r["path"], RoleKind(r["kind"]), r["place"], tuple(r["services"]))
                for r in row["roles"]
            ),
            actions=tuple(row["actions"]),
            only=row.get("only"),
            is_global=row.get("global", False),
            config=ConfigType(row["config"]["type"], row["config"]["roles"]) if "config" in row else None,
        )


@dataclass(frozen=True, slots=True)
class ConfigType:
    """A kind of resource as AWS Config records it.

    Attributes:
        type: ``AWS::StepFunctions::StateMachine``.
        roles: for each place, where the configuration has the role (``RoleArn``).
    """

    type: str
    roles: Mapping[str, str]


@lru_cache(maxsize=1)
def load_listings() -> tuple[Listing, ...]:
    """All rows, in order of client and type."""
    return tuple(sorted(_rows(), key=lambda listing: (listing.client, listing.type)))


def listings_for(types: Collection[str]) -> tuple[Listing, ...]:
    """The rows of these types; all if there are none."""
    return tuple(listing for listing in load_listings() if not types or listing.type in types)


def listing_of(name: str) -> Listing | None:
    """The row of that name."""
    return next((listing for listing in load_listings() if listing.name == name), None)


def _rows() -> Iterator[Listing]:
    for file in (resources.files("passrole.sweep") / "listings").iterdir():
        if file.name.endswith(".jsonl"):
            for line in file.read_text("utf-8").splitlines():
                yield Listing.from_json(json.loads(line))


def _step(data: dict[str, Any]) -> Step:
    page = data.get("page")
    return Step(
        call=data["call"],
        input=data.get("input", {}),
        items=data.get("items", ""),
        name=data.get("as"),
        page=Page(page["answer"], page["input"]) if page else None,
        batch=data.get("batch", 1),
        gone=tuple(data.get("gone", ())),
    )
