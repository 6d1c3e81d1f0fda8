"""Policies as JSON: whatever JSON can say is read, with its place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.policy.errors import PolicyError, Position
from passrole.policy.source.document import Document, Plain
from passrole.policy.source.reading import read_document

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


def read(text: str) -> Document:
    return read_document(text.encode(), "p.json")


def plain(value: Any) -> Any:
    """What the reader makes of JSON data."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if value is None:
        return Plain("null", "nothing")
    if isinstance(value, bool):
        return Plain(json.dumps(value), "true or false")
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 10**18):
        return Plain(json.dumps(value), "a number")
    return value


@given(st.lists(JSON) | st.dictionaries(TEXT, JSON), st.sampled_from([None, 2, "\t"]), st.booleans())
def test_all_json_is_read(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    document = read(json.dumps(value, indent=indent, ensure_ascii=ascii_only))

    assert document.data == plain(value)
    assert document.problems == []


def test_keys_and_values_have_their_places() -> None:
    document = read('{\n\t"a": [1,\n {"b": true}]}')

    assert document.keys == {("a",): Position(2, 2), ("a", 1, "b"): Position(3, 3)}
    assert document.values[("a", 0)] == Position(2, 8)
    assert document.values[("a", 1, "b")] == Position(3, 8)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1,\n "a": {"b": 2}}', "p.json:2:2: a: duplicate key; it is given in line 1 already"),
        ('["\\ud800"]', "p.json:1:2: [0]: an escape in this text makes half a character (a lone surrogate)"),
    ],
)
def test_what_is_refused_has_its_place(text: str, problem: str) -> None:
    assert list(map(str, read(text).problems)) == [problem]


def test_what_begins_as_json_can_be_yaml() -> None:
    assert read('{"a": 1, b: [c]}').data == {"a": 1, "b": ["c"]}


@pytest.mark.parametrize(
    "text", ["[" * 100, '{"a":' * 100, "[" * 100 + "]" * 100, '{"a" 1}', "[1, 2", '["\\x"]']
)
def test_what_is_neither_is_an_error(text: str) -> None:
    with pytest.raises(PolicyError, match=r"p\.json:1:"):
        read(text)
