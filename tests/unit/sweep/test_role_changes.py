"""Events of IAM tell which roles are to be judged again; whatever a record looks like, nothing breaks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.sweep.role_changes import CALLS, RoleChange, change_in, is_role_change

DANA = "arn:aws:iam::111122223333:user/dana"
POLICY = "arn:aws:iam::111122223333:policy/deploy"
OF_ROLES = [call for call in CALLS if "PolicyVersion" not in call and "Profile" not in call]


def record(call: str, parameters: Any, **fields: Any) -> dict[str, Any]:
    return {
        "eventSource": "iam.amazonaws.com",
        "eventName": call,
        "eventTime": "2026-11-22T12:00:00Z",
        "userIdentity": {"type": "IAMUser", "arn": DANA},
        "requestParameters": parameters,
    } | fields


@pytest.mark.parametrize("call", OF_ROLES)
def test_a_change_of_a_role_names_the_role(call: str) -> None:
    change = change_in(record(call, {"roleName": "deployer"}))

    assert change is not None
    assert (change.role, change.policy_arn, change.profile) == ("deployer", None, None)
    assert (change.who, change.at) == (DANA, "2026-11-22T12:00:00Z")
    assert change.what.startswith("the role deployer ")
    assert f"({call})" in change.what
    assert change.is_deleted == (call == "DeleteRole")


@pytest.mark.parametrize(
    ("call", "more", "is_change"),
    [
        ("SetDefaultPolicyVersion", {"versionId": "v2"}, True),
        ("CreatePolicyVersion", {"setAsDefault": True}, True),
        ("CreatePolicyVersion", {"setAsDefault": "true"}, True),
        ("CreatePolicyVersion", {"setAsDefault": False}, False),
        ("CreatePolicyVersion", {}, False),
    ],
)
def test_a_policy_counts_once_its_default_version_is_another(
    call: str, more: dict[str, Any], is_change: bool
) -> None:
    change = change_in(record(call, {"policyArn": POLICY} | more))

    assert (change is not None) == is_change
    if change is not None:
        assert (change.role, change.policy_arn, change.profile) == (None, POLICY, None)


def test_a_role_in_an_instance_profile_names_the_profile() -> None:
    change = change_in(
        record("AddRoleToInstanceProfile", {"roleName": "deployer", "instanceProfileName": "web"})
    )

    assert change is not None
    assert (change.role, change.policy_arn, change.profile) == (None, None, "web")


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_failed_changed_nothing(call: str) -> None:
    parameters = {"roleName": "r", "policyArn": POLICY, "setAsDefault": True, "instanceProfileName": "p"}

    assert change_in(record(call, parameters)) is not None
    assert change_in(record(call, parameters, errorCode="AccessDenied")) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"eventSource": "lambda.amazonaws.com"},
        {"eventSource": None},
        {"eventName": "GetRole"},
        {"eventName": ["TagRole"]},
        {"requestParameters": None},
        {"requestParameters": {"roleName": ""}},
        {"requestParameters": {"roleName": ["deployer"]}},
        {"requestParameters": {}},
    ],
)
def test_what_is_no_such_change_tells_nothing(fields: dict[str, Any]) -> None:
    assert change_in(record("TagRole", {"roleName": "deployer"}) | fields) is None


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        ({"arn": DANA, "principalId": "AIDA"}, DANA),
        ({"invokedBy": "cloudformation.amazonaws.com"}, "cloudformation.amazonaws.com"),
        ({"principalId": "AIDA"}, "AIDA"),
        ({"arn": ["x"]}, "unknown"),
        (None, "unknown"),
        ("dana", "unknown"),
    ],
)
def test_who_changed_it_is_told_as_far_as_the_record_does(identity: Any, who: str) -> None:
    change = change_in(record("TagRole", {"roleName": "deployer"}, userIdentity=identity))

    assert change is not None
    assert change.who == who


@pytest.mark.parametrize("at", ["yesterday", "", None, 5, "2026-13-45T99:00:00Z"])
def test_a_time_that_is_none_is_not_told(at: Any) -> None:
    """What is judged then is judged as of now: no text of a record may stop it."""
    change = change_in(record("TagRole", {"roleName": "deployer"}, eventTime=at))

    assert change is not None
    assert change.at == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
MEMBERS = sorted(record("TagRole", {}) | {"errorCode": ""})
PARAMETERS = ["roleName", "policyArn", "setAsDefault", "instanceProfileName"]


@given(
    st.sampled_from(CALLS),
    st.dictionaries(st.sampled_from(PARAMETERS), JSON),
    st.dictionaries(st.sampled_from(MEMBERS), JSON),
)
def test_no_record_breaks_it(call: str, parameters: dict[str, Any], fields: dict[str, Any]) -> None:
    given_record = record(call, parameters) | fields

    change = change_in(given_record)

    assert change is None or (is_role_change(given_record) and isinstance(change, RoleChange))
