"""YAML and JSON text as plain data that remembers where every key and value stands, for errors that people
can go to.

How each of the two is read stands in ``yaml_document.py`` and ``json_document.py``.
"""

import pathlib
import re
from dataclasses import dataclass, field
from typing import Any

from passrole.policy.errors import Path, PolicyError, Position, Problem

MAX_BYTES = 1_000_000
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


def content_of(path: pathlib.Path) -> bytes:
    """The content of a file, so far as it may be long.

    Raises:
        PolicyError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PolicyError((Problem(str(path), None, (), f"cannot be read: {reason}"),)) from None


def read_document(content: bytes, file: str) -> Document:
    """Reads JSON, or else YAML.

    JSON is no part of the YAML that is read: it may be indented with tabs, for one.

    Raises:
        PolicyError: what cannot be read at all (encoding, size, syntax).
    """
    text = _decode(content, file)
    if text.lstrip()[:1] in ("{", "["):
        from passrole.policy.source.json_document import read_json

        document = read_json(text, file)
        if document is not None:
            return document
    from passrole.policy.source.yaml_document import read_yaml

    return read_yaml(text, file)


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


def _decode(content: bytes, file: str) -> str:
    if len(content) > MAX_BYTES:
        raise fatal(file, f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        position = Position(before.count(b"\n") + 1, column)
        raise fatal(file, "not UTF-8 text; save the file as UTF-8", position) from None
