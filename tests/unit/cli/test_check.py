"""``passrole check``: verdicts on what CloudTrail recorded, and an exit status for scripts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Run
from tests.unit.cli.test_extract import KEYS
from tests.unit.samples import ACCOUNT, create_function_record

File = Callable[..., Path]

POLICY = """
version: 1
approved:
  - name: application roles
    roles: ["/application_role/*"]
    role_tags: {approved-for: lambda}
    services: [lambda.amazonaws.com]
response:
  violation: quarantine
"""
GOOD, BARE, OTHER = (
    f"arn:aws:iam::{ACCOUNT}:role/{name}"
    for name in ("application_role/good", "application_role/bare", "dev/x")
)


def role(arn: str, **tags: str) -> dict[str, Any]:
    path, _, name = arn.partition(":role")[2].rpartition("/")
    return {
        "Path": f"{path}/",
        "RoleName": name,
        "RoleId": f"AROA{name.upper()}",
        "Arn": arn,
        "CreateDate": "2020-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": {},
        "InstanceProfileList": [],
        "Tags": [{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()],
    }


@pytest.fixture
def policy(file: File) -> Path:
    return file("policy.yaml", POLICY)


@pytest.fixture
def iam(file: File) -> Path:
    return file("iam.json", {"RoleDetailList": [role(GOOD, approved_for="lambda"), role(BARE), role(OTHER)]})


def events(file: File, *roles: str) -> Path:
    records = [create_function_record(arn, eventID=f"event-{n}") for n, arn in enumerate(roles)]
    return file("events.jsonl", *records)


@pytest.mark.parametrize(
    ("roles", "with_iam", "status"),
    [
        ((), True, 0),
        ((GOOD, GOOD), True, 0),
        ((GOOD, BARE), True, 1),
        ((GOOD, OTHER), True, 1),
        ((OTHER,), False, 1),
        ((GOOD,), False, 3),
        ((GOOD, OTHER), False, 1),
    ],
)
def test_the_exit_status_tells_the_worst_verdict(
    run: Run, file: File, policy: Path, iam: Path, roles: tuple[str, ...], with_iam: bool, status: int
) -> None:
    path = (
        events(
            file,
            *roles,
        )
        if roles
        else file("events.jsonl", '{"Records": []}')
    )
    snapshot = ("--iam", iam) if with_iam else ()

    assert run("check", path, "--policy", policy, *snapshot).status == status
    assert run("check", path, "--policy", policy, *snapshot, "--json").status == status


def test_bad_input_outweighs_every_verdict(run: Run, file: File, policy: Path, iam: Path) -> None:
    bad = file("bad.jsonl", "{")

    ran = run("check", events(file, OTHER), bad, "--policy", policy, "--iam", iam, "--json")

    assert (ran.status, len(ran.rows)) == (2, 1)
    assert ran.err.startswith(f"{bad}:1: not JSON")


def test_each_line_says_the_verdict_and_why(run: Run, file: File, policy: Path, iam: Path) -> None:
    path = events(file, GOOD, BARE)

    approved, violation = run("check", path, "--policy", policy, "--iam", iam, "--json").rows

    assert set(approved) == KEYS | {"verdict", "severity", "response", "reasons", "policy_hash"}
    assert (approved["verdict"], approved["severity"], approved["response"]) == ("approved", None, None)
    assert "application roles" in approved["reasons"][0]
    assert (violation["verdict"], violation["severity"], violation["response"]) == (
        "violation",
        "high",
        "quarantine",
    )
    assert any("approved-for" in reason for reason in violation["reasons"])
    assert approved["policy_hash"] == violation["policy_hash"] != ""


def test_what_the_snapshot_tells_of_a_role_makes_its_findings_graver(
    run: Run, file: File, policy: Path
) -> None:
    attached = [{"PolicyName": "x", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]
    administrator = role(OTHER) | {"AttachedManagedPolicies": attached}
    path, iam = events(file, OTHER), file("admin.json", {"RoleDetailList": [administrator]})

    [with_iam] = run("check", path, "--policy", policy, "--iam", iam, "--json").rows
    [without] = run("check", path, "--policy", policy, "--json").rows

    assert (with_iam["severity"], without["severity"]) == ("critical", "high")


def test_people_read_what_matters_most_last_and_a_summary(
    run: Run, file: File, policy: Path, iam: Path
) -> None:
    ran = run("check", events(file, OTHER, GOOD), "--policy", policy, "--iam", iam)

    assert ran.out.index("✓ approved") < ran.out.index("✗ violation  high, quarantine")
    assert ran.out.index(GOOD) < ran.out.index(OTHER)
    assert "why" in ran.out
    assert ran.out.endswith("2 passes in 2 records: 1 approved, 1 violation\n")


def test_the_policy_is_guardrail_yaml_unless_another_is_given(run: Run, file: File, iam: Path) -> None:
    path = events(file, GOOD)
    without = run("check", path)
    file("guardrail.yaml", POLICY)

    assert without.status == 2
    assert without.err == (
        "guardrail.yaml: cannot be read: No such file or directory; "
        "expected a policy, as docs/policy.md has it\n"
    )
    assert run("check", path, "--iam", iam).status == 0


def test_every_problem_of_a_policy_is_one_line(run: Run, file: File) -> None:
    policy = file("bad.yaml", "version: 1\napproved: []\nresponse: {violation: burn}\nregoins: []\n")

    ran = run("check", events(file, GOOD), "--policy", policy)

    assert (ran.status, ran.out) == (2, "")
    assert [line.rpartition("bad.yaml:")[2].partition(":")[0] for line in ran.err.splitlines()] == ["3", "4"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not JSON"),
        ('{"Roles": []}', "get-account-authorization-details"),
        ('{"RoleDetailList": [{}]}', "iam.json"),
    ],
)
def test_a_snapshot_that_is_none_is_told_in_one_line(
    run: Run, file: File, policy: Path, content: str, says: str
) -> None:
    ran = run("check", events(file, GOOD), "--policy", policy, "--iam", file("iam.json", content))

    assert ran.status == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_names_in_verdicts_are_shown_and_not_obeyed(run: Run, file: File, policy: Path) -> None:
    hostile = f"arn:aws:iam::{ACCOUNT}:role/dev/[red]\x1b[31m"

    ran = run("check", events(file, hostile), "--policy", policy)

    assert "\x1b" not in ran.out
    assert ran.out.count(r"role/dev/[red]\x1b[31m") >= 2  # the role, and in the reasons


def test_json_is_ascii_whatever_the_names_are(run: Run, file: File, policy: Path) -> None:
    ran = run("check", events(file, "arn:aws:iam::1:role/é\ud800"), "--policy", policy, "--json")

    assert ran.out.isascii()
    assert json.loads(ran.out)["role"]["value"] == "arn:aws:iam::1:role/é\ud800"
