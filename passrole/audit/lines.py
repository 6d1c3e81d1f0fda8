"""Rows as lines of JSON, as they are kept until an audit is done."""

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec

from passrole.audit.row import Row

# No real pass comes near this; the store takes no longer rows than twice that.
_LONGEST_ROW = 4 << 20  # bytes
_LONGEST_TEXT, _LONGEST_LIST = 1_000, 100
_HALVES = re.compile("[\ud800-\udfff]")
_encoder = msgspec.json.Encoder()


def line_of(row: Row) -> bytes:
    """A row as a line of JSON, with its identity.

    In place of halves of characters, which no UTF-8 text can hold, stands the character for that, U+FFFD.

    Of a row that is longer than any real one, long texts and lists are cut, and end in an ellipsis.
    """
    line = _encoded(row)
    identity = blake2b(line, digest_size=16).hexdigest()
    if len(line) > _LONGEST_ROW:
        line = _encoded(_rewritten(row, _cut, _LONGEST_LIST))
    return b'{"identity":"%b",%b\n' % (identity.encode(), line[1:])


def _encoded(row: Row) -> bytes:
    try:
        return _encoder.encode(row)
    except UnicodeEncodeError:  # half of a character
        return _encoder.encode(_rewritten(row, _whole))


def _whole(text: str) -> str:
    return _HALVES.sub("\ufffd", text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def _rewritten(value: Any, text: Callable[[str], str], longest: int | None = None) -> Any:
    """The value with each of its texts as ``text`` has it, and no list longer than ``longest``."""
    match value:
        case str():
            return text(value)
        case list() | tuple():
            kept = [_rewritten(each, text, longest) for each in value[:longest]]
            return kept if len(kept) == len(value) else [*kept, "…"]
        case dict():
            return {text(key): _rewritten(each, text, longest) for key, each in value.items()}
    return value
