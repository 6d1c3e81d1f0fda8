"""Calls that the catalogue does not know: AWS makes new ones, and they must show themselves."""

from typing import Any

import pytest

from passrole.passes import Coverage, Direction, Outcome, Pass
from passrole.trail import passes_of
from tests.fixtures import record

ROLE = "arn:aws:iam::111122223333:role/application_role/orders-worker"


def passes(request: Any, **fields: Any) -> tuple[Pass, ...]:
    told = record("lambda_create_function") | {
        "eventSource": "newservice.amazonaws.com",
        "eventName": "CreateNovelty",
        "requestParameters": request,
        "responseElements": None,
    }
    return passes_of(told | fields)


@pytest.mark.parametrize(
    "member",
    ["role", "Role", "roleArn", "RoleArn", "roleARN", "executionRoleArn", "serviceRole", "IamRoleArn"],
)
def test_a_role_in_a_member_named_like_one_is_an_uncatalogued_pass(member: str) -> None:
    (pass_,) = passes({"name": "x", member: ROLE})
    assert pass_.coverage is Coverage.UNCATALOGUED
    assert pass_.role.arn == ROLE
    assert pass_.path == f"requestParameters.{member}"
    assert (pass_.services, pass_.resources, pass_.resource_type) == ((), (), None)
    assert pass_.direction is Direction.PASSES


def test_several_roles_are_several_passes() -> None:
    assert {p.path for p in passes({"role": ROLE, "executionRoleArn": ROLE})} == {
        "requestParameters.role",
        "requestParameters.executionRoleArn",
    }


@pytest.mark.parametrize(
    "request_parameters",
    [
        None,
        "role",
        {},
        {"role": "a-name"},
        {"role": None},
        {"role": {"arn": ROLE}},
        {"role": [ROLE]},
        {"config": {"role": ROLE}},
        {"principal": ROLE},
        {"role": ROLE + "\n"},
        {"role": "arn:aws:iam::111122223333:instance-profile/x"},
    ],
)
def test_nothing_else_is_one(request_parameters: Any) -> None:
    assert passes(request_parameters) == ()


def test_a_call_that_only_reads_passes_none() -> None:
    assert passes({"role": ROLE}, readOnly=True) == ()
    assert len(passes({"role": ROLE}, readOnly="true")) == 1


@pytest.mark.parametrize("source", ["iam.amazonaws.com", "sts.amazonaws.com"])
def test_calls_that_manage_or_assume_roles_pass_none(source: str) -> None:
    assert passes({"roleArn": ROLE}, eventSource=source, eventName="AssumeRole") == ()


def test_an_echo_in_the_response_is_none() -> None:
    assert passes({}, responseElements={"role": ROLE}) == ()


def test_a_denied_attempt_is_known_by_its_message() -> None:
    message = f"User: u is not authorized to perform: iam:PassRole on resource: {ROLE}"
    (pass_,) = passes(None, errorCode="AccessDeniedException", errorMessage=message)
    assert (pass_.outcome, pass_.role.arn, pass_.coverage) == (Outcome.DENIED, ROLE, Coverage.COVERED)


def test_a_call_that_failed_is_an_attempt_too() -> None:
    (pass_,) = passes({"role": ROLE}, errorCode="ValidationException")
    assert (pass_.outcome, pass_.coverage) == (Outcome.FAILED, Coverage.UNCATALOGUED)
