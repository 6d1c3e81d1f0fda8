"""The paths to a role: members parted by dots, and what may stand in a member's place.

``a.b`` members, ``a[]`` each element of a list, ``*`` each key of a map, ``{*X}`` the keys that end in X,
``a[?k=v]`` the elements whose k is v. Spellings that differ only in the case of a member's first letter are
one path: CloudTrail lowers it for some services and leaves it for others.
"""

import re
from dataclasses import dataclass
from functools import cache

_STEP = re.compile(
    r"(?P<name>[A-Za-z0-9_-]+|\*|\{\*[A-Za-z0-9_]+\})(?P<elements>\[\]|\[\?(?P<key>\w+)=(?P<value>[^\]]+)\])?"
)
_SEPARATOR = re.compile(r"\.(?![^\[]*\])")


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a path. ``condition`` is the member and the value that an element must have."""

    name: str
    is_list: bool
    condition: tuple[str, str] | None

    @property
    def is_any_key(self) -> bool:
        return self.name == "*" or self.name.startswith("{")


def parse(path: str) -> tuple[Step, ...]:
    """The steps of a path.

    Raises:
        ValueError: the path is not of the grammar.
    """
    return tuple(_step(part, path) for part in _SEPARATOR.split(path))


def _step(part: str, path: str) -> Step:
    found = _STEP.fullmatch(part)
    if not found:
        raise ValueError(f"{path}: {part!r} is no member")
    condition = (found["key"], found["value"]) if found["key"] else None
    return Step(found["name"], found["elements"] is not None, condition)


def lowered(name: str) -> str:
    """A member with its first letter lowered."""
    return name[:1].lower() + name[1:]


def same_letter(path: str) -> str:
    """A path as it is compared: the first letter of each member lowered."""
    return ".".join(lowered(part) for part in _SEPARATOR.split(path))


def unwrapped(path: str, operation: str) -> str:
    """A path without the member that CloudTrail wraps some requests in (EC2, API Gateway's REST APIs)."""
    head, _, rest = path.partition(".")
    wrappers = {lowered(operation) + "Input", lowered(operation) + "Request"}
    return rest if rest and lowered(head) in wrappers else path


def identity(path: str, operation: str) -> str:
    """Equal for two paths that are spellings of one."""
    return same_letter(unwrapped(path, operation))


def matches(glob: str, text: str) -> bool:
    """Whether a text is as a glob says; only ``*`` is special, since paths are full of brackets."""
    return _pattern(glob).fullmatch(text) is not None


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in glob.split("*")))
