"""Whatever stands in a record: nothing raises, and no role is made up."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.arn import parse_role_arn
from passrole.clock import parse_time
from passrole.passes import Pass, PassedRole
from passrole.trail import EnvelopeError, passes_of, record_in
from tests.fixtures import EVENT_NAMES, event, record

ACCOUNT = "111122223333"
RECORDS = {name: record(name) for name in EVENT_NAMES}
TEMPTING = (
    "arn:aws:iam::111122223333:role/admin/break-glass",
    "arn:aws:iam::111122223333:instance-profile/web-frontend",
    "arn:aws:iam::444455556666:role/other",
    "User: u is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/x",
    "is not authorized to perform: iam:PassRole on resource: \ud800",
    "Cross-account pass role is not allowed.",
    "AccessDenied",
    "HIDDEN_DUE_TO_SECURITY_REASONS",
    "0001-01-01T00:00:00Z",
    "{}",
)
MEMBERS = (
    "role",
    "Role",
    "roleArn",
    "arn",
    "name",
    "items",
    "iamInstanceProfile",
    "instanceId",
    "functionArn",
)
texts = st.sampled_from(TEMPTING) | st.text(max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS) | texts, inner, max_size=4)
    ),
    max_leaves=12,
)


def places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a record."""
    yield at
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*at, key))


PLACES = {name: tuple(places(told)) for name, told in RECORDS.items()}


@st.composite
def mutated_records(draw: st.DrawFn) -> Any:
    """A recorded event in which up to three values are replaced by any value, or taken out."""
    name = draw(st.sampled_from(EVENT_NAMES))
    told = copy.deepcopy(RECORDS[name])
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(PLACES[name][1:]))
        parent: Any = told
        for key in way:
            parent = parent[key] if isinstance(parent, (dict, list)) and has(parent, key) else None
        if isinstance(parent, (dict, list)) and has(parent, last):
            if isinstance(parent, dict) and draw(st.booleans()):
                del parent[last]
            else:
                parent[last] = draw(values)
    return told


def has(node: dict[Any, Any] | list[Any], key: Any) -> bool:
    if isinstance(node, dict):
        return key in node
    return isinstance(key, int) and key < len(node)


def at(told: Any, path: str) -> Any:
    """The value at a pass's path, found without the code under test."""
    for part in path.split("."):
        told = told[int(part)] if isinstance(told, list) else told[part]
    return told


def assert_told(pass_: Pass, told: Any) -> None:
    """The role stands in the record where the pass says, and what was made of it is of that text."""
    if pass_.path == "requestParameters":  # they could not be read
        assert pass_.role == PassedRole(None, None, None, None)
        return
    stands = at(told, pass_.path)
    assert isinstance(stands, str)
    role = pass_.role
    if role.value is None:
        assert (role.arn, role.name) == (None, None)
    elif pass_.path == "errorMessage":
        assert role.value in stands
    else:
        assert role.value == stands
    if role.arn is not None:
        assert role.arn == role.value
        parsed = parse_role_arn(role.arn)
        assert parsed is not None
        assert parsed.name == role.name
    elif role.name is not None:
        assert role.name == role.value
    if pass_.event_time is not None:
        parse_time(pass_.event_time)
    json.dumps(pass_.to_json())


@given(values)
def test_any_value_as_a_record_does_not_raise(told: Any) -> None:
    for pass_ in passes_of(told):
        assert_told(pass_, told)


@settings(max_examples=400)
@given(mutated_records())
def test_any_value_anywhere_in_a_record_does_not_raise_and_makes_up_no_role(told: Any) -> None:
    for pass_ in passes_of(told):
        assert_told(pass_, told)


@given(mutated_records())
def test_passes_of_one_record_differ_in_their_identity(told: Any) -> None:
    ids = [pass_.id for pass_ in passes_of(told)]
    assert len(set(ids)) == len(ids)


@given(mutated_records(), values, values)
def test_any_envelope_is_read_or_refused(told: Any, source: Any, account: Any) -> None:
    envelope = event("lambda_create_function") | {"source": source, "account": account, "detail": told}
    try:
        read = record_in(json.dumps(envelope), ACCOUNT)
    except EnvelopeError:
        return
    assert source.startswith("aws.")
    assert account == read.get("recipientAccountId", ACCOUNT) == ACCOUNT


@given(st.text(max_size=200) | values.map(json.dumps))
def test_any_text_as_an_event_is_refused(body: str) -> None:
    try:
        record_in(body, ACCOUNT)
    except EnvelopeError:
        return
    raise AssertionError("an event without a source was taken")


@given(mutated_records())
def test_what_a_pass_carries_can_be_written_down_as_utf_8(told: Any) -> None:
    envelope = event("lambda_create_function") | {"detail": told | {"recipientAccountId": ACCOUNT}}
    for pass_ in passes_of(record_in(json.dumps(envelope), ACCOUNT)):
        json.dumps(pass_.to_json(), ensure_ascii=False).encode("utf-8")
