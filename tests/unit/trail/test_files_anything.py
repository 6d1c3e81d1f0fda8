"""Whatever bytes a file has: reading never raises, and a good record is never lost beside a bad one."""

import gzip
import io
import json
import zlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.trail import passes_of
from passrole.trail.documents import items_of
from passrole.trail.files import RecordFiles
from tests.unit.samples import create_function_record

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
_members = st.sampled_from(
    ["Records", "detail", "eventName", "eventSource", "eventType", "userIdentity", "x"]
)
_nearly_records = st.dictionaries(_members, _json | st.lists(_json, max_size=3), max_size=5)
_records = st.builds(
    lambda number, text: create_function_record(eventID=f"event-{number}", userAgent=text),
    st.integers(0, 10**6),
    st.text(max_size=20),
)

# A busy machine is no failure.
calm = settings(max_examples=150, deadline=None)


def read(content: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    problems: list[str] = []
    files = RecordFiles(problems.append, io.BytesIO(content))
    return [record for _, record in files.read(["-"])], problems


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


_garbage = (
    st.binary(min_size=1, max_size=40)
    .map(lambda content: content.replace(b"\n", b"."))
    .filter(lambda line: line.strip() and not _is_json(line) and not line.startswith(b"\x1f\x8b"))
)
_pieces = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b",",
        b":",
        b"\\",
        b"1",
        b" ",
        b'{"Records":[',
        b'"eventName"',
        b"\x1f\x8b",
    ]
)
_brackets = (
    st.lists(_pieces, min_size=1, max_size=12)
    .map(b"".join)
    .filter(lambda line: line.strip() and not _is_json(line) and not line.startswith(b"\x1f\x8b"))
)


@calm
@given(st.binary(max_size=300) | st.lists(_pieces, max_size=40).map(b"".join))
def test_random_bytes_never_raise_and_are_never_passed_over_in_silence(content: bytes) -> None:
    records, problems = read(content)

    if not records and not content.strip().startswith((b"[", b"{")):
        assert problems
    assert all("\n" not in line for line in problems)


@calm
@given(_json | _nearly_records)
def test_any_json_is_either_records_or_a_problem(value: Any) -> None:
    records, _ = read(json.dumps(value).encode())

    for record in records:
        passes_of(record)


@calm
@given(st.lists(_records | _garbage | _brackets, min_size=1, max_size=8))
def test_no_line_is_lost_beside_broken_lines(rows: list[Any]) -> None:
    lines = [json.dumps(row).encode() if isinstance(row, dict) else row for row in rows]

    records, problems = read(b"\n".join(lines))

    assert records == [row for row in rows if isinstance(row, dict)]
    assert bool(problems) == any(isinstance(row, bytes) for row in rows)


@calm
@given(st.lists(_records, min_size=1, max_size=4), st.data(), st.sampled_from([None, 2]))
def test_the_records_before_a_cut_are_kept(
    records: list[Any], data: st.DataObject, indent: int | None
) -> None:
    whole = json.dumps({"Records": records}, indent=indent).encode()
    cut = data.draw(st.integers(1, len(whole) - 1))

    found, problems = read(whole[:cut])

    ends, text = [], json.dumps({"Records": records}, indent=indent)
    at = text.index("[") + 1
    for _ in records:
        at += len(text[at:]) - len(text[at:].lstrip(" ,\n"))
        at = json.JSONDecoder().raw_decode(text, at)[1]
        ends.append(at)
    assert found == records[: sum(end <= cut for end in ends)]
    assert problems


@calm
@given(st.lists(_records | _json.filter(lambda v: not isinstance(v, dict | list)), min_size=1, max_size=6))
def test_no_element_of_a_list_is_lost_beside_others_that_are_no_records(elements: list[Any]) -> None:
    found, problems = read(json.dumps(elements).encode())

    assert found == [element for element in elements if isinstance(element, dict)]
    assert len(problems) == len(elements) - len(found)


@calm
@given(st.lists(_records, min_size=1, max_size=5), st.data())
def test_a_cut_off_archive_gives_what_it_has_and_says_so(records: list[Any], data: st.DataObject) -> None:
    whole = gzip.compress("".join(json.dumps(record) + "\n" for record in records).encode())
    cut = data.draw(st.integers(2, len(whole) - 1))

    found, problems = read(whole[:cut])

    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    complete = member.decompress(whole[:cut]).count(b"\n")
    assert found[:complete] == records[:complete]
    assert problems


@calm
@given(_records, st.data())
def test_a_record_with_any_byte_changed_never_raises(record: Any, data: st.DataObject) -> None:
    text = bytearray(json.dumps(record).encode())
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] = data.draw(st.integers(0, 255))

    records, _ = read(bytes(text) + b"\n" + json.dumps(record).encode())

    assert record in records
    for found in records:
        passes_of(found)


@calm
@given(st.text(max_size=200))
def test_any_text_ends(text: str) -> None:
    list(items_of(text))
