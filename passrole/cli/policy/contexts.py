"""Contexts as people write them: JSON objects of condition keys, one or many."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import click

from passrole.cli.errors import InputError
from passrole.cli.terminal import safe
from passrole.language import FlatContext

_SPACE = re.compile(r"[ \t\r\n]*")
_KINDS = {list: "a list", str: "text or a number", bool: "true or false", type(None): "null"}


@dataclass(frozen=True, slots=True)
class PlacedContext:
    """A context, and the file and line that it begins in."""

    place: str
    context: FlatContext


class _IncompleteError(Exception):
    """``text`` ends within a value, which begins at ``begin``."""

    def __init__(self, text: str, begin: int) -> None:
        super().__init__(text)
        self.text = text
        self.begin = begin


def contexts_in(name: str) -> Iterator[PlacedContext]:
    """The contexts in a file (``-`` is the standard input): objects one after the other, or JSON lines.

    Each is told as soon as it is read.

    Raises:
        InputError: the file cannot be read, a context is none, or there is none.
    """
    none = True
    called = "standard input" if name == "-" else name
    with _opened(name) as lines:
        for placed in _read(lines, called):
            none = False
            yield placed
    if none:
        raise InputError(f"{safe(called)}: empty; expected a JSON object of condition keys")


def _read(lines: IO[Any], name: str) -> Iterator[PlacedContext]:
    numbered = enumerate(lines, 1)
    for number, line in numbered:
        text = _decoded(line, name, number)
        try:
            yield from _contexts(text, name, number)
        except _IncompleteError as incomplete:
            # An object over several lines. What comes after it is read at once.
            first = number + text.count("\n", 0, incomplete.begin)
            rest = (_decoded(more, name, at) for at, more in numbered)
            try:
                yield from _contexts(text[incomplete.begin :] + "".join(rest), name, first)
            except _IncompleteError as error:
                first += error.text.count("\n", 0, error.begin)
                message = "not JSON: what begins here does not end"
                raise InputError(f"{safe(name)}:{first}: {message}") from None


def _opened(name: str) -> IO[Any]:
    try:
        return click.open_file(name, "rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{safe(name)}: cannot be read: {reason}") from None


def _decoded(line: bytes, name: str, number: int) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{safe(name)}:{number}: not UTF-8 text") from None


def _contexts(text: str, name: str, first: int) -> Iterator[PlacedContext]:
    """The contexts in ``text``, whose first line has the number ``first``."""
    end = _after_space(text, 0)
    while end < len(text):
        begin, number = end, first + text.count("\n", 0, end)
        try:
            values, end = _DECODER.raw_decode(text, begin)
            if not isinstance(values, dict):
                raise ValueError(f"expected an object of condition keys, found {_KINDS[type(values)]}")
            context = FlatContext(values)
        except json.JSONDecodeError as error:
            if error.pos >= len(text.rstrip()):
                raise _IncompleteError(text, begin) from None
            raise _not_json(name, first, error) from None
        except RecursionError:
            raise InputError(f"{safe(name)}:{number}: nested too deep; a context is flat") from None
        except ValueError as error:
            raise InputError(f"{safe(name)}:{number}: {safe(error)}") from None
        yield PlacedContext(f"{name}:{number}", context)
        end = _after_space(text, end)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"{twice} is given twice")
    return values


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _not_json(name: str, first: int, error: json.JSONDecodeError) -> InputError:
    place = f"{safe(name)}:{first + error.lineno - 1}"
    return InputError(f"{place}: not JSON: {error.msg} (column {error.colno})")


# Numbers count as their texts, just as they are written.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_mapping, parse_int=str, parse_float=str, parse_constant=_no_number
)
