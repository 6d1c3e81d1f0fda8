"""``passrole sweep``: by the deployed guard, asked for and followed; and here, without any guard."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError

from passrole.cli.sweep import deployed as deployed_sweep
from passrole.clock import iso, utc_now
from passrole.ledger import Ledger, SweepPart, SweepRecord
from passrole.sweep.tasks import SweepAll, message_of
from tests.unit.cli.conftest import STACK, Cloud, Run
from tests.unit.cli.test_check import POLICY
from tests.unit.samples import ACCOUNT, REGION

PARTS = ("lambda:function in us-east-1", "states:statemachine in us-east-1")
FINE = SweepPart(PARTS[0], resources=5, roles=4, new=2, opened=1, resolved=1, ended_at="x")


class Function:
    """What the function `sweep` does while somebody waits: the next of these each time."""

    def __init__(self) -> None:
        self.does: list[Callable[[], object]] = []
        self.waits = 0.0

    def sleep(self, seconds: float) -> None:
        self.waits += seconds
        if self.does:
            self.does.pop(0)()


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Function:
    function = Function()
    monkeypatch.setattr(deployed_sweep.time, "sleep", function.sleep)
    monkeypatch.setattr(time, "monotonic", lambda: function.waits)
    return function


@pytest.fixture
def queue(deployed: Cloud) -> str:
    url: str = boto3.client("sqs").create_queue(QueueName="tasks")["QueueUrl"]
    outputs = deployed.stacks[REGION, STACK]["Outputs"]
    outputs.append({"OutputKey": "TasksQueueUrl", "OutputValue": url})
    return url


def asked(url: str) -> list[str]:
    messages = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in messages.get("Messages", [])]


def begun(ledger: Ledger, **ago: float) -> SweepRecord:
    sweep = SweepRecord(iso(utc_now() - timedelta(**ago)), PARTS)
    assert ledger.begin_sweep(sweep, ledger.latest_sweep())
    return sweep


def ended(ledger: Ledger, sweep: SweepRecord, *parts: SweepPart) -> None:
    for part in parts:
        ledger.save_part(sweep.id, part)
    ledger.end_sweep(sweep, iso(utc_now()))


def test_the_guard_is_asked_and_followed_to_the_end(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    ended(ledger, begun(ledger, days=1), replace(FINE, opened=99))
    made: list[SweepRecord] = []
    function.does = [
        lambda: None,
        lambda: made.append(begun(ledger)),
        lambda: ledger.save_part(made[0].id, FINE),
        lambda: ended(ledger, made[0], replace(FINE, name=PARTS[1], skipped="not here")),
    ]

    ran = run("sweep")

    assert asked(queue) == [message_of(SweepAll())]
    assert (ran.status, function.does) == (0, [])
    assert "ended" in ran.out
    assert "2 of 2 parts, 0 failed" in ran.out
    assert "10 resources hold 8 roles, 4 of which the ledger did not know" in ran.out
    assert "findings: 2 opened, 2 resolved" in ran.out
    assert "1 parts had nothing to see" in ran.out


def test_lines_tell_now_and_then_how_far_it_is(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    made: list[SweepRecord] = []
    function.does = [
        lambda: made.append(begun(ledger)),
        lambda: ledger.save_part(made[0].id, FINE),
        *[lambda: None] * 20,
        lambda: ended(ledger, made[0], replace(FINE, name=PARTS[1])),
    ]

    ran = run("sweep")

    assert ran.err == "1 of 2 parts: 5 resources, 4 roles, 1 findings opened, 1 resolved\n"


def test_parts_that_failed_are_told_with_why_and_by_the_status(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    sweep = begun(ledger)
    ended(ledger, sweep, FINE, replace(FINE, name=PARTS[1], failed="AccessDenied: \x1b[31mno"))

    ran = run("sweep", "--status")
    (row,) = run("sweep", "--status", "--format", "json").rows

    assert ran.status == 3
    assert rf"failed: {PARTS[1]}: AccessDenied: \x1b[31mno" in ran.out
    assert (row["sweep"], row["parts"], row["parts_ended"], row["opened"]) == (sweep.id, 2, 2, 2)
    assert row["failed"] == [{"part": PARTS[1], "why": "AccessDenied: \x1b[31mno"}]


def test_roles_that_were_not_judged_are_told_by_the_status(run: Run, queue: str, ledger: Ledger) -> None:
    ended(ledger, begun(ledger), replace(FINE, unanswered=2), replace(FINE, name=PARTS[1], dangling=3))

    ran = run("sweep", "--status")

    assert ran.status == 3
    assert "2 roles were not judged" in ran.out
    assert "3 roles are held that do not exist" in ran.out


def test_a_sweep_that_runs_is_followed_and_none_is_asked_for(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    sweep = begun(ledger, hours=2)
    function.does = [lambda: ended(ledger, sweep, FINE, replace(FINE, name=PARTS[1]))]

    ran = run("sweep", "--json")

    assert asked(queue) == []
    assert ran.err == f"A sweep is running since {sweep.id}: this is that one.\n"
    assert ran.rows[0]["sweep"] == sweep.id


def test_a_sweep_that_was_given_up_keeps_none_from_beginning(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    begun(ledger, hours=7)

    assert run("sweep", "--no-wait").status == 0
    assert asked(queue) == [message_of(SweepAll())]
    status = run("sweep", "--status")
    assert status.status == 3
    assert "given up: 0 of 2 parts ended" in status.out
    assert f"2 parts did not end: {', '.join(PARTS)}" in status.out


def test_no_wait_asks_and_goes(run: Run, queue: str, ledger: Ledger, function: Function) -> None:
    ran = run("sweep", "--no-wait")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "Asked for; `passrole sweep --status` shows how far it is.\n"
    assert (asked(queue), function.waits) == ([message_of(SweepAll())], 0)


def test_interrupted_it_leaves_the_sweep_running_and_says_so(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    function.does = [interrupt]

    ran = run("sweep")

    assert ran.status == 130
    assert ran.err.strip() == "The sweep goes on by itself; `passrole sweep --status` shows how far it is."


def test_a_sweep_that_does_not_begin_is_told_of(run: Run, queue: str, function: Function) -> None:
    ran = run("sweep")

    assert ran.status == 2
    assert "has not begun in 15 minutes: `passrole doctor`" in ran.err


def test_who_may_not_send_is_told_who_may(run: Run, queue: str, deployed: Cloud) -> None:
    deployed.denied.add("SendMessage")

    ran = run("sweep")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("SendMessage failed: AccessDenied: you may not; only the guard's operator role")
    assert ran.err.count("\n") == 1


def test_a_stack_of_an_earlier_version_is_told_in_one_line(run: Run, deployed: Cloud) -> None:
    assert run("sweep").err == "the stack has no output TasksQueueUrl: deploy this version\n"


def test_without_any_sweep_status_says_so(run: Run, queue: str) -> None:
    ran = run("sweep", "--status")

    assert (ran.status, ran.out) == (0, "No sweep has begun yet.\n")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--only", "lambda:function"), "--iam, --only and --rate go with --policy"),
        (("--region", "a", "--region", "b"), "the guard has one home region; several go with --policy"),
        (("--status", "--no-wait"), "give either --status or --no-wait"),
        (("--status", "--policy", "x"), "--status and --no-wait go without --policy"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(run: Run, args: tuple[str, ...], says: str) -> None:
    ran = run("sweep", *args)

    assert ran.status == 2
    assert says in ran.err


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


def test_here_what_is_held_is_judged_with_iams_word_and_nothing_is_written(
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


def test_here_people_read_resources_roles_and_why(run: Run, aws: None, policy: Path) -> None:
    bad = make_machine("bad", make_role("dev/bad"))

    ran = here(run, policy)

    assert "✗ violation" in ran.out
    assert "states:stateMachine" in ran.out
    assert bad in ran.out
    assert "passer" not in ran.out.partition("why")[0]
    assert ran.out.endswith("1 role held, in 1 resource: 1 violation\n")


def test_here_regions_are_swept_each(run: Run, aws: None, policy: Path) -> None:
    role = make_role("application_role/good", approved_for="lambda")
    there = [make_machine("m", role, region) for region in ("eu-west-1", "eu-central-1")]
    make_machine("m", role, "us-west-2")

    ran = here(run, policy, "--region", "eu-west-1", "--region", "eu-central-1", "--json")

    assert ran.status == 0
    assert [row["resource"] for row in ran.rows] == there


def test_here_a_snapshot_takes_the_place_of_iam(
    run: Run, aws: None, policy: Path, file: Callable[..., Path]
) -> None:
    make_machine("m", make_role("application_role/good", approved_for="lambda"))
    empty = file("iam.json", {"RoleDetailList": []})

    ran = here(run, policy, "--iam", empty, "--json")

    assert (ran.status, ran.rows[0]["verdict"]) == (3, "undetermined")


def test_here_roles_that_do_not_exist_are_counted(run: Run, aws: None, policy: Path) -> None:
    make_machine("m", f"arn:aws:iam::{ACCOUNT}:role/gone")

    ran = here(run, policy)

    assert ran.status == 0
    assert ran.err == "1 held, of roles that do not exist\n"


def test_here_what_aws_refuses_is_told_at_the_end_and_stops_nothing_else(
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


def test_here_a_network_that_is_down_is_told_and_not_taken_for_nothing_there(
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


def test_here_a_type_that_nothing_lists_is_wrong_usage(run: Run, aws: None, policy: Path) -> None:
    ran = here(run, policy, only="lambda:banana")

    assert ran.status == 2
    assert "nothing lists 'lambda:banana'" in ran.err


def test_here_no_deployment_and_no_credentials_are_one_line(
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
