"""Pipes: roles of the tasks that they start, and states on the way."""

from typing import Any

import pytest

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.cases.pipe import PipeCase, tasks_with
from tests.unit.samples import ACCOUNT, REGION

pytestmark = pytest.mark.parametrize("case", [PipeCase()], ids=["pipe"])

PIPE = Arn("aws", "pipes", REGION, ACCOUNT, "pipe/orders")
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other"


@pytest.mark.parametrize("member", ["TaskRoleArn", "ExecutionRoleArn"])
def test_roles_of_the_pipe_s_tasks_count(
    case: Case, clients: Clients, acting: Aws, role: str, member: str
) -> None:
    arn = case.make(clients, role)
    clients("pipes").update_pipe(Name="orders", RoleArn=role, TargetParameters=tasks_with(**{member: OTHER}))

    now = case.describe(acting, arn)

    assert case.module.holds(now, OTHER)
    assert case.module.holds(now, role)


@pytest.mark.parametrize(
    ("desired", "current", "contained"),
    [
        ("STOPPED", "STOPPED", True),
        ("STOPPED", "STOPPING", True),
        ("STOPPED", "STOP_FAILED", False),
        ("STOPPED", "RUNNING", False),
        ("RUNNING", "STOPPED", False),
    ],
)
def test_a_pipe_is_contained_once_it_stops(
    case: Case, clients: Clients, acting: Aws, role: str, desired: str, current: str, contained: bool
) -> None:
    now = case.describe(acting, case.make(clients, role))

    stopping = {**now, "desired": desired, "current": current}

    assert case.module.is_contained(acting, stopping, role) is contained


def test_a_pipe_that_was_stopped_before_is_not_started(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    clients("pipes").stop_pipe(Name="orders")
    prior: Any = case.describe(acting, arn)

    case.module.release(acting, PIPE, prior)

    assert not case.works(clients, arn)


def test_a_pipe_that_others_started_or_turned_elsewhere_is_left(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    ran: Any = case.describe(acting, arn)
    stopped = {**ran, "desired": "STOPPED", "current": "STOPPED"}

    assert case.module.changed_since(acting, ran, stopped) == (
        "the state is RUNNING, containment left STOPPED",
    )
    case.module.contain(acting, PIPE, ran, role)
    case.meddle(clients, arn)
    with pytest.raises(CannotRestoreError, match="target"):
        case.module.release(acting, PIPE, ran)
    assert not case.works(clients, arn)
