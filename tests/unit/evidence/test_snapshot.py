"""Evidence from a snapshot file, as `aws iam get-account-authorization-details` prints it, and from none."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.evidence import ABSENT, Evidence, Known, known
from passrole.evidence.snapshot import NoIam, Snapshot, SnapshotError
from passrole.evidence.wanted import Wanted
from passrole.passes import Pass, RoleKind
from tests.unit.evidence.passes import (
    PROFILES,
    ROLES,
    pass_of_arn,
    pass_of_name,
    pass_of_profile,
    pass_of_text,
    reason,
)

WORKER = f"{ROLES}/application_role/orders-worker"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def profile(arn: str = f"{PROFILES}/web/web-frontend") -> dict[str, Any]:
    return {
        "Path": "/web/",
        "InstanceProfileName": arn.rpartition("/")[2],
        "InstanceProfileId": "AIPAQ3EGS7KEXAMPLEWEB",
        "Arn": arn,
        "CreateDate": "2025-03-04T08:00:00+00:00",
        "Roles": [{"RoleName": "orders-worker", "Arn": WORKER}],
    }


def role(**changes: Any) -> dict[str, Any]:
    return {
        "Path": "/application_role/",
        "RoleName": "orders-worker",
        "RoleId": "AROAQ3EGS7KEXAMPLEWRK",
        "Arn": WORKER,
        "CreateDate": "2025-03-04T07:59:00+00:00",
        "AssumeRolePolicyDocument": TRUST,
        "InstanceProfileList": [profile()],
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
        "PermissionsBoundary": {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/boundary",
        },
        "Tags": [{"Key": "approved-for", "Value": "lambda"}],
        "RoleLastUsed": {},
    } | changes


def details(*roles: Any) -> dict[str, Any]:
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": list(roles), "Policies": []}


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "iam.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def evidence(tmp_path: Path, pass_: Pass, *roles: Any) -> Evidence:
    return Snapshot.read(written(tmp_path, details(*(roles or [role()])))).evidence(pass_)


@pytest.mark.parametrize(
    "pass_",
    [
        pass_of_arn(WORKER),
        pass_of_name("orders-worker"),
        pass_of_profile("web-frontend"),
        pass_of_profile(f"{PROFILES}/web/web-frontend"),
    ],
    ids=["ARN", "name", "profile name", "profile ARN"],
)
def test_all_facts_of_a_role_are_read(tmp_path: Path, pass_: Pass) -> None:
    read = evidence(tmp_path, pass_)
    assert read == Evidence(
        arn=Known(WORKER),
        name=Known("orders-worker"),
        path=Known("/application_role/"),
        role_id=Known("AROAQ3EGS7KEXAMPLEWRK"),
        tags=Known({"approved-for": "lambda"}),
        trust_policy=Known(TRUST),
        permissions_boundary=Known("arn:aws:iam::111122223333:policy/boundary"),
        created_at=Known("2025-03-04T07:59:00.000Z"),
        observed_at=read.observed_at,
        last_used_at=ABSENT,
    )


def test_what_a_snapshot_leaves_out_is_unknown_and_what_a_role_lacks_is_absent(tmp_path: Path) -> None:
    read = evidence(tmp_path, pass_of_arn(WORKER), {"RoleName": "orders-worker", "Arn": WORKER})
    assert (read.arn, read.name) == (Known(WORKER), Known("orders-worker"))
    assert (read.tags, read.permissions_boundary) == (Known({}), ABSENT)
    assert reason(read, "role_id") == reason(read, "created_at")
    assert reason(read, "path") == "the description of the role does not tell it"
    assert reason(read, "trust_policy") == "the trust policy is no JSON document"


def test_a_role_that_is_not_in_the_snapshot_is_unknown(tmp_path: Path) -> None:
    assert reason(evidence(tmp_path, pass_of_arn(f"{ROLES}/gone"))) == "the role is not in the snapshot"


def test_a_snapshot_of_another_account_does_not_answer(tmp_path: Path) -> None:
    foreign = pass_of_name("orders-worker", account="444455556666")
    assert reason(evidence(tmp_path, foreign), "arn").endswith("is of another account than the pass")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_as_shells_write_it(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, json.dumps(details(role())).encode(encoding))
    assert known(Snapshot.read(path).evidence(pass_of_arn(WORKER)).arn) == WORKER


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (json.dumps(details(role())).encode()[:-40], "not JSON"),
        (None, "expected an object"),
        ([], "expected an object"),
        ("RoleDetailList", "expected an object"),
        ({}, "RoleDetailList is missing"),
        ({"Roles": []}, "RoleDetailList is missing"),
        ({"RoleDetailList": {}}, "RoleDetailList is an object, expected a list"),
        (details("orders-worker"), "RoleDetailList[0] is text, expected an object"),
        (details(role(), role(RoleName=None)), "RoleDetailList[1].RoleName is null, expected text"),
        (details(role(RoleName=[])), "RoleDetailList[0].RoleName is a list, expected text"),
        (details({"RoleName": "x"}), "RoleDetailList[0].Arn is missing"),
        (details(role(Path=1)), "RoleDetailList[0].Path is a number, expected text"),
        (details(role(Tags={})), "RoleDetailList[0].Tags is an object, expected a list"),
        (details(role(Tags=[{"Key": "a"}])), "RoleDetailList[0].Tags[0].Value is missing"),
        (details(role(Tags=[{"Key": "a", "Value": True}])), "Tags[0].Value is a truth value, expected text"),
        (
            details(role(PermissionsBoundary={"x": 1})),
            "PermissionsBoundary.PermissionsBoundaryArn is missing",
        ),
        (details(role(CreateDate="yesterday")), "RoleDetailList[0].CreateDate is no time"),
        (details(role(CreateDate=7)), "RoleDetailList[0].CreateDate is a number, expected text"),
        (details(role(InstanceProfileList={})), "InstanceProfileList is an object, expected a list"),
        (details(role(InstanceProfileList=[{}])), "InstanceProfileList[0].InstanceProfileName is missing"),
        (
            details(role(InstanceProfileList=[profile() | {"Roles": [{}]}])),
            "RoleDetailList[0].InstanceProfileList[0].Roles[0].Arn is missing",
        ),
    ],
)
def test_a_bad_file_is_told_in_one_line_with_the_place(tmp_path: Path, content: Any, problem: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(SnapshotError) as raised:
        Snapshot.read(path)
    told = str(raised.value)
    assert told.startswith(f"{path}: ")
    assert problem in told
    assert told.endswith("expected the output of: aws iam get-account-authorization-details")
    assert len(told.splitlines()) == 1


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="No such file or directory"):
        Snapshot.read(tmp_path / "none.json")
    with pytest.raises(SnapshotError, match="Is a directory"):
        Snapshot.read(tmp_path)


NAMES = st.sampled_from(["orders-worker", "../x", "{}", "a\nb", "$", "", "web-frontend"]) | st.text(
    max_size=20
)


@given(st.lists(NAMES, max_size=3), NAMES, st.sampled_from(RoleKind))
def test_hostile_names_in_snapshot_and_record_do_not_raise(
    names: list[str], passed: str, kind: RoleKind
) -> None:
    roles = [role(RoleName=name, Arn=name, InstanceProfileList=[profile(name)]) for name in names]
    snapshot = Snapshot(details(*roles))
    for pass_ in (
        pass_of_text(passed, kind),
        pass_of_name(passed),
        pass_of_profile(passed),
        pass_of_arn(passed),
    ):
        snapshot.evidence(pass_)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(role())), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(deadline=None)  # a disk may be slow
@given(json_values, st.sampled_from(list(role())))
def test_any_value_in_a_snapshot_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, value: Any, member: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    for content in (value, {"RoleDetailList": value}, details(value), details(role(**{member: value}))):
        path.write_text(json.dumps(content))
        try:
            snapshot = Snapshot.read(path, Wanted(administrator=True, passer_tags=True))
        except SnapshotError:
            continue
        snapshot.evidence(pass_of_arn(WORKER))
        snapshot.evidence(pass_of_profile("web-frontend"))


def test_without_iam_a_role_is_known_by_its_arn_alone() -> None:
    read = NoIam().evidence(pass_of_arn(WORKER))
    assert (known(read.arn), known(read.path)) == (WORKER, "/application_role/")
    assert reason(read) == "no snapshot was given to look orders-worker up in"


@pytest.mark.parametrize("pass_", [pass_of_name("orders-worker"), pass_of_profile("web-frontend")])
def test_without_iam_a_name_is_not_known(pass_: Pass) -> None:
    read = NoIam().evidence(pass_)
    assert reason(read, "arn").startswith("no snapshot was given")


def test_whether_the_role_is_an_administrator_can_be_asked_afterwards() -> None:
    attached = [{"PolicyName": "x", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]
    snapshot = Snapshot(details(role(AttachedManagedPolicies=attached)))
    pass_ = pass_of_arn(WORKER)
    assert snapshot.with_administrator(pass_, snapshot.evidence(pass_)).administrator == Known(True)

    nowhere = NoIam()
    assert nowhere.with_administrator(pass_, nowhere.evidence(pass_)) == nowhere.evidence(pass_)
