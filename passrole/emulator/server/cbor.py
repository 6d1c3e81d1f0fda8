"""CBOR, which some clients speak with CloudWatch: a stand-in for `cbor2`, which is not installed here.

Reads with botocore's parser and writes what answers of MiniStack hold. Put in place as a module, not
installed: functions that run here see the environment's packages, and are to miss what their bundles miss.
"""

import struct
import sys
from dataclasses import dataclass
from typing import Any

from botocore.parsers import ResponseParserError, RpcV2CBORParser

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)
_SIMPLE = {False: b"\xf4", True: b"\xf5", None: b"\xf6"}
_DOUBLE = b"\xfb"
_SIZES = ((1 << 8, 24, ">B"), (1 << 16, 25, ">H"), (1 << 32, 26, ">I"), (1 << 64, 27, ">Q"))


@dataclass(frozen=True, slots=True)
class CBORTag:
    """A value with a tag; 1 makes a time of seconds since 1970."""

    tag: int
    value: Any


def install() -> None:
    """Be the module `cbor2` for whoever imports it in this process."""
    sys.modules["cbor2"] = sys.modules[__name__]


def loads(document: bytes) -> Any:
    """The value in a document; a time is a `datetime`.

    Raises:
        ValueError: it is no CBOR, or has what the protocol does not use.
    """
    parser: Any = RpcV2CBORParser()
    try:
        return parser.parse_data_item(parser.get_peekable_stream_from_bytes(document))
    except (ResponseParserError, MemoryError, OverflowError) as error:  # a length can be any number
        raise ValueError(f"not CBOR: {error}") from error


def dumps(value: Any) -> bytes:
    """The document of a value of JSON's types, bytes and tags.

    Raises:
        TypeError: it holds something else.
    """
    if value is None or isinstance(value, bool):
        return _SIMPLE[value]
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, float):
        return _DOUBLE + struct.pack(">d", value)
    if isinstance(value, str):
        text = value.encode()
        return _head(_TEXT, len(text)) + text
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, list | tuple):
        return _head(_ARRAY, len(value)) + b"".join(map(dumps, value))
    if isinstance(value, dict):
        return _head(_MAP, len(value)) + b"".join(dumps(key) + dumps(item) for key, item in value.items())
    if isinstance(value, CBORTag):
        return _head(_TAG, value.tag) + dumps(value.value)
    raise TypeError(f"{type(value).__name__} cannot be written as CBOR")


def _head(kind: int, size: int) -> bytes:
    """The first bytes of an item: its kind, and its size or value."""
    if size < 24:
        return bytes([kind << 5 | size])
    for limit, mark, layout in _SIZES:
        if size < limit:
            return bytes([kind << 5 | mark]) + struct.pack(layout, size)
    raise TypeError(f"{size} is too large for CBOR")
