"""``passrole sweep --policy``: what exists is listed and judged here, without any guard."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from tests.unit.cli.conftest import Cloud, Run
from tests.unit.cli.test_check import POLICY
from tests.unit.samples import ACCOUNT, REGION


def make_role(name: str, **tags: str) -> str:
    path, _, last = name.rpartition("/")
    role = boto3.client("iam").create_role(
        Path=f"/{path}/" if path else "/",
        RoleName=last,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}),
        Tags=[{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()],
    )
    arn: str = role["Role"]["Arn"]
    return arn


def make_machine(name: str, role: str, region: str = REGION) -> str:
    made = boto3.client("stepfunctions", region_name=region).create_state_machine(
        name=name, definition='{"StartAt": "x", "States": {"x": {"Type": "Succeed"}}}', roleArn=role
    )
    arn: str = made["stateMachineArn"]
    return arn


MACHINES = POLICY.replace("[lambda.amazonaws.com]", "[states.amazonaws.com]")


@pytest.fixture
def policy(file: Callable[..., Path]) -> Path:
    return file("policy.yaml", MACHINES)


def here(run: Run, policy: Path, *args: object, only: str = "states:stateMachine") -> Any:
    return run("sweep", "--policy", policy, "--only", only, "--rate", 1000, *args)


def test_what_is_held_is_judged_with_iams_word_and_nothing_is_written(
    run: Run, aws: None, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = make_machine("good", make_role("application_role/good", approved_for="lambda"))
    bad = make_machine("bad", make_role("dev/bad"))
    called: set[str] = set()
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        called.add(operation)
        return real(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)

    ran = here(run, policy, "--json")

    rows = {row["resource"]: row for row in ran.rows}
    assert ran.status == 1
    assert {name: row["verdict"] for name, row in rows.items()} == {good: "approved", bad: "violation"}
    assert rows[bad]["origin"] == "sweep"
    assert rows[bad]["response"] in ("observe", "alert", "quarantine")
    assert rows[bad]["reasons"]
    assert all(name.startswith(("List", "Describe", "Get")) for name in called)


def test_people_read_resources_roles_and_why(run: Run, aws: None, policy: Path) -> None:
    bad = make_machine("bad", make_role("dev/bad"))

    ran = here(run, policy)

    assert "✗ violation" in ran.out
    assert "states:stateMachine" in ran.out
    assert bad in ran.out
    assert "passer" not in ran.out.partition("why")[0]
    assert ran.out.endswith("1 role held, in 1 resource: 1 violation\n")


def test_regions_are_swept_each(run: Run, aws: None, policy: Path) -> None:
    role = make_role("application_role/good", approved_for="lambda")
    there = [make_machine("m", role, region) for region in ("eu-west-1", "eu-central-1")]
    make_machine("m", role, "us-west-2")

    ran = here(run, policy, "--region", "eu-west-1", "--region", "eu-central-1", "--json")

    assert ran.status == 0
    assert [row["resource"] for row in ran.rows] == there


def test_a_snapshot_takes_the_place_of_iam(
    run: Run, aws: None, policy: Path, file: Callable[..., Path]
) -> None:
    make_machine("m", make_role("application_role/good", approved_for="lambda"))
    empty = file("iam.json", {"RoleDetailList": []})

    ran = here(run, policy, "--iam", empty, "--json")

    assert (ran.status, ran.rows[0]["verdict"]) == (3, "undetermined")


def test_roles_that_do_not_exist_are_counted(run: Run, aws: None, policy: Path) -> None:
    make_machine("m", f"arn:aws:iam::{ACCOUNT}:role/gone")

    ran = here(run, policy)

    assert ran.status == 0
    assert ran.err == "1 held, of roles that do not exist\n"


def test_what_aws_refuses_is_told_at_the_end_and_stops_nothing_else(
    run: Run, cloud: Cloud, policy: Path
) -> None:
    make_machine("m", make_role("dev/bad"))
    message = f"User: arn:aws:iam::{ACCOUNT}:user/x is not authorized to perform: lambda:ListFunctions"
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "ListFunctions":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, operation)
        return real(client, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        ran = here(run, policy, "--only", "lambda:function", "--json")

    assert ran.status == 2
    assert [row["verdict"] for row in ran.rows] == ["violation"]
    assert ran.err == (
        f"not listed: lambda:function in {REGION}: ListFunctions failed: AccessDenied: {message}\n"
    )


def test_what_cannot_be_read_is_told_at_the_end_and_stops_nothing_else(
    run: Run, cloud: Cloud, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_machine("m", make_role("dev/bad"))
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "ListFunctions":
            raise ResponseParserError(f"Unable to parse response: {'x' * 5_000}")
        return real(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)

    ran = here(run, policy, "--only", "lambda:function", "--json")

    assert ran.status == 2
    assert [row["verdict"] for row in ran.rows] == ["violation"]
    assert ran.err.startswith(f"not listed: lambda:function in {REGION}: AWS: Unable to parse response: x")
    assert len(ran.err) < 1_200


def test_what_aws_does_not_describe_is_named(
    run: Run, cloud: Cloud, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = make_role("dev/bad")
    secret, other, seen = (make_machine(name, role) for name in ("a", "b", "c"))
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "DescribeStateMachine" and arguments["stateMachineArn"] in (secret, other):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "its key"}}, operation)
        return real(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)

    ran = here(run, policy, "--json")

    assert (ran.status, [row["resource"] for row in ran.rows]) == (2, [seen])
    assert f"{secret} cannot be looked at: An error occurred (AccessDenied)" in ran.err


def test_a_network_that_is_down_is_told_and_not_taken_for_nothing_there(
    run: Run, aws: None, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "ListStateMachines":
            later = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            raise EndpointConnectionError(endpoint_url="https://states.us-east-1.amazonaws.com", error=later)
        return real(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)

    ran = here(run, policy)

    assert ran.status == 2
    assert ran.err.startswith("not listed: states:stateMachine in us-east-1: ")
    assert "Could not connect" in ran.err


def test_a_type_that_nothing_lists_is_wrong_usage(run: Run, aws: None, policy: Path) -> None:
    ran = here(run, policy, only="lambda:banana")

    assert ran.status == 2
    assert "nothing lists 'lambda:banana'" in ran.err


def test_no_deployment_and_no_credentials_are_one_line(
    run: Run, aws: None, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    ran = here(run, policy)

    assert ran.status == 2
    assert ran.err.startswith("no AWS credentials: ")
