"""Calls that did not succeed: how they ended, and the role that only the message names."""

from typing import Any

import pytest

from passrole.passes import Outcome, Pass
from passrole.trail import passes_of
from tests.fixtures import record

ROLE = "arn:aws:iam::111122223333:role/admin/break-glass"
NAMED = f"User: u is not authorized to perform: iam:PassRole on resource: {ROLE}"


def ended_with(code: Any, message: Any = None, name: str = "lambda_create_function") -> tuple[Pass, ...]:
    told = record(name) | {"errorCode": code, "errorMessage": message, "responseElements": None}
    return passes_of(told)


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedFault",
        "VpceAccessDenied",
        "Client.UnauthorizedOperation",
        "Client.UnauthorizedAccess",
        "UnauthorizedOperation",
        "UnauthorizedException",
        "NotAuthorized",
        "NotAuthorizedException",
        "AuthorizationError",
        "ForbiddenException",
    ],
)
def test_a_call_that_was_refused_is_denied(code: str) -> None:
    (pass_,) = ended_with(code)
    assert (pass_.outcome, pass_.error_code) == (Outcome.DENIED, code)


@pytest.mark.parametrize(
    "code",
    [
        "Client.DryRunOperation",
        "InvalidParameterValueException",
        "ThrottlingException",
        "AuthFailure.x",
        "\n",
    ],
)
def test_a_call_that_ended_in_another_way_failed(code: str) -> None:
    (pass_,) = ended_with(code)
    assert (pass_.outcome, pass_.error_code) == (Outcome.FAILED, code)


@pytest.mark.parametrize("code", [None, ""])
def test_a_call_without_an_error_code_succeeded(code: Any) -> None:
    (pass_,) = ended_with(code)
    assert (pass_.outcome, pass_.error_code) == (Outcome.SUCCEEDED, None)


def test_a_refusal_of_the_pass_is_a_denial_whatever_code_the_service_gives_it() -> None:
    (pass_,) = ended_with("ValidationError", NAMED)
    assert pass_.outcome is Outcome.DENIED


@pytest.mark.parametrize(
    "ending",
    [
        "",
        " because no identity-based policy allows the iam:PassRole action",
        " because no permissions boundary allows the iam:PassRole action",
        " because no session policy allows the iam:PassRole action",
        " with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/no-admin",
        " with an explicit deny in a service control policy",
        " (Service: Lambda, Status Code: 403)",
        "\nEncoded authorization failure message: 4GIOHlTk",
    ],
)
def test_the_role_is_read_from_the_message_whatever_reason_it_gives(ending: str) -> None:
    (pass_,) = ended_with("AccessDenied", NAMED + ending, "lambda_create_function_denied")
    assert (pass_.path, pass_.role.value, pass_.role.arn) == ("errorMessage", ROLE, ROLE)


@pytest.mark.parametrize(
    "message",
    [
        "Cross-account pass role is not allowed.",
        "You are not authorized to do this. User: u is not authorized to perform: iam:PassRole.",
        "User: u is not authorized to perform: iam:PassRole on the specified resource",
        "The caller has no permission for iam:PassRole",
    ],
)
def test_a_denied_pass_that_names_no_role_is_a_pass_of_an_unknown_role(message: str) -> None:
    (pass_,) = ended_with("AccessDenied", message, "eks_create_pod_identity_association_denied")
    assert (pass_.outcome, pass_.path) == (Outcome.DENIED, "errorMessage")
    assert (pass_.role.value, pass_.role.kind, pass_.role.arn) == (None, None, None)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AccessDenied", "User: u is not authorized to perform: lambda:CreateFunction on resource: *"),
        ("AccessDenied", None),
        ("AccessDenied", {"message": NAMED}),
        ("ValidationError", "The role needs iam:PassRole to be used here"),
        (None, NAMED),
        ({"code": "AccessDenied"}, NAMED),
    ],
)
def test_a_message_that_speaks_of_no_denied_pass_is_none(code: Any, message: Any) -> None:
    assert ended_with(code, message, "eks_create_pod_identity_association_denied") == ()


@pytest.mark.parametrize(
    "value",
    ["*", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:user/dana"],
)
def test_a_message_that_names_something_else_makes_no_role_of_it(value: str) -> None:
    (pass_,) = ended_with("AccessDenied", NAMED.replace(ROLE, value), "lambda_create_function_denied")
    assert pass_.role.value == value
    assert (pass_.role.arn, pass_.role.name) == (None, None)


def test_the_request_counts_before_the_message() -> None:
    (pass_,) = ended_with("AccessDenied", NAMED)
    assert pass_.path == "requestParameters.role"


def test_a_denied_call_with_two_possible_places_leaves_the_place_open() -> None:
    told = record("ecs_register_task_definition")
    told |= {"errorCode": "AccessDenied", "errorMessage": NAMED, "requestParameters": None}

    (pass_,) = passes_of(told)

    assert (pass_.place, pass_.services) == ("role", ("ecs-tasks.amazonaws.com",))
