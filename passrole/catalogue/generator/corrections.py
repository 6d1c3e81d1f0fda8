"""``corrections.yaml``: what the facts do not tell, or tell wrongly, decided by hand with a reason each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from passrole.catalogue.generator.errors import GeneratorError
from passrole.catalogue.generator.facts import CallFact
from passrole.catalogue.generator.paths import matches

CORRECTIONS = Path(__file__).parent / "corrections.yaml"

Decision = Literal["covered", "role not visible", "not a pass"]
Direction = Literal["passes", "chained", "removes"]
ShapeName = Literal["recorded", "documented", "derived"]
Kind = Literal[
    "role_arn",
    "role_name",
    "role_arn_or_name",
    "instance_profile_arn",
    "instance_profile_name",
    "instance_profile_arn_or_name",
    "opaque",
]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[list[str], BeforeValidator(_listed)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class AddedRole(_Part):
    """A role that the facts do not have. ``absent`` is false where each such call names it."""

    paths: Texts
    kind: Kind
    services: Texts = []
    where: Literal["request", "response"] = "request"
    direction: Direction = "passes"
    place: str | None = None


class Adoption(_Part):
    """Members that are named like roles in the API model and are not among the facts: taken as roles."""

    members: Texts
    kind: Kind
    direction: Direction = "passes"
    services: Texts = []
    place: str | None = None


class Within(_Part):
    """What the resource belongs to, whose name stands before the resource's own in the ARN.

    ``path`` leads into the record to the parent's id or ARN, ``arn`` is the template of that ARN, and
    ``default`` the parent that is meant where none is named, and that the resource's ARN leaves out, if
    there is such a one.
    """

    path: str
    arn: str
    default: str = ""


class ResourceCorrection(_Part):
    """What is given replaces what was found; the ARN follows from the type where it is not given.

    ``owns`` is true where a part of the resource gets the role: the place is then named after the part.
    ``within`` is for resources whose id alone does not tell them apart: the id is one in a parent.
    """

    type: str | None = None
    paths: Texts | None = Field(None, alias="from")
    arn: str | None = None
    qualified: bool = False
    within: Within | None = None
    owns: bool | None = None


class Reference(_Part):
    """Where a request names something that can bring a role in."""

    path: str
    to: str


class When(_Part):
    """The role's member holds a role only where the request's member ``path`` is like the glob ``like``."""

    path: str
    like: str


class Entry(_Part):
    """One correction.

    Attributes:
        reason: one sentence; a row shows it where the entry makes the decision.
        calls: globs on the IAM action, or on the service's prefix and the operation.
        roles: globs on the paths of roles that the entry is about; all of them where none is given.
        drop: the roles are none.
        without_services: principals that the roles do not go to.
        join: the roles are spellings of one, under the first one's place.
        spell: the spellings of the role, instead of the facts'.
        also: further spellings of the role.
        accept: the API model does not have the roles' members.
        ignore: globs on members that are named like roles and are none.
    """

    reason: str = Field(min_length=10)
    calls: Texts = Field(min_length=1)
    roles: Texts | None = None
    decision: Decision | None = None
    direction: Direction | None = None
    services: Texts | None = None
    without_services: Texts = []
    when: When | None = None
    kind: Kind | None = None
    place: str | None = None
    optional: bool | None = None
    drop: bool = False
    join: bool = False
    spell: Texts | None = None
    also: Texts = []
    accept: bool = False
    ignore: Texts = []
    adopt: list[Adoption] = []
    add: list[AddedRole] = []
    resource: ResourceCorrection | Literal["unknown"] | None = None
    references: list[Reference] = []
    absent: bool | None = None
    shape: ShapeName | None = None
    names: Texts | None = None
    source: str | None = None

    @staticmethod
    def names_call(glob: str, call: CallFact) -> bool:
        """Whether a glob means the call, by its action or by its operation."""
        return matches(glob, call.action) or matches(glob, call.title)

    def picks(self, path: str) -> bool:
        """Whether it is about the role at a path."""
        return self.roles is None or any(matches(glob, path) for glob in self.roles)


def read_corrections(path: Path = CORRECTIONS) -> tuple[Entry, ...]:
    """The entries in their order; a later one wins.

    Raises:
        GeneratorError: the file is not of the format.
    """
    data = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(data, list):
        raise GeneratorError([f"{path.name}: a list of entries is expected"])
    entries: list[Entry] = []
    problems: list[str] = []
    for number, item in enumerate(data, start=1):
        try:
            entries.append(Entry.model_validate(item))
        except ValidationError as error:
            about = item.get("calls", "?") if isinstance(item, dict) else "?"
            for one in error.errors():
                where = ".".join(str(part) for part in one["loc"])
                problems.append(f"{path.name}: entry {number} ({about}): {where}: {one['msg']}")
    if problems:
        raise GeneratorError(problems)
    return tuple(entries)


class Assignment:
    """Which entries are about which calls."""

    def __init__(self, entries: tuple[Entry, ...], facts: tuple[CallFact, ...]) -> None:
        self._calls: list[tuple[Entry, list[CallFact]]] = []
        self._entries: dict[CallFact, list[Entry]] = {call: [] for call in facts}
        self.idle: list[str] = []
        by_service: dict[str, list[CallFact]] = {"*": list(facts)}
        for call in facts:
            by_service.setdefault(call.service, []).append(call)
        for entry in entries:
            found: dict[CallFact, None] = {}
            for glob in entry.calls:
                among = by_service.get(glob.partition(":")[0], [])
                named = [call for call in among if entry.names_call(glob, call)]
                if not named:
                    self.idle.append(f"corrections.yaml: {glob!r} is no call of the facts")
                found |= dict.fromkeys(named)
            self._calls.append((entry, list(found)))
            for call in found:
                self._entries[call].append(entry)

    def entries_of(self, call: CallFact) -> list[Entry]:
        """The entries about a call, in their order."""
        return self._entries[call]

    def __iter__(self) -> Iterator[tuple[Entry, list[CallFact]]]:
        """Each entry with the calls that it is about."""
        return iter(self._calls)
