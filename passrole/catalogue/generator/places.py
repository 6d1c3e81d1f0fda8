"""What a role is to its resource, in words: the same for each call that can set it.

The words come from the member that holds the role (``taskRoleArn`` is the task role). Where two members of one
call end alike, the members around them are named too, and so in each call on the same type of resource.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from passrole.catalogue.generator.paths import Step, parse, unwrapped

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NAMES_OF_VALUES = {"arn", "name", "id", "identifier", "value"}
_IN_FRONT = {"iam", "aws"}
_VAGUE = {"configuration", "config", "settings", "options", "parameters", "properties", "update", "input", "data"}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a role stands, as words: the last is what it is, the others what is around it."""

    words: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, path: str, operation: str) -> "Slot":
        """The slot of a path; members that say nothing (``arn``, ``value``, any key) are left out."""
        names = [name for step in parse(unwrapped(path, operation)) for name in _names(step)]
        telling = [words for name in names if (words := _without_value(_words(name)))]
        return cls(tuple(telling) or (("role",),))

    def name(self, depth: int) -> str:
        """Its words with those of so many members around it, nothing twice."""
        words = [word for part in self.words[max(0, len(self.words) - 1 - depth) :] for word in part]
        return " ".join(word for index, word in enumerate(words) if index == 0 or word != words[index - 1])


def _names(step: Step) -> list[str]:
    """A step's name and what its condition asks for."""
    names = [] if step.name == "*" else [step.name]
    return [*names, step.condition[1]] if step.condition else names


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name.replace("ARNs", "Arns").replace("IAM", "Iam"))]


def _without_value(words: list[str]) -> tuple[str, ...]:
    while words and words[-1] in _NAMES_OF_VALUES | {"arns", "names", "ids", "update"}:
        words = words[:-1]
    while len(words) > 1 and words[0] in _IN_FRONT:
        words = words[1:]
    if words and words[-1] in ("roles", "profiles"):
        words = [*words[:-1], words[-1][:-1]]
    return tuple(words) if any(word not in _VAGUE for word in words) else ()


def name_places(calls: Iterable[list[Slot]]) -> dict[Slot, str]:
    """Names for the slots of all calls that can set roles of one type of resource: as short as is unique."""
    groups = [list(dict.fromkeys(slots)) for slots in calls]
    depth: dict[tuple[str, ...], int] = defaultdict(int)
    for _ in range(12):
        clashes = {slot.words[-1] for slots in groups for slot in _clashing(slots, depth)}
        if not clashes:
            break
        for last in clashes:
            depth[last] += 1
    return {slot: slot.name(depth[slot.words[-1]]) for slots in groups for slot in slots}


def _clashing(slots: list[Slot], depth: dict[tuple[str, ...], int]) -> list[Slot]:
    named: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        named[slot.name(depth[slot.words[-1]])].append(slot)
    return [slot for same in named.values() if len(same) > 1 for slot in same]
