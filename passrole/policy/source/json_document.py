"""JSON text as a `Document`. Source: RFC 8259."""

import re
from bisect import bisect_right
from json import JSONDecodeError, JSONDecoder
from typing import Any

from passrole.policy.errors import Path, Position, Problem
from passrole.policy.source.document import (
    HALF_A_CHARACTER,
    MAX_DEPTH,
    Document,
    Plain,
    duplicate_key,
    has_half_a_character,
    integer,
    too_deep,
)
from passrole.policy.text import printable

_DECODER = JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERALS = {
    "true": Plain("true", "true or false"),
    "false": Plain("false", "true or false"),
    "null": Plain("null", "nothing"),
}


class _NotJsonError(Exception):
    """The text is no JSON."""


def read_json(text: str, file: str) -> Document | None:
    """Reads JSON; None if the text is none: it may be YAML, which can begin as JSON does.

    Raises:
        PolicyError: nested too deep.
    """
    reader = _Reader(text, Document(file))
    try:
        reader.document.data = reader.value((), 0)
        reader.end()
    except (_NotJsonError, JSONDecodeError):
        return None
    return reader.document


class _Reader:
    """Reads one value after the other."""

    def __init__(self, text: str, document: Document) -> None:
        self.document = document
        self._text = text
        self._at = 0
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def value(self, path: Path, depth: int) -> Any:
        """The value that comes next, noted as the one at ``path``."""
        sign = self._peek()
        position = self._position()
        self.document.values.setdefault(path, position)
        if sign in "{[":
            if depth >= MAX_DEPTH:
                raise too_deep(self.document.file, position)
            self._at += 1
            return self._mapping(path, depth) if sign == "{" else self._list(path, depth)
        if sign == '"':
            text = self._string()
            if has_half_a_character(text):
                self._refuse(path, position, HALF_A_CHARACTER)
                return printable(text)
            return text
        return self._scalar()

    def end(self) -> None:
        """Makes sure that nothing comes any more."""
        if self._peek(or_end=True):
            raise _NotJsonError

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        if self._skips("}"):
            return mapping
        while True:
            if self._peek() != '"':
                raise _NotJsonError
            position = self._position()
            key = self._string()
            if not self._skips(":"):
                raise _NotJsonError
            here = (*path, key)
            if has_half_a_character(key):
                here = (*path, printable(key))
                self._refuse(here, position, HALF_A_CHARACTER)
            if here in self.document.keys:
                self._refuse_key(here, position)
                # Below a duplicate key: kept apart from the first one's places.
                dropped = (*path, "(duplicate)")
                self.document.refused.add(dropped)
                self.value(dropped, depth + 1)
            else:
                self.document.keys[here] = position
                mapping[str(here[-1])] = self.value(here, depth + 1)
            if self._skips("}"):
                return mapping
            if not self._skips(","):
                raise _NotJsonError

    def _list(self, path: Path, depth: int) -> list[Any]:
        items: list[Any] = []
        if self._skips("]"):
            return items
        while True:
            items.append(self.value((*path, len(items)), depth + 1))
            if self._skips("]"):
                return items
            if not self._skips(","):
                raise _NotJsonError

    def _string(self) -> str:
        text, self._at = _DECODER.raw_decode(self._text, self._at)
        return str(text)

    def _scalar(self) -> int | Plain:
        for word, plain in _LITERALS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return plain
        found = _NUMBER.match(self._text, self._at)
        if found is None:
            raise _NotJsonError
        self._at = found.end()
        return integer(found[0])

    def _refuse(self, path: Path, position: Position, message: str) -> None:
        self.document.refused.add(path)
        self.document.problems.append(Problem(self.document.file, position, path, message))

    def _refuse_key(self, path: Path, position: Position) -> None:
        message = duplicate_key(self.document.keys[path])
        self.document.problems.append(Problem(self.document.file, position, path, message))

    def _skips(self, sign: str) -> bool:
        """Goes behind ``sign``, if it comes next."""
        if self._peek() != sign:
            return False
        self._at += 1
        return True

    def _peek(self, or_end: bool = False) -> str:
        """The character that comes next, behind spaces."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        if self._at == len(self._text) and not or_end:
            raise _NotJsonError
        return self._text[self._at : self._at + 1]

    def _position(self) -> Position:
        line = bisect_right(self._lines, self._at)
        return Position(line, self._at - self._lines[line - 1] + 1)
