"""What a snapshot tells beyond the role: last use, its policies, and the passer's tags."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from passrole.evidence import ABSENT, NOT_ASKED, Evidence, Known, Unknown
from passrole.evidence.snapshot import NoIam, Snapshot
from passrole.evidence.snapshot_shape import ShapeError, check_details
from passrole.evidence.wanted import Wanted
from passrole.passes import Passer
from tests.unit.evidence.account import (
    ADMINISTRATOR_ACCESS,
    EVERYTHING,
    LOGS,
    POLICIES,
    TRUST_OF_LAMBDA,
    WORKER,
    pass_by,
)
from tests.unit.evidence.passes import ACCOUNT, ROLES, reason

ALL = Wanted(administrator=True, passer_tags=True)
TAGS = [{"Key": "team", "Value": "orders"}]
DANA = Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/dana", account=ACCOUNT)
PIPELINE = Passer(type="AssumedRole", role_arn=f"{ROLES}/pipeline", account=ACCOUNT)
USER = {
    "UserName": "dana",
    "Arn": DANA.arn,
    "UserId": "AIDAEXAMPLE",
    "CreateDate": "2025-01-01T00:00:00Z",
    "Tags": TAGS,
}


def role(**fields: Any) -> dict[str, Any]:
    given = {
        "RoleName": "orders-worker",
        "Arn": WORKER,
        "Path": "/app/",
        "CreateDate": "2025-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": TRUST_OF_LAMBDA,
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
        "RoleLastUsed": {},
    } | fields
    return {name: value for name, value in given.items() if value is not ...}


def policy(name: str, document: Any, **fields: Any) -> dict[str, Any]:
    versions = [
        {"VersionId": "v2", "IsDefaultVersion": False, "Document": EVERYTHING},
        {"VersionId": "v1", "IsDefaultVersion": True, "Document": document},
    ]
    return {"PolicyName": name, "Arn": f"{POLICIES}/{name}", "PolicyVersionList": versions} | fields


def attached(*arns: str) -> list[dict[str, str]]:
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]


def read(passer: Passer = DANA, wanted: Wanted = ALL, **details: Any) -> Evidence:
    whole = {"RoleDetailList": [role()], "UserDetailList": [USER], "Policies": []} | details
    whole = {name: value for name, value in whole.items() if value is not ...}
    check_details(whole)
    return Snapshot(whole, wanted=wanted).evidence(pass_by(passer))


def administrator(policies: Any = (), **fields: Any) -> Any:
    return read(RoleDetailList=[role(**fields)], Policies=list(policies)).administrator


def test_nothing_is_told_that_is_not_wanted() -> None:
    evidence = read(wanted=Wanted())
    assert evidence.administrator is evidence.passer_tags is NOT_ASKED


@pytest.mark.parametrize(
    ("told", "last_used_at"),
    [
        (
            {"LastUsedDate": "2026-11-20T09:30:00+02:00", "Region": "eu-west-1"},
            Known("2026-11-20T07:30:00.000Z"),
        ),
        ({}, ABSENT),
        (..., Unknown("the description of the role does not tell it", lasting=True)),
    ],
)
def test_last_use(told: Any, last_used_at: Any) -> None:
    assert read(RoleDetailList=[role(RoleLastUsed=told)]).last_used_at == last_used_at


@pytest.mark.parametrize("spelled", [lambda d: d, json.dumps, lambda d: quote(json.dumps(d))])
def test_inline_policies_are_read_however_they_are_spelled(spelled: Any) -> None:
    inline = [
        {"PolicyName": "a", "PolicyDocument": LOGS},
        {"PolicyName": "b", "PolicyDocument": spelled(LOGS)},
    ]
    assert administrator(RolePolicyList=inline) == Known(False)
    inline[1]["PolicyDocument"] = spelled(EVERYTHING)
    assert administrator(RolePolicyList=inline) == Known(True)


def test_the_default_version_of_a_managed_policy_is_read() -> None:
    held = attached(f"{POLICIES}/p")
    assert administrator([policy("p", LOGS)], AttachedManagedPolicies=held) == Known(False)
    assert administrator([policy("p", EVERYTHING)], AttachedManagedPolicies=held) == Known(True)
    assert administrator(AttachedManagedPolicies=attached(ADMINISTRATOR_ACCESS)) == Known(True)


def test_a_boundary_that_is_in_the_snapshot_counts() -> None:
    bound = {
        "PermissionsBoundary": {"PermissionsBoundaryArn": f"{POLICIES}/b"},
        "AttachedManagedPolicies": attached(ADMINISTRATOR_ACCESS),
    }
    assert administrator([policy("b", LOGS)], **bound) == Known(False)
    assert administrator([policy("b", EVERYTHING)], **bound) == Known(True)
    assert administrator([], **bound) == Known(True)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"RolePolicyList": ...}, "the snapshot does not tell the role's inline policies"),
        ({"AttachedManagedPolicies": ...}, "the snapshot does not tell the role's managed policies"),
        (
            {"AttachedManagedPolicies": attached(f"{POLICIES}/p")},
            f"the policy {POLICIES}/p is not in the snapshot",
        ),
        ({"RolePolicyList": [{"PolicyName": "x"}]}, "the inline policy x is no JSON document"),
        (
            {"RolePolicyList": [{"PolicyName": "x", "PolicyDocument": "{"}]},
            "the inline policy x is no JSON document",
        ),
    ],
)
def test_what_is_left_out_is_unknown_unless_the_rest_decides(fields: dict[str, Any], why: str) -> None:
    assert reason(read(RoleDetailList=[role(**fields)]), "administrator") == why
    if "AttachedManagedPolicies" not in fields:
        decided = fields | {"AttachedManagedPolicies": attached(ADMINISTRATOR_ACCESS)}
        assert administrator(**decided) == Known(True)


def test_a_policy_without_a_default_version_is_unknown() -> None:
    held = [role(AttachedManagedPolicies=attached(f"{POLICIES}/p"))]
    for fields in ({"PolicyVersionList": []}, {"PolicyVersionList": None}):
        evidence = read(RoleDetailList=held, Policies=[policy("p", LOGS, **fields)])
        told = f"the default version of the policy {POLICIES}/p is not in the snapshot"
        assert reason(evidence, "administrator") == told


def test_the_passers_tags_are_those_of_the_user_or_of_the_role() -> None:
    pipeline = role(RoleName="pipeline", Arn=PIPELINE.role_arn, Tags=TAGS)
    assert read(DANA).passer_tags == Known({"team": "orders"})
    assert read(PIPELINE, RoleDetailList=[role(), pipeline]).passer_tags == Known({"team": "orders"})


@pytest.mark.parametrize("users", [..., [], None])
def test_a_passer_who_is_not_in_the_snapshot_is_unknown(users: Any) -> None:
    told = reason(read(UserDetailList=users), "passer_tags")
    assert told == "of the passer's user: the user is not in the snapshot"


@pytest.mark.parametrize(
    ("details", "problem"),
    [
        ({"UserDetailList": {}}, "UserDetailList is an object, expected a list"),
        ({"UserDetailList": [{"UserName": "x"}]}, "UserDetailList[0].Arn is missing"),
        ({"Policies": [{}]}, "Policies[0].Arn is missing"),
        (
            {"Policies": [policy("p", LOGS, PolicyVersionList=[{"IsDefaultVersion": "yes"}])]},
            "Policies[0].PolicyVersionList[0].IsDefaultVersion is text, expected a truth value",
        ),
        (
            {"RoleDetailList": [role(RoleLastUsed={"LastUsedDate": "lately"})]},
            "RoleDetailList[0].RoleLastUsed.LastUsedDate is no time: 'lately'",
        ),
        (
            {"RoleDetailList": [role(RolePolicyList=[{}])]},
            "RoleDetailList[0].RolePolicyList[0].PolicyName is missing",
        ),
        (
            {"RoleDetailList": [role(AttachedManagedPolicies=["x"])]},
            "RoleDetailList[0].AttachedManagedPolicies[0] is text, expected an object",
        ),
    ],
)
def test_another_shape_is_told_with_the_place(details: dict[str, Any], problem: str) -> None:
    with pytest.raises(ShapeError) as raised:
        read(**details)
    assert str(raised.value) == problem


def test_without_a_snapshot_nothing_is_known_of_either() -> None:
    evidence = NoIam(wanted=ALL).evidence(pass_by(DANA))
    assert reason(evidence, "administrator") == "no snapshot was given to look orders-worker up in"
    assert reason(evidence, "passer_tags").endswith("no snapshot was given to look dana up in")
