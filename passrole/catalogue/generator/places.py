"""What a role is to its resource, in words: the same for each call that can set it.

The words come from the member that holds the role (``taskRoleArn`` is the task role). Where two members of
one call end alike, the members around them are named too, and so in each call on the same type of resource.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from passrole.catalogue.generator.paths import Step, parse, unwrapped

_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
_NAMES_OF_VALUES = {"arn", "name", "id", "identifier", "value"}
_IN_FRONT = {"iam", "aws"}
_VAGUE = {
    *(
        "configuration",
        "configurations",
        "config",
        "settings",
        "options",
        "parameters",
        "properties",
        "details",
    ),
    *("update", "updates", "input", "data", "value", "optional"),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a role stands, as words: the last is what it is, the others what is around it."""

    words: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, path: str, operation: str, part: str | None = None) -> "Slot":
        """The slot of a path; members that say nothing (``arn``, ``value``, any key) are left out.

        ``part`` is what part of the resource gets the role, put before the role's own name.
        """
        names = [name for step in parse(unwrapped(path, operation)) for name in _names(step)]
        telling = [words for name in names if (words := _without_value(_words(name)))]
        telling = telling or [("role",)]
        if part:
            telling[-1] = (*_words(part), *telling[-1])
        return cls(tuple(telling))


def _names(step: Step) -> list[str]:
    """A step's name and what its condition asks for."""
    names = [] if step.name == "*" else [step.name]
    return [*names, step.condition[1]] if step.condition else names


def _words(name: str) -> list[str]:
    plain = (
        (name[:1].upper() + name[1:])
        .replace("IAM", "Iam")
        .replace("DynamoDB", "Dynamodb")
        .replace("ARNs", "Arns")
    )
    return [word.lower() for word in _WORD.findall(plain)]


def _without_value(words: list[str]) -> tuple[str, ...]:
    while words and words[-1] in _NAMES_OF_VALUES | {"arns", "names", "ids", "update"}:
        words = words[:-1]
    while len(words) > 1 and words[0] in _IN_FRONT:
        words = words[1:]
    if words and words[-1] in ("roles", "profiles"):
        words = [*words[:-1], words[-1][:-1]]
    if words[-2:] == ["iam", "role"]:
        words = [*words[:-2], "role"]
    while len(words) > 1 and words[-1] in _VAGUE:
        words = words[:-1]
    return tuple(words) if any(word not in _VAGUE for word in words) else ()


def name_places(calls: Iterable[list[Slot]]) -> dict[Slot, str]:
    """Names for the slots of all calls that can set roles of one type of resource: as short as is unique."""
    groups = [list(dict.fromkeys(slots)) for slots in calls]
    unclear: set[tuple[tuple[str, ...], ...]] = set()
    while found := {tail for slots in groups for tail in _clashes(slots, unclear)}:
        unclear |= found
    return {slot: _name(_tail(slot, unclear)) for slots in groups for slot in slots}


def _tail(slot: Slot, unclear: set[tuple[tuple[str, ...], ...]]) -> tuple[tuple[str, ...], ...]:
    """The shortest end of a slot that no call has twice, or all of it."""
    ends = (slot.words[start:] for start in range(len(slot.words) - 1, 0, -1))
    return next((end for end in ends if end not in unclear), slot.words)


def _clashes(
    slots: list[Slot], unclear: set[tuple[tuple[str, ...], ...]]
) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Ends that two slots of one call have in common, where they can be made longer."""
    named: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        named[_name(_tail(slot, unclear))].append(slot)
    for same in named.values():
        for slot in same if len(same) > 1 else ():
            if (end := _tail(slot, unclear)) != slot.words:
                yield end


def _name(parts: tuple[tuple[str, ...], ...]) -> str:
    words = [word for part in parts for word in part]
    return " ".join(word for index, word in enumerate(words) if index == 0 or word != words[index - 1])
