"""Whatever stands in the record of any call of the catalogue: nothing raises, and no role is made up."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passrole.catalogue import load_catalogue
from passrole.passes import Coverage, Pass
from passrole.trail import passes_of
from tests.unit.catalogue.proofs import covered, record_of, records_of
from tests.unit.trail.told import assert_told

CALLS = covered()
ROLE = "arn:aws:iam::111122223333:role/admin/break-glass"
TEMPTING = (
    ROLE,
    f"{ROLE}\n",
    f"{ROLE}*",
    f"role: {ROLE}, other: {ROLE}",
    "arn:aws:iam::111122223333:instance-profile/web-frontend",
    "arn:aws-cn:iam::444455556666:role/other",
    "arn:aws:iam::*:role/x",
    "***",
    "worker",
    "{}",
    "\ud800",
)
texts = st.sampled_from(TEMPTING) | st.text(max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
some = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*at, key))


@st.composite
def mutated_records(draw: st.DrawFn) -> Any:
    """A record of any call, in which a value or two are replaced by any value, or wrapped, or taken out."""
    told = copy.deepcopy(draw(st.sampled_from(records_of(draw(st.sampled_from(CALLS))))))
    for _ in range(draw(st.integers(1, 2))):
        ways = list(places(told["requestParameters"], ("requestParameters",)))
        *way, last = draw(st.sampled_from(ways))
        parent: Any = told
        for key in way:
            parent = parent[key]
        old = parent[last]
        parent[last] = draw(values | st.sampled_from([[old], {"items": [old]}, {"": old}, [old, old], {}]))
    return told


@some
@given(mutated_records())
def test_any_value_anywhere_in_a_request_does_not_raise_and_makes_up_no_role(told: Any) -> None:
    found = passes_of(told)
    for pass_ in found:
        assert_told(pass_, told)
        assert Pass.from_json(json.loads(json.dumps(pass_.to_json()))) == pass_
    assert len({pass_.id for pass_ in found}) == len(found)


@some
@given(st.sampled_from(CALLS), values, values)
def test_any_request_and_any_response_of_any_call_is_read(call: Any, request: Any, response: Any) -> None:
    told = record_of(call, call.names[0], request) | {"responseElements": response}
    for pass_ in passes_of(told):
        assert_told(pass_, told)


@some
@given(st.dictionaries(texts, values, max_size=6), texts, texts)
def test_any_call_that_no_row_knows_is_read(request: dict[str, Any], source: str, name: str) -> None:
    told = {"eventSource": source, "eventName": name, "requestParameters": request}
    for pass_ in passes_of(told):
        assert_told(pass_, told)
        assert pass_.coverage is Coverage.UNCATALOGUED
        assert pass_.role.arn is not None


def nested(depth: int) -> Any:
    value: Any = ROLE
    for _ in range(depth):
        value = {"role": [value]}
    return value


@pytest.mark.parametrize("depth", [100, 1_000, 50_000])
def test_a_request_nested_at_will_does_not_raise_for_any_call(depth: int) -> None:
    deep = nested(depth)
    for call in CALLS:
        for place in call.roles:
            head = place.paths[0].partition(".")[0].partition("[")[0]
            passes_of(record_of(call, call.names[0], {head: deep}))


def test_a_request_of_256_kb_is_read_for_each_way_of_naming_roles() -> None:
    """Long lists, long texts and wide maps, where a row looks for roles."""
    kinds = {
        (place.kind, "[]" in place.paths[0], "*" in place.paths[0]): call
        for call in CALLS
        for place in call.roles
    }
    for call in kinds.values():
        for told in records_of(call):
            wide = told["requestParameters"] | {f"key{number}": "x" * 250 for number in range(1000)}
            few = {key: wide[key] for key in list(wide)[:20]}
            long = {key: value * 4000 if isinstance(value, str) else value for key, value in few.items()}
            assert {p.path for p in passes_of(told)} == {
                p.path for p in passes_of(told | {"requestParameters": wide})
            }
            passes_of(told | {"requestParameters": long})


def test_the_catalogue_in_use_is_the_one_of_the_rows() -> None:
    for call in CALLS:
        assert load_catalogue().call_of(call.source, call.names[0]) == call
