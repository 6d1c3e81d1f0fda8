"""YAML and JSON text as plain data that remembers where every key and value stands, for errors that people
can go to.

How each of the two is read stands in ``yaml_document.py`` and ``json_document.py``, and which of them a
file is in ``reading.py``.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from passrole.policy.errors import Path, PolicyError, Position, Problem

MAX_DEPTH = 20
HALF_A_CHARACTER = "an escape in this text makes half a character (a lone surrogate)"
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Plain:
    """An unquoted scalar that is not read as text: ``raw`` as written, ``kind`` in words."""

    raw: str
    kind: str


@dataclass(slots=True)
class Document:
    """What a YAML or JSON file says, and where.

    Attributes:
        file: its name, for messages.
        data: dicts, lists, str, int and `Plain`.
        values, keys: where the value, or the key, at a path stands.
        problems: what was wrong but did not stop the reading.
        refused: paths whose value was refused (a problem tells why); nothing more need be said about them.
    """

    file: str
    data: Any = None
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)

    def add(self, path: Path, message: str, at_key: bool = False) -> None:
        """Notes a problem at ``path``, or at the nearest place above it that the file has."""
        position = self.keys.get(path) if at_key else None
        known = path
        while position is None:
            position = self.values.get(known) or (Position(1, 1) if not known else None)
            known = known[:-1]
        self.problems.append(Problem(self.file, position, path, message))

    def is_refused(self, path: Path) -> bool:
        """Whether the value at ``path``, or one around it, was refused already."""
        return any(path[:length] in self.refused for length in range(len(path) + 1))


def integer(text: str) -> int | Plain:
    """A number as an int, if it is written as one writes it and is not too long for one."""
    return int(text) if _INTEGER.fullmatch(text) else Plain(text, "a number")


def has_half_a_character(text: str) -> bool:
    return _SURROGATE.search(text) is not None


def duplicate_key(first: Position) -> str:
    return f"duplicate key; it is given in line {first.line} already"


def too_deep(file: str, position: Position) -> PolicyError:
    return fatal(file, f"nested more than {MAX_DEPTH} levels deep", position)


def fatal(file: str, message: str, position: Position = Position(1, 1)) -> PolicyError:  # noqa: B008
    """The error of a file of which nothing more can be read."""
    return PolicyError((Problem(file, position, (), message),))
