"""Evidence from live IAM: facts about the role that was passed, and never about another."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from moto import mock_aws

from passrole.clock import iso
from passrole.evidence import ABSENT, Evidence, Known
from passrole.evidence.iam import LiveIam
from passrole.passes import Pass, RoleKind
from tests.unit.evidence.passes import (
    ACCOUNT,
    PROFILES,
    ROLES,
    pass_of_arn,
    pass_of_name,
    pass_of_profile,
    pass_of_text,
    reason,
)

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
BOUNDARY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
WORKER = f"{ROLES}/application_role/orders-worker"


@pytest.fixture(scope="module")
def iam() -> Iterator[Any]:
    """An account with one role, and one instance profile that holds it under another name and path.

    Once for all: the tests add to it, each under names of its own, and change nothing.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
        with mock_aws():
            yield _furnished(boto3.client("iam", region_name="us-east-1"))


def _furnished(client: Any) -> Any:
    boundary = client.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(BOUNDARY))
    client.create_role(
        RoleName="orders-worker",
        Path="/application_role/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        PermissionsBoundary=boundary["Policy"]["Arn"],
        Tags=[{"Key": "approved-for", "Value": "lambda"}, {"Key": "team", "Value": ""}],
    )
    client.create_instance_profile(InstanceProfileName="web-frontend", Path="/web/")
    client.add_role_to_instance_profile(InstanceProfileName="web-frontend", RoleName="orders-worker")
    return client


def evidence(iam: Any, pass_: Pass) -> Evidence:
    return LiveIam(iam).evidence(pass_)


def test_all_facts_of_a_role_are_read(iam: Any) -> None:
    role = iam.get_role(RoleName="orders-worker")["Role"]
    at = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)

    read = LiveIam(iam, clock=lambda: at).evidence(pass_of_arn(WORKER))

    assert read == Evidence(
        arn=Known(WORKER),
        name=Known("orders-worker"),
        path=Known("/application_role/"),
        role_id=Known(role["RoleId"]),
        tags=Known({"approved-for": "lambda", "team": ""}),
        trust_policy=Known(TRUST),
        permissions_boundary=Known(f"arn:aws:iam::{ACCOUNT}:policy/boundary"),
        created_at=Known(iso(role["CreateDate"])),
        observed_at="2026-11-22T12:00:05.000Z",
        last_used_at=ABSENT,
    )


def test_a_role_that_was_used_tells_when_in_utc(iam: Any) -> None:
    used = datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    role = iam.get_role(RoleName="orders-worker")["Role"] | {"RoleLastUsed": {"LastUsedDate": used}}
    read = LiveIam(_Roles(role)).evidence(pass_of_arn(WORKER))  # type: ignore[arg-type]
    assert read.last_used_at == Known("2026-11-20T07:30:00.000Z")


@pytest.mark.parametrize("told", [{"RoleLastUsed": {}}, {}])
def test_a_role_without_a_last_use_was_never_used(iam: Any, told: dict[str, Any]) -> None:
    role = iam.get_role(RoleName="orders-worker")["Role"]
    del role["RoleLastUsed"]
    stubbed = _Roles(role | told)
    assert LiveIam(stubbed).evidence(pass_of_arn(WORKER)).last_used_at is ABSENT  # type: ignore[arg-type]


def test_a_role_without_tags_or_boundary_has_none_rather_than_unknown_ones(iam: Any) -> None:
    iam.create_role(RoleName="plain", AssumeRolePolicyDocument=json.dumps(TRUST))

    read = evidence(iam, pass_of_arn(f"{ROLES}/plain"))

    assert read.tags == Known({})
    assert read.permissions_boundary is ABSENT
    assert read.path == Known("/")


@pytest.mark.parametrize(
    "pass_",
    [
        pass_of_name("orders-worker"),
        pass_of_profile("web-frontend"),
        pass_of_profile(f"{PROFILES}/web/web-frontend"),
    ],
    ids=["role name", "profile name", "profile ARN"],
)
def test_a_name_or_an_instance_profile_stands_for_its_role(iam: Any, pass_: Pass) -> None:
    read = evidence(iam, pass_)
    assert read.arn == Known(WORKER)
    assert read.tags == Known({"approved-for": "lambda", "team": ""})


