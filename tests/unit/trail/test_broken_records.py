"""Records that are not as they should be: no pass is invented, none is lost, and nothing raises."""

import json
from typing import Any

import pytest

from passrole.clock import parse_time
from passrole.passes import Coverage, PassedRole, RoleKind
from passrole.trail import passes_of
from tests.fixtures import record

ROLE = "arn:aws:iam::111122223333:role/application_role/orders-worker"


def created_with(role: Any) -> dict[str, Any]:
    told = record("lambda_create_function")
    told["requestParameters"]["role"] = role
    return told


@pytest.mark.parametrize(
    "told", [None, "text", 7, 1.5, True, [], [{}], {}, {"eventSource": "lambda.amazonaws.com"}]
)
def test_what_is_no_record_holds_no_pass(told: Any) -> None:
    assert passes_of(told) == ()


@pytest.mark.parametrize("member", ["eventSource", "eventName"])
@pytest.mark.parametrize("value", [None, "", 7, [], {}])
def test_a_record_that_names_no_call_holds_no_pass(member: str, value: Any) -> None:
    assert passes_of(record("lambda_create_function") | {member: value}) == ()


def test_a_call_of_another_service_by_the_same_name_is_not_taken_for_the_one_that_is_known() -> None:
    told = record("lambda_create_function") | {"eventSource": "unknown.amazonaws.com"}
    (pass_,) = passes_of(told)
    assert (pass_.coverage, pass_.services, pass_.resources) == (Coverage.UNCATALOGUED, (), ())
    told["requestParameters"]["role"] = "a-name"
    assert passes_of(told) == ()


# CloudTrail leaves out parameters of more than 100 KB and says so: "CloudTrail record contents".
@pytest.mark.parametrize(
    "parameters",
    [
        None,
        "",
        json.dumps({"role": ROLE}),
        7,
        True,
        [],
        [{"role": ROLE}],
        {"omitted": True, "reason": "size"},
    ],
)
def test_a_call_whose_request_cannot_be_read_is_a_pass_of_a_role_that_is_not_shown(parameters: Any) -> None:
    told = record("lambda_create_function") | {"requestParameters": parameters}
    (pass_,) = passes_of(told, include_unseen=True)
    assert pass_.role == PassedRole(None, None, None, None)
    assert (pass_.path, pass_.place) == ("requestParameters", "execution role")


@pytest.mark.parametrize("parameters", [None, "", {"omitted": True}])
def test_a_failed_call_whose_request_cannot_be_read_is_none(parameters: Any) -> None:
    failed = {"requestParameters": parameters, "errorCode": "InvalidParameterValueException"}
    assert passes_of(record("lambda_create_function") | failed, include_unseen=True) == ()


def test_a_call_that_needs_no_role_passes_none_where_its_request_is_not_there() -> None:
    told = record("lambda_update_function_role") | {"requestParameters": None}
    assert passes_of(told, include_unseen=True) == ()


@pytest.mark.parametrize("parameters", [None, "", []])
def test_what_is_only_read_from_files_names_no_role_that_is_not_there(parameters: Any) -> None:
    assert passes_of(record("lambda_create_function") | {"requestParameters": parameters}) == ()


def test_a_request_that_can_be_read_and_names_no_role_is_none() -> None:
    assert passes_of(record("lambda_create_function") | {"requestParameters": {}}) == ()


def test_a_role_that_the_answer_shows_needs_no_request() -> None:
    told = record("ec2_run_instances_by_launch_template") | {"requestParameters": None}
    (pass_,) = passes_of(told)
    assert pass_.path.startswith("responseElements.")


@pytest.mark.parametrize("role", [None, "", 7, True, [], {}, [ROLE], {"arn": ROLE}])
def test_a_role_that_is_no_text_is_none(role: Any) -> None:
    assert passes_of(created_with(role)) == ()


@pytest.mark.parametrize("mark", ["HIDDEN_DUE_TO_SECURITY_REASONS", "***", "<sensitiveDataRemoved>"])
def test_a_redacted_role_is_a_pass_of_a_role_that_the_record_does_not_show(mark: str) -> None:
    (pass_,) = passes_of(created_with(mark))
    assert pass_.role == PassedRole(None, RoleKind.ROLE_ARN, None, None)
    assert pass_.path == "requestParameters.role"


