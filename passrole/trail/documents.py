"""JSON text -> CloudTrail records, however they are wrapped; what is broken takes nothing with it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any

Record = dict[str, Any]

EXPECTED = "expected a CloudTrail record, an object with eventSource and eventName"
# A log file holds {"Records": [...]}, an archive of events holds envelopes: nobody wraps deeper than this.
_MOST_WRAPPINGS = 4
# A text that is broken in more places is no log that somebody would want to be read on.
_MOST_BROKEN = 100
INSIGHT = "AwsCloudTrailInsight"  # the type of events that tell a statistic, of no single call
_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
_SPACE = re.compile(r"[ \t\r\n]*")
_LIST = re.compile(r'(?:\{[ \t\r\n]*"Records"[ \t\r\n]*:[ \t\r\n]*)?\[')
_LOOKS_LIKE_RECORDS = re.compile(r'\s*(?:\{\s*"|\[\s*\{\s*")')
_STRUCTURE = re.compile(r'["\[\]{},]')
_STRING_END = re.compile(r'(?:[^"\\]|\\.)*+"', re.DOTALL)
_decoder = json.JSONDecoder()


class Kind(StrEnum):
    """What something is that is no record, as it is counted."""

    BROKEN = "broken records"
    CUT_OFF = "files cut off or damaged"
    DIGEST = "digest files"
    EMPTY = "empty files"
    OTHER = "files without records"
    TOO_LARGE = "files with too long lines"
    UNREADABLE = "unreadable files"


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is no record.

    Attributes:
        why: what is wrong and what is expected.
        damaged: whether it looks like records that were damaged, rather than like another kind of file.
    """

    why: str
    damaged: bool = False
    kind: Kind = Kind.BROKEN


@dataclass(frozen=True, slots=True)
class Item:
    """One thing found in a text; ``number`` counts from 1, and is None where the text is just that."""

    number: int | None
    value: Record | Broken


def items_of(text: str) -> Iterator[Item]:
    """The records in a text, and what is none: a record, an envelope, a list, a log file, or several of them.

    Of a broken text, the records before and beside the broken places are still found.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield from _items_of_broken(text, _reason(error, text))
        return
    if _is_wrapper(value):
        yield from map(Item, count(1), _flattened(value))
    else:
        yield Item(None, _record(value))


def holds_records(text: str) -> bool:
    """Whether a text is whole and holds a record."""
    try:
        return any(isinstance(found, dict) for found in _flattened(json.loads(text)))
    except (ValueError, RecursionError):
        return False


def is_json(text: str) -> bool:
    """Whether a text is one whole JSON value."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def opens_list(text: str) -> bool:
    """Whether a text only begins a list of records, as the first line of many documents does."""
    head = _LIST.match(text, _after_space(text, 0))
    return head is not None and _after_space(text, head.end()) == len(text)


def _items_of_broken(text: str, why: str) -> Iterator[Item]:
    found = list(_salvaged(text))
    whole = Broken(f"not JSON: {why}", damaged=_LOOKS_LIKE_RECORDS.match(text) is not None)
    if not any(isinstance(value, dict) for value in found):
        yield Item(None, whole)
        return
    yield from map(Item, count(1), found)


def _salvaged(text: str) -> Iterator[Record | Broken]:
    """The values of a broken text, one after another, and the elements of the lists among them.

    It goes by the structure alone, so that nothing inside of a record is ever taken for a record of its own.
    """
    at, broken, closing = _after_space(text, 0), 0, ""
    while at < len(text):
        if closing and text[at] == closing[0]:
            closing, at = closing[1:], _after_space(text, at + 1)
            continue
        try:
            value, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            head = None if closing else _LIST.match(text, at)
            if head:
                closing, at = "]}" if text[at] == "{" else "]", _after_space(text, head.end())
                continue
            broken += 1
            yield Broken(f"not JSON: {_reason(error, text)}", damaged=True)
            if broken == _MOST_BROKEN:
                yield Broken(f"broken in more than {_MOST_BROKEN} places; the rest is not read", damaged=True)
                return
            end = max(_end_of_broken(text, at), at + 1)
        else:
            yield from _flattened(value)
        end = _after_space(text, end)
        at = _after_space(text, end + 1) if text[end : end + 1] == "," else end
    if closing:
        yield Broken("not JSON: it ends in the middle (cut off?)", damaged=True)


def _end_of_broken(text: str, at: int) -> int:
    """Where a broken value ends: behind the bracket that closes it, or at what follows."""
    depth = 0
    while (found := _STRUCTURE.search(text, at)) is not None:
        character, at = found[0], found.end()
        if character == '"':
            string = _STRING_END.match(text, at)
            if string is None:
                return len(text)
            at = string.end()
        elif character in "[{":
            depth += 1
        elif depth == 0:
            return found.start()
        elif character in "]}":
            depth -= 1
            if depth == 0:
                return at
    return len(text)


def _is_wrapper(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and isinstance(value.get("Records"), list))


def _flattened(value: Any, depth: int = _MOST_WRAPPINGS) -> Iterator[Record | Broken]:
    if not _is_wrapper(value):
        yield _record(value)
    elif depth == 0:
        yield Broken(f"lists of records nested too deep; {EXPECTED}")
    else:
        for element in value if isinstance(value, list) else value["Records"]:
            yield from _flattened(element, depth - 1)


def _record(value: Any) -> Record | Broken:
    if not isinstance(value, dict):
        return Broken(f"{_kind(value)}; {EXPECTED}")
    if "eventName" in value or "eventSource" in value or value.get("eventType") == INSIGHT:
        return _checked(value)
    if "Records" in value:
        return Broken(f"Records is {_kind(value['Records'])}; expected a list of CloudTrail records")
    if "detail" in value:
        detail = value["detail"]
        found = _checked(detail) if isinstance(detail, dict) else Broken(f"it is {_kind(detail)}")
        if isinstance(found, Broken):
            return Broken(f"the detail of the envelope: {found.why}; {EXPECTED}")
        return found
    if "digestS3Object" in value:
        return Broken("a digest of log files, which holds no records", kind=Kind.DIGEST)
    return Broken(f"an object, but no record; {EXPECTED}")


def _checked(record: Record) -> Record | Broken:
    if record.get("eventType") == INSIGHT:  # a statistic, of no single call
        return record
    for member in ("eventSource", "eventName"):
        given = record.get(member)
        if not isinstance(given, str) or not given:
            state = "missing" if member not in record else "empty" if given == "" else _kind(given)
            return Broken(f"no CloudTrail record: {member} is {state}; expected text")
    return record


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a number")


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _reason(error: Exception, text: str) -> str:
    """Where JSON breaks, in words for a person."""
    if isinstance(error, RecursionError):
        return "nested too deep"
    if not isinstance(error, json.JSONDecodeError):
        # Python refuses numbers of thousands of digits.
        return "a number of too many digits"
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return "it ends in the middle (cut off?)"
    what = error.msg[:1].lower() + error.msg[1:]
    line = f"line {error.lineno} " if "\n" in text.strip() else ""
    return f"{what} at {line}column {error.colno}"
