"""Schedules: an update sends all of them, and never overwrites what others changed."""

import json
from typing import Any

import pytest
from botocore.loaders import Loader

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.schedule import SENT
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.cases.schedule import ScheduleCase
from tests.unit.samples import ACCOUNT, REGION

pytestmark = pytest.mark.parametrize("case", [ScheduleCase()], ids=["schedule"])

SCHEDULE = Arn("aws", "scheduler", REGION, ACCOUNT, "schedule/nightly/report")


def test_all_that_an_update_takes_is_saved(case: Case) -> None:
    model = Loader().load_service_model("scheduler", "service-2")
    taken, told = (
        set(model["shapes"][shape]["members"]) for shape in ("UpdateScheduleInput", "GetScheduleOutput")
    )

    assert set(SENT) == taken & told
    assert taken - told == {"ClientToken"}


def test_both_updates_send_all_of_the_schedule(case: Case, clients: Clients, acting: Aws, role: str) -> None:
    arn = case.make(clients, role)
    prior, sent = case.describe(acting, arn), []

    def keep(params: Any, **_: Any) -> None:
        sent.append(set(json.loads(params["body"])))

    clients("scheduler", REGION).meta.events.register("before-call.scheduler.UpdateSchedule", keep)
    case.module.contain(acting, SCHEDULE, prior, role)
    case.module.release(acting, SCHEDULE, prior)

    in_body = set(SENT) - {"Name"}
    assert [members & in_body for members in sent] == [in_body, in_body]


def test_another_role_is_not_overwritten(case: Case, clients: Clients, acting: Aws, role: str) -> None:
    arn = case.make(clients, role)
    prior = case.describe(acting, arn)
    case.module.contain(acting, SCHEDULE, prior, role)
    case.give_other_role(clients, arn, f"arn:aws:iam::{ACCOUNT}:role/remedy")

    (line,) = case.module.changed_since(acting, case.describe(acting, arn), prior)
    with pytest.raises(CannotRestoreError, match=r"Target\.RoleArn is .*role/remedy"):
        case.module.release(acting, SCHEDULE, prior)

    assert case.snapshot(clients, arn)["Target"]["RoleArn"].endswith("role/remedy")
    assert "role/remedy" in line


def test_what_a_schedule_sends_is_not_told(case: Case, clients: Clients, acting: Aws, role: str) -> None:
    prior = case.describe(acting, case.make(clients, role))
    case.module.contain(acting, SCHEDULE, prior, role)
    now = case.describe(acting, str(SCHEDULE))
    now["schedule"]["Target"]["Input"] = "hunter2"

    assert case.module.changed_since(acting, now, prior) == (
        "Target.Input is another one than containment left",
    )


def test_a_schedule_that_was_disabled_is_disabled_after_a_release(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    state = case.describe(acting, arn)
    disabled = {**state, "schedule": {**state["schedule"], "State": "DISABLED"}}
    case.module.contain(acting, SCHEDULE, state, role)

    case.module.release(acting, SCHEDULE, disabled)

    assert not case.works(clients, arn)
    assert case.module.holds(case.describe(acting, arn), role)