@pytest.mark.parametrize(
    "value",
    [
        ROLE + "\n",
        " " + ROLE,
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::111122223333:role/a b",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::*:role/orders",
        "arn:aws:iam::12345:role/orders",
        "arn:aws:iam::aws:role/orders",
        "arn:aws:sts::111122223333:assumed-role/orders/session",
        "arn:aws:iam::111122223333:instance-profile/orders",
        "arn:aws:iam::111122223333:role/órders",
        "orders-worker",
        "<script>alert(1)</script>",
    ],
)
def test_a_text_that_is_no_role_arn_is_shown_as_it_is_and_names_no_role(value: str) -> None:
    (pass_,) = passes_of(created_with(value))
    assert pass_.role == PassedRole(value, RoleKind.ROLE_ARN, None, None)


@pytest.mark.parametrize(
    "profile", ["web*", "web frontend", "web\n", "../web", "arn:aws:iam::1:instance-profile/web", ROLE]
)
def test_a_text_that_is_no_instance_profile_is_shown_as_it_is(profile: str) -> None:
    told = record("ec2_run_instances_by_profile_name")
    told["requestParameters"]["iamInstanceProfile"]["name"] = profile

    (pass_,) = passes_of(told)

    assert pass_.role == PassedRole(profile, RoleKind.INSTANCE_PROFILE_ARN_OR_NAME, None, None)


def test_a_role_of_another_account_is_named_as_such() -> None:
    other = "arn:aws:iam::444455556666:role/orders"
    (pass_,) = passes_of(created_with(other))
    assert (pass_.role.arn, pass_.account) == (other, "111122223333")


def test_a_text_that_is_too_long_for_any_role_is_not_carried_along() -> None:
    """A failed call's record may hold 100 KB where the role should be: no ledger or alert has room for it."""
    (pass_,) = passes_of(created_with(ROLE + "x" * 100_000))
    assert pass_.role == PassedRole(None, RoleKind.ROLE_ARN, None, None)


def test_a_record_of_256_kb_is_read() -> None:
    told = record("lambda_create_function")
    told["requestParameters"]["tags"] = {f"tag-{n}": "x" * 256 for n in range(1000)}

    (pass_,) = passes_of(told)

    assert pass_.role.value == ROLE


def test_a_role_that_stands_deeper_than_the_call_has_it_is_none() -> None:
    told = created_with({"role": {"role": ROLE}})
    told["requestParameters"]["code"] = {"role": ROLE, "requestParameters": {"role": ROLE}}
    assert passes_of(told) == ()


def nested(depth: int) -> Any:
    value: Any = ROLE
    for _ in range(depth):
        value = {"role": [value]}
    return value


@pytest.mark.parametrize(
    "member", ["requestParameters", "responseElements", "userIdentity", "eventID", "tags"]
)
def test_a_record_nested_deeper_than_python_recurses_does_not_raise(member: str) -> None:
    told = created_with(ROLE) | {member: nested(50_000)}
    assert len(passes_of(told)) == (0 if member == "requestParameters" else 1)


@pytest.mark.parametrize("event_id", [None, "", 7, {}])
def test_a_record_without_an_id_has_one_that_equal_records_share(event_id: Any) -> None:
    told = record("lambda_create_function") | {"eventID": event_id}
    (first,), (again,) = passes_of(told), passes_of(json.loads(json.dumps(told)))
    (other,) = passes_of(told | {"eventTime": "2026-11-22T09:14:04Z"})
    assert first.id == again.id
    assert first.id != other.id


def test_a_record_without_an_id_that_nothing_can_write_down_has_an_id_all_the_same() -> None:
    told = record("lambda_create_function") | {"eventID": None, "tags": nested(50_000)}
    (first,), (again,) = passes_of(told), passes_of(dict(told))
    (other,) = passes_of(told | {"requestID": "another"})
    assert first.id == again.id
    assert first.id != other.id


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("2026-11-22T09:14:03Z", "2026-11-22T09:14:03Z"),
        ("2026-11-22T10:14:03+01:00", "2026-11-22T09:14:03Z"),
        ("2026-11-22 09:14:03.000000000", "2026-11-22T09:14:03Z"),
        ("2026-11-22T09:14:03.987Z", "2026-11-22T09:14:03Z"),
        ("0987-06-05T04:03:02Z", "0987-06-05T04:03:02Z"),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        (1795338843, None),
        (None, None),
        ([], None),
    ],
)
def test_a_time_is_iso_8601_in_utc_or_nothing(time: Any, told: str | None) -> None:
    (pass_,) = passes_of(record("lambda_create_function") | {"eventTime": time})
    assert pass_.event_time == told
    if told:
        parse_time(told)
