"""State machines: versions that keep the role, logs that the quarantine role may not write, executions."""

import json
from typing import Any

import pytest

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE, Case, Clients
from tests.unit.quarantine.modules.cases.state_machine import LOGS, StateMachineCase, machine_with
from tests.unit.quarantine.modules.conftest import EMULATED
from tests.unit.samples import ACCOUNT

pytestmark = [pytest.mark.parametrize("case", [StateMachineCase()], ids=["state-machine"]), EMULATED]

REMEDY = f"arn:aws:iam::{ACCOUNT}:role/remedy"


def parsed(arn: str) -> Arn:
    found = Arn.parse(arn)
    assert found is not None
    return found


def told(clients: Clients, arn: str) -> Any:
    return clients("stepfunctions").describe_state_machine(stateMachineArn=arn)


def test_a_version_keeps_its_role_and_is_objected_to(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    clients("stepfunctions").publish_state_machine_version(stateMachineArn=arn)
    now = case.describe(acting, arn)

    assert now["versions"] == {f"{arn}:1": role}
    assert "versions keep the role" in (case.module.objection(now, role) or "")
    case.module.contain(acting, parsed(arn), now, role)
    contained = case.describe(acting, arn)
    assert case.module.holds(contained, role)
    assert not case.module.is_contained(acting, contained, role)


def test_versions_with_other_roles_are_no_hindrance(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, REMEDY)
    clients("stepfunctions").publish_state_machine_version(stateMachineArn=arn)
    clients("stepfunctions").update_state_machine(stateMachineArn=arn, roleArn=role)
    now = case.describe(acting, arn)

    assert case.module.objection(now, role) is None
    case.module.contain(acting, parsed(arn), now, role)
    assert case.module.is_contained(acting, case.describe(acting, arn), role)


def test_a_machine_that_got_another_role_is_left_though_a_version_keeps_it(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    clients("stepfunctions").publish_state_machine_version(stateMachineArn=arn)
    clients("stepfunctions").update_state_machine(stateMachineArn=arn, roleArn=REMEDY)
    now = case.describe(acting, arn)

    assert case.module.holds(now, role)
    case.module.contain(acting, parsed(arn), now, role)
    assert told(clients, arn)["roleArn"] == REMEDY
    assert not case.module.is_contained(acting, case.describe(acting, arn), role)


def test_logging_is_off_while_the_quarantine_role_may_not_log(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    prior = case.describe(acting, arn)

    case.module.contain(acting, parsed(arn), prior, role)
    assert told(clients, arn)["loggingConfiguration"]["level"] == "OFF"
    case.module.release(acting, parsed(arn), prior)

    assert told(clients, arn)["loggingConfiguration"] == LOGS


def test_a_machine_without_logs_gets_back_its_role_alone(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = machine_with(clients, role)
    prior, before = case.describe(acting, arn), case.snapshot(clients, arn)

    case.module.contain(acting, parsed(arn), prior, role)
    case.module.release(acting, parsed(arn), prior)

    assert case.snapshot(clients, arn) == before
    assert case.module.puts_back(prior) == (f"execution role: {role}",)


def test_logging_that_others_set_up_is_not_overwritten(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    prior = case.describe(acting, arn)
    case.module.contain(acting, parsed(arn), prior, role)
    clients("stepfunctions").update_state_machine(
        stateMachineArn=arn, roleArn=QUARANTINE_ROLE, loggingConfiguration={**LOGS, "level": "ALL"}
    )

    with pytest.raises(CannotRestoreError, match="logging"):
        case.module.release(acting, parsed(arn), prior)

    assert told(clients, arn)["roleArn"] == QUARANTINE_ROLE


def test_another_role_is_not_overwritten(case: Case, clients: Clients, acting: Aws, role: str) -> None:
    arn = case.make(clients, role)
    prior = case.describe(acting, arn)
    case.module.contain(acting, parsed(arn), prior, role)
    case.give_other_role(clients, arn, REMEDY)

    with pytest.raises(CannotRestoreError, match="remedy"):
        case.module.release(acting, parsed(arn), prior)


def test_all_running_executions_are_stopped_and_the_others_left(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    client, arn = clients("stepfunctions"), case.make(clients, role)
    elsewhere = case.make(clients, role)
    ours = [client.start_execution(stateMachineArn=arn)["executionArn"] for _ in range(3)]
    theirs = client.start_execution(stateMachineArn=elsewhere)["executionArn"]

    case.module.stop_running(acting, parsed(arn))
    case.module.stop_running(acting, parsed(arn))

    assert [client.describe_execution(executionArn=e)["status"] for e in ours] == ["ABORTED"] * 3
    assert client.describe_execution(executionArn=theirs)["status"] == "RUNNING"
    client.stop_execution(executionArn=theirs)


def test_executions_of_an_express_machine_are_not_asked_for(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = machine_with(clients, role, type="EXPRESS")
    asked: list[str] = []
    clients("stepfunctions", parsed(arn).region).meta.events.register(
        "before-call.sfn", lambda model, **_: asked.append(model.name)
    )

    case.module.stop_running(acting, parsed(arn))

    assert asked == ["DescribeStateMachine"]


def test_a_machine_is_described_without_its_definition(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    now = case.describe(acting, case.make(clients, role))

    assert "States" not in json.dumps(now)
    assert now["revision"]
