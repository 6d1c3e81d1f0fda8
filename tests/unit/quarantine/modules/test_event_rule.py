"""Rules of EventBridge: their three states, roles of targets, and rules that a service manages."""

from typing import Any

import pytest

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.cases.event_rule import BUS, PATTERN, EventRuleCase, put_targets
from tests.unit.quarantine.modules.conftest import make_role
from tests.unit.samples import ACCOUNT, REGION

pytestmark = pytest.mark.parametrize("case", [EventRuleCase()], ids=["event-rule"])

ALL_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
RULE = Arn("aws", "events", REGION, ACCOUNT, f"rule/{BUS}/placed")


def put(clients: Clients, state: str, **more: str) -> None:
    clients("events").put_rule(Name="placed", EventBusName=BUS, EventPattern=PATTERN, State=state, **more)


@pytest.mark.parametrize("state", ["ENABLED", "DISABLED", ALL_EVENTS])
def test_each_of_the_three_states_is_given_back(
    case: Case, clients: Clients, acting: Aws, role: str, state: str
) -> None:
    arn = case.make(clients, role)
    put(clients, state, Description="all orders", RoleArn=role)
    prior, before = case.describe(acting, arn), case.snapshot(clients, arn)

    case.module.contain(acting, RULE, prior, role)
    assert not case.works(clients, arn)
    case.module.release(acting, RULE, prior)

    assert case.snapshot(clients, arn) == before
    assert case.module.gives_back(prior) == ((role,) if state == ALL_EVENTS else ())


def test_a_role_that_a_release_would_overwrite_is_left(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    put(clients, ALL_EVENTS, RoleArn=role)
    prior, remedy = case.describe(acting, arn), make_role(clients, "harmless")
    case.module.contain(acting, RULE, prior, role)
    put(clients, "DISABLED", RoleArn=remedy)

    with pytest.raises(CannotRestoreError, match="harmless"):
        case.module.release(acting, RULE, prior)

    assert case.snapshot(clients, arn)["RoleArn"] == remedy


def test_a_role_that_a_release_does_not_touch_is_no_hindrance(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    put(clients, "ENABLED", RoleArn=role)
    prior = case.describe(acting, arn)
    case.module.contain(acting, RULE, prior, role)
    put(clients, "DISABLED", RoleArn=make_role(clients, "harmless"))

    case.module.release(acting, RULE, prior)

    assert case.works(clients, arn)


def test_a_target_s_role_counts_on_whatever_page_it_stands(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn, other = case.make(clients, role), make_role(clients, "other")
    for start in range(0, 110, 10):
        put_targets(clients, {f"t{number:03}": None for number in range(start, start + 10)})
    put_targets(clients, {"zz": other})

    assert case.module.holds(case.describe(acting, arn), other)
    assert case.module.holds(case.describe(acting, arn), role)


def test_a_rule_of_the_default_bus_is_found_by_its_shorter_arn(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    case.make(clients, role)
    rule = clients("events").put_rule(Name="nightly", ScheduleExpression="rate(1 day)", RoleArn=role)
    arn = Arn.parse(rule["RuleArn"])
    assert arn is not None
    assert arn.resource == "rule/nightly"
    prior: Any = case.module.describe(acting, arn)

    case.module.contain(acting, arn, prior, role)

    assert clients("events").describe_rule(Name="nightly")["State"] == "DISABLED"
    assert prior["attributes"] == {"ScheduleExpression": "rate(1 day)", "RoleArn": role}


def test_a_rule_that_a_service_manages_is_objected_to(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    now = case.describe(acting, case.make(clients, role))

    objection = case.module.objection({**now, "managed_by": "states.amazonaws.com"}, "")

    assert objection is not None
    assert "states.amazonaws.com" in objection
