"""``passrole policy export``: a document on the standard output, what it does not say on the other."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.unit.cli.conftest import Run

File = Callable[..., Path]
POLICY = """\
version: 1
approved:
  - name: apps
    roles: ["/app/*"]
    services: [lambda.amazonaws.com]
  - name: tagged
    roles: ["/tagged/*"]
    role_tags: {team: web}
"""


def test_the_standard_output_is_a_policy_document_and_nothing_else(run: Run, file: File) -> None:
    file("guardrail.yaml", POLICY)

    ran = run("policy", "export", "--format", "identity")

    assert ran.status == 0
    assert [s["Sid"] for s in json.loads(ran.out)["Statement"]] == ["Apps"]
    left_out, size = ran.err.splitlines()
    assert (
        left_out == '"tagged": left out: IAM cannot decide iam:PassRole by the role\'s tags (role:Tag/team)'
    )
    assert size.endswith(" of at most 6,144 characters, without white space")


def test_an_scp_says_what_it_lets_through(run: Run, file: File) -> None:
    path = file("p.yaml", POLICY)

    ran = run("policy", "export", path, "--format", "scp")

    assert {s["Effect"] for s in json.loads(ran.out)["Statement"]} == {"Deny"}
    assert '"tagged": the SCP lets through more than it approves' in ran.err
    assert "of at most 5,120 characters" in ran.err


def test_a_document_that_is_too_long_is_told(run: Run, file: File) -> None:
    roles = json.dumps([f"/team-{number}/application/*" for number in range(200)])
    path = file("p.yaml", f"version: 1\napproved: [{{name: a, roles: {roles}}}]\n")

    ran = run("policy", "export", path, "--format", "scp")

    assert ran.status == 0
    assert ran.err.endswith("; it is too long for IAM\n")


def test_a_document_without_statements_is_not_written(run: Run, file: File) -> None:
    path = file("p.yaml", "version: 1\napproved: [{name: a, roles: [x*], role_tags: {team: web}}]\n")

    ran = run("policy", "export", path, "--format", "identity")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[-1] == f"{path}: no document: IAM can express none of it as identity policy"


def test_services_and_roles_are_those_of_the_partition(run: Run, file: File) -> None:
    path = file("p.yaml", POLICY)

    ran = run("policy", "export", path, "--format", "identity", "--partition", "aws-cn")

    assert "lambda.amazonaws.com.cn" in ran.out


def test_a_bad_policy_is_told_as_by_validate(run: Run, file: File) -> None:
    path = file("p.yaml", "version: 2\napproved: []\n")

    ran = run("policy", "export", path, "--format", "scp")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"{path}:1:10: version: ")
