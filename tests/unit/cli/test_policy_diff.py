"""``passrole policy diff``: what another policy would judge differently, of files and of the ledger."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from passrole.ledger import Ledger
from passrole.passes import PassedRole, RoleKind
from passrole.policy import Decision
from tests.unit.cli.conftest import Cloud, Run
from tests.unit.cli.test_check import BARE, GOOD, OTHER, POLICY, role
from tests.unit.cli.test_sweep_here import make_role
from tests.unit.samples import ACCOUNT, REGION, create_function_record, evidence_of, pass_of, verdict_of

File = Callable[..., Path]
WIDER = POLICY.replace("    role_tags: {approved-for: lambda}\n", "")
NARROWER = POLICY.replace("/application_role/*", "/application_role/none")
ALERTING = POLICY.replace("violation: quarantine", "violation: alert")


@pytest.fixture
def old(file: File) -> Path:
    return file("old.yaml", POLICY)


@pytest.fixture
def iam(file: File) -> Path:
    return file("iam.json", {"RoleDetailList": [role(GOOD, approved_for="lambda"), role(BARE), role(OTHER)]})


@pytest.fixture
def events(file: File) -> Path:
    records = [create_function_record(arn, eventID=f"event-{n}") for n, arn in enumerate((GOOD, BARE, OTHER))]
    return file("events.jsonl", *records)


@pytest.mark.parametrize(
    ("new", "changes", "status"),
    [
        (POLICY, {}, 0),
        (WIDER, {BARE: "approved"}, 0),
        (NARROWER, {GOOD: "violation"}, 1),
        (ALERTING, {BARE: "response", OTHER: "response"}, 0),
    ],
)
def test_each_difference_is_a_row_and_the_worst_is_the_status(
    run: Run, file: File, old: Path, iam: Path, events: Path, new: str, changes: dict[str, str], status: int
) -> None:
    ran = run("policy", "diff", old, file("new.yaml", new), events, "--iam", iam, "--json")

    assert ran.status == status
    assert {row["role"]["value"]: row["change"] for row in ran.rows} == changes
    assert ran.err.startswith("3 passes judged: ")


def test_what_becomes_undetermined_has_a_status_of_its_own(
    run: Run, file: File, events: Path, old: Path
) -> None:
    ran = run("policy", "diff", file("wider.yaml", WIDER), old, events, "--json")

    assert ran.status == 3
    assert {row["change"] for row in ran.rows} == {"undetermined"}


def test_a_row_tells_both_verdicts_with_reasons_and_responses(
    run: Run, file: File, old: Path, iam: Path, events: Path
) -> None:
    (row,) = run("policy", "diff", old, file("new.yaml", NARROWER), events, "--iam", iam, "--json").rows

    assert (row["old"]["verdict"], row["old"]["response"]) == ("approved", None)
    assert (row["new"]["verdict"], row["new"]["response"]) == ("violation", "quarantine")
    assert row["old"]["reasons"] != row["new"]["reasons"]
    assert row["old"]["policy_hash"] != row["new"]["policy_hash"]
    assert {"resource", "passer", "place", "services"} <= row.keys()


def test_people_read_what_it_was_and_what_it_becomes(
    run: Run, file: File, old: Path, iam: Path, events: Path
) -> None:
    ran = run("policy", "diff", old, file("new.yaml", NARROWER), events, "--iam", iam)

    assert "✗ violation (was approved)" in ran.out
    assert "quarantine, was none" in ran.out
    assert GOOD in ran.out
    assert ran.out.endswith("3 passes judged: 1 newly violating\n")
    same = run("policy", "diff", old, old, events, "--iam", iam)
    assert same.out == "3 passes judged: no difference\n"


def test_bad_input_is_told_and_outweighs(run: Run, file: File, old: Path, events: Path) -> None:
    bad = file("bad.jsonl", "{")

    assert run("policy", "diff", old, old, events, bad).status == 2
    assert run("policy", "diff", old, "nowhere.yaml", events).err.startswith("nowhere.yaml: cannot be read")
    for args in ((), (events, "--ledger")):
        ran = run("policy", "diff", old, old, *args)
        assert ran.status == 2
        assert "give either FILEs or --ledger" in ran.err


def hold(ledger: Ledger, number: int, arn: str, **fields: Any) -> str:
    """A function holds a role, by a pass that was approved long ago."""
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f{number}"
    passed = PassedRole(arn, RoleKind.ROLE_ARN, arn, arn.rpartition("/")[2])
    pass_ = pass_of(
        event_id=f"event-{number}",
        role=passed,
        resources=(function,),
        event_time="2026-01-01T00:00:00Z",
        **fields,
    )
    evidence = evidence_of(arn)
    assert ledger.record_pass(pass_, verdict_of(Decision.APPROVED), evidence, (), "2026-01-01T00:00:01.000Z")
    return function


def test_what_is_held_is_judged_by_what_iam_tells_now(
    run: Run, file: File, old: Path, deployed: Cloud, ledger: Ledger
) -> None:
    good = make_role("application_role/good", approved_for="lambda")
    bare = make_role("application_role/bare")
    functions = [hold(ledger, number, arn) for number, arn in enumerate((good, bare, good))]

    narrower = run("policy", "diff", old, file("narrower.yaml", NARROWER), "--ledger", "--json")
    wider = run("policy", "diff", old, file("wider.yaml", WIDER), "--ledger", "--json")

    assert (narrower.status, wider.status) == (1, 0)
    assert {row["resource"] for row in narrower.rows} == {functions[0], functions[2]}
    assert [(row["resource"], row["change"]) for row in wider.rows] == [(functions[1], "approved")]
    assert narrower.rows[0]["passer"]["arn"].endswith("user/dana")


def test_what_exists_is_answered_as_the_policy_says_of_what_exists(
    run: Run, file: File, old: Path, deployed: Cloud, ledger: Ledger
) -> None:
    hold(ledger, 1, make_role("application_role/good", approved_for="lambda"))

    (row,) = run("policy", "diff", old, file("new.yaml", NARROWER), "--ledger", "--json").rows

    assert row["new"]["response"] == "alert"


def test_iam_is_asked_once_a_role_and_nothing_is_written(
    run: Run, file: File, old: Path, deployed: Cloud, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = make_role("application_role/good", approved_for="lambda")
    for number in range(105):
        hold(ledger, number, good)
    called: list[str] = []
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        called.append(operation)
        return real(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)

    ran = run("policy", "diff", old, file("new.yaml", NARROWER), "--ledger", "--json")

    assert len(ran.rows) == 105
    assert called.count("GetRole") == 1
    assert not {name for name in called if name.startswith(("Put", "Update", "Transact", "Delete", "Send"))}


def test_roles_that_do_not_exist_and_roles_that_iam_does_not_tell_are_counted(
    run: Run, file: File, old: Path, deployed: Cloud, ledger: Ledger
) -> None:
    hold(ledger, 1, f"arn:aws:iam::{ACCOUNT}:role/application_role/gone")

    gone = run("policy", "diff", old, file("new.yaml", NARROWER), "--ledger")
    deployed.denied.add("GetRole")
    silent = run("policy", "diff", file("wider.yaml", WIDER), old, "--ledger")

    assert gone.status == 0
    assert gone.out == ("0 passes judged: no difference\n1 held, of roles that do not exist: not judged\n")
    assert silent.status == 3
    assert silent.out.endswith("1 of which IAM did not tell all that the policies ask\n")


def test_a_snapshot_takes_the_place_of_iam(
    run: Run, file: File, old: Path, iam: Path, deployed: Cloud, ledger: Ledger
) -> None:
    hold(ledger, 1, GOOD)
    deployed.denied.add("GetRole")

    ran = run("policy", "diff", old, file("new.yaml", NARROWER), "--ledger", "--iam", iam, "--json")

    assert [row["change"] for row in ran.rows] == ["violation"]


def test_one_pass_to_several_resources_is_told_of_each(
    run: Run, file: File, old: Path, deployed: Cloud, ledger: Ledger
) -> None:
    good = make_role("application_role/good", approved_for="lambda")
    functions = tuple(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f{n}" for n in (1, 2))
    passed = PassedRole(good, RoleKind.ROLE_ARN, good, "good")
    pass_ = replace(pass_of(role=passed), resources=functions)
    ledger.record_pass(
        pass_, verdict_of(Decision.APPROVED), evidence_of(good), (), "2026-11-22T12:00:05.000Z"
    )

    ran = run("policy", "diff", old, file("new.yaml", NARROWER), "--ledger", "--json")

    assert sorted(row["resources"] for row in ran.rows) == [[functions[0]], [functions[1]]]


def test_a_guard_that_is_not_there_is_one_line(run: Run, old: Path, cloud: Cloud) -> None:
    assert run("policy", "diff", old, old, "--ledger").err.startswith("no stack PassRoleGuardrail in ")
    assert boto3.client("dynamodb").list_tables()["TableNames"] == []