def test_a_profile_is_never_taken_for_the_role_of_its_own_name(iam: Any) -> None:
    iam.create_role(RoleName="web-frontend", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert evidence(iam, pass_of_profile("web-frontend")).arn == Known(WORKER)


def test_a_role_that_is_not_there_is_known_by_its_arn_alone(iam: Any) -> None:
    read = evidence(iam, pass_of_arn(f"{ROLES}/application_role/gone"))
    assert (read.name, read.path) == (Known("gone"), Known("/application_role/"))
    for fact in ("role_id", "tags", "trust_policy", "permissions_boundary", "created_at"):
        assert reason(read, fact) == "the role does not exist in IAM now"


@pytest.mark.parametrize(
    ("pass_", "what"), [(pass_of_name("gone"), "role"), (pass_of_profile("gone"), "instance profile")]
)
def test_a_name_that_is_not_there_is_not_known_at_all(iam: Any, pass_: Pass, what: str) -> None:
    read = evidence(iam, pass_)
    assert reason(read, "arn") == reason(read) == f"the {what} does not exist in IAM now"


@pytest.mark.parametrize(
    "pass_",
    [
        pass_of_arn("arn:aws:iam::444455556666:role/application_role/orders-worker"),
        pass_of_profile("arn:aws:iam::444455556666:instance-profile/web/web-frontend"),
        pass_of_arn(WORKER, account="444455556666"),
    ],
)
def test_a_role_of_another_account_is_never_looked_up_in_ours(pass_: Pass) -> None:
    read = LiveIam(_NobodyAsks()).evidence(pass_)  # type: ignore[arg-type]
    assert reason(read).endswith("is of another account")
    assert reason(read) == reason(read, "role_id") == reason(read, "created_at")


@pytest.mark.parametrize("account", ["444455556666", None])
@pytest.mark.parametrize(
    ("pass_of_role", "name"), [(pass_of_name, "orders-worker"), (pass_of_profile, "web-frontend")]
)
def test_a_name_passed_in_another_account_is_not_the_same_name_in_ours(
    iam: Any, pass_of_role: Any, name: str, account: str | None
) -> None:
    read = evidence(iam, pass_of_role(name, account=account))
    assert reason(read, "arn") == reason(read)
    assert reason(read).endswith("of that name is of another account than the pass")


@pytest.mark.parametrize(
    "arn",
    [f"{ROLES}/orders-worker", f"{ROLES}/admin/orders-worker", WORKER.replace("arn:aws:", "arn:aws-cn:")],
)
def test_the_same_name_under_another_path_or_partition_is_another_role(iam: Any, arn: str) -> None:
    read = evidence(iam, pass_of_arn(arn))
    assert reason(read, "arn") == reason(read) == "the role of that name has another ARN now"


def test_the_same_profile_name_under_another_path_is_another_profile(iam: Any) -> None:
    read = evidence(iam, pass_of_profile(f"{PROFILES}/web-frontend"))
    assert reason(read, "arn") == "the instance profile of that name has another ARN now"


def test_an_empty_profile_holds_no_role_that_could_be_known(iam: Any) -> None:
    iam.create_instance_profile(InstanceProfileName="empty")
    assert reason(evidence(iam, pass_of_profile("empty")), "arn") == "the instance profile holds no role now"


def ago(created: datetime, **how_long: float) -> str:
    return (created - timedelta(**how_long)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("pass_of_role", [pass_of_arn, pass_of_name])
def test_a_role_made_after_the_pass_is_another_role_of_the_same_name(iam: Any, pass_of_role: Any) -> None:
    created = iam.get_role(RoleName="orders-worker")["Role"]["CreateDate"]
    value = WORKER if pass_of_role is pass_of_arn else "orders-worker"

    read = evidence(iam, pass_of_role(value, event_time=ago(created, seconds=2)))

    for fact in ("role_id", "tags", "trust_policy", "permissions_boundary"):
        assert reason(read, fact) == "the role was made anew after the pass"


def test_a_role_made_in_the_second_of_the_pass_is_the_role(iam: Any) -> None:
    """A record's time has whole seconds; nobody can pass a role before it is there."""
    created = iam.get_role(RoleName="orders-worker")["Role"]["CreateDate"]
    read = evidence(iam, pass_of_arn(WORKER, event_time=ago(created)))
    assert isinstance(read.tags, Known)


def test_a_profile_made_after_the_pass_is_another_profile_of_the_same_name(iam: Any) -> None:
    """Whoever passes a role can delete the profile at once and make it anew around an approved role."""
    iam.create_instance_profile(InstanceProfileName="swapped")
    iam.add_role_to_instance_profile(InstanceProfileName="swapped", RoleName="orders-worker")
    profile = iam.get_instance_profile(InstanceProfileName="swapped")["InstanceProfile"]
    old = datetime(2020, 1, 1, tzinfo=UTC)

    read = LiveIam(_AgedRoles(iam, old)).evidence(  # type: ignore[arg-type]
        pass_of_profile("swapped", event_time=ago(profile["CreateDate"], seconds=2))
    )

    assert reason(read, "arn") == reason(read) == "the instance profile was made anew after the pass"


class _AgedRoles:
    """IAM in which every role was made long ago."""

    def __init__(self, iam: Any, created: datetime) -> None:
        self._iam = iam
        self._created = created

    def get_role(self, **named: Any) -> Any:
        answer = self._iam.get_role(**named)
        return answer | {"Role": answer["Role"] | {"CreateDate": self._created}}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._iam, name)


def test_a_pass_without_a_time_leaves_open_which_role_it_was(iam: Any) -> None:
    read = evidence(iam, pass_of_arn(WORKER, event_time=None))
    assert reason(read) == "the record does not tell whether the role was made before the pass"


@pytest.mark.parametrize(
    ("value", "kind", "why"),
    [
        (None, RoleKind.ROLE_ARN, "the record does not show the role"),
        (None, None, "the record does not show the role"),
        ("arn:aws:iam::111122223333:role/*", RoleKind.ROLE_ARN, "the record's text names no role"),
        ("orders-worker\n", RoleKind.ROLE_ARN_OR_NAME, "the record's text names no role"),
        ("web*", RoleKind.INSTANCE_PROFILE_ARN_OR_NAME, "the record's text names no instance profile"),
        ("../x", RoleKind.INSTANCE_PROFILE_ARN_OR_NAME, "the record's text names no instance profile"),
        ("x" * 4000, RoleKind.INSTANCE_PROFILE_NAME, "the record's text names no instance profile"),
    ],
)
def test_a_text_that_names_nothing_is_not_asked_for(
    value: str | None, kind: RoleKind | None, why: str
) -> None:
    read = LiveIam(_NobodyAsks()).evidence(pass_of_text(value, kind))  # type: ignore[arg-type]
    assert reason(read, "arn") == reason(read) == why


class _Roles:
    """IAM with one role."""

    def __init__(self, role: dict[str, Any]) -> None:
        self._role = role

    def get_role(self, **named: Any) -> Any:
        return {"Role": self._role}


class _NobodyAsks:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"IAM was asked: {name}")
