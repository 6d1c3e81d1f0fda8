"""Rows as lines of JSON, as they are kept until an audit is done."""

import re
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
        line = _encoded(_cut(row))
    return b'{"identity":"%b",%b\n' % (identity.encode(), line[1:])


def _encoded(row: Row) -> bytes:
    try:
        return _encoder.encode(row)
    except UnicodeEncodeError:  # half of a character
        return _encoder.encode(_whole(row))


def _whole(value: Any) -> Any:
    match value:
        case str():
            return _HALVES.sub("\ufffd", value)
        case list() | tuple():
            return [*map(_whole, value)]
        case dict():
            return {_whole(key): _whole(each) for key, each in value.items()}
    return value


def _cut(value: Any) -> Any:
    match value:
        case str() if len(value) > _LONGEST_TEXT:
            return f"{value[:_LONGEST_TEXT]}…"
        case list() | tuple():
            more = ["…"] if len(value) > _LONGEST_LIST else []
            return [*map(_cut, value[:_LONGEST_LIST]), *more]
        case dict():
            return {_cut(key): _cut(each) for key, each in value.items()}
    return value
