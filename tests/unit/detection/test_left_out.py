"""What is left out is not judged, whatever rule brings it; refused passes are, wherever they come from."""

from typing import Any

import pytest

from passrole.catalogue.left_out import NOTHING, LeftOut
from passrole.detection.left_out import is_left_out
from tests.fixtures import EVENT_NAMES, record
from tests.unit.samples import ROLE

OF_CALL = LeftOut(calls=frozenset({("lambda.amazonaws.com", "CreateFunction20150331")}))
OF_SOURCE = LeftOut(sources=frozenset({"lambda.amazonaws.com"}))
REFUSED = {
    "errorCode": "AccessDenied",
    "errorMessage": f"User: x is not authorized to perform: iam:PassRole on resource: {ROLE}",
}


@pytest.mark.parametrize("left_out", [OF_CALL, OF_SOURCE])
def test_a_call_that_is_left_out_is_not_judged(left_out: LeftOut) -> None:
    assert is_left_out(record("lambda_create_function"), left_out)


@pytest.mark.parametrize(
    ("name", "of_source"), [("UpdateFunctionConfiguration20150331v2", True), ("CreateNovelty", True)]
)
def test_a_source_leaves_out_all_its_calls_and_a_call_only_itself(name: str, of_source: bool) -> None:
    other = record("lambda_create_function") | {"eventName": name}
    assert is_left_out(other, OF_SOURCE) is of_source
    assert not is_left_out(other, OF_CALL)


def test_the_same_name_at_another_source_is_judged() -> None:
    other = record("lambda_create_function") | {"eventSource": "newservice.amazonaws.com"}
    assert not is_left_out(other, OF_CALL)
    assert not is_left_out(other, OF_SOURCE)


@pytest.mark.parametrize("left_out", [OF_CALL, OF_SOURCE])
def test_a_refused_pass_is_judged_all_the_same(left_out: LeftOut) -> None:
    assert not is_left_out(record("lambda_create_function") | REFUSED, left_out)


def test_a_call_that_was_denied_for_another_reason_is_left_out() -> None:
    denied = {"errorCode": "AccessDenied", "errorMessage": "not authorized to perform: lambda:CreateFunction"}
    assert is_left_out(record("lambda_create_function") | denied, OF_CALL)


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_where_nothing_is_left_out_all_is_judged(name: str) -> None:
    assert not is_left_out(record(name), NOTHING)


@pytest.mark.parametrize("odd", [None, 7, [], {}, ""])
@pytest.mark.parametrize("member", ["eventSource", "eventName"])
def test_a_record_that_names_no_call_is_none_that_is_left_out(member: str, odd: Any) -> None:
    assert not is_left_out(record("lambda_create_function") | {member: odd}, OF_SOURCE)
