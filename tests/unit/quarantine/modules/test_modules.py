"""Every module by itself: contain, verify, release, and exactly the prior state is back."""

import json
from typing import Any

import pytest

from passrole.arn import Arn
from passrole.quarantine.module import Aws
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.conftest import make_role


def arn_of(text: str) -> Arn:
    parsed = Arn.parse(text)
    assert parsed is not None
    return parsed


@pytest.fixture
def resource(case: Case, clients: Clients, role: str) -> str:
    return case.make(clients, role)


@pytest.fixture
def now(case: Case, acting: Aws, resource: str) -> Any:
    described = case.describe(acting, resource)
    assert described is not None
    return described


def test_a_description_is_plain_json_and_says_which_role_is_held(
    case: Case, acting: Aws, now: Any, role: str
) -> None:
    assert json.loads(json.dumps(now)) == now
    assert case.module.holds(now, role)
    assert not case.module.holds(now, f"{role}-2")
    assert not case.module.is_contained(acting, now, role)
    assert case.module.objection(now, role) is None


def test_a_release_gives_back_exactly_the_prior_state(
    case: Case, clients: Clients, acting: Aws, resource: str, role: str, now: Any
) -> None:
    module, arn, before = case.module, arn_of(resource), case.snapshot(clients, resource)
    assert case.works(clients, resource)

    module.contain(acting, arn, now, role)

    contained = case.describe(acting, resource)
    assert module.is_contained(acting, contained, role)
    assert not case.works(clients, resource)
    assert case.snapshot(clients, resource) != before
    assert module.changed_since(acting, contained, now) == ()
    assert not module.is_released(contained, now)
    assert module.puts_back(now)

    module.release(acting, arn, json.loads(json.dumps(now)))

    released = case.describe(acting, resource)
    assert module.is_released(released, now)
    assert case.works(clients, resource)
    assert case.snapshot(clients, resource) == before


def test_containing_and_releasing_may_be_repeated(
    case: Case, clients: Clients, acting: Aws, resource: str, role: str, now: Any
) -> None:
    module, arn, before = case.module, arn_of(resource), case.snapshot(clients, resource)

    module.contain(acting, arn, now, role)
    module.contain(acting, arn, case.describe(acting, resource), role)
    assert not case.works(clients, resource)
    module.release(acting, arn, now)
    module.release(acting, arn, now)

    assert case.snapshot(clients, resource) == before


def test_another_role_is_not_the_one_that_was_passed(
    case: Case, clients: Clients, acting: Aws, resource: str, role: str
) -> None:
    case.give_other_role(clients, resource, make_role(clients, "harmless"))

    assert not case.module.holds(case.describe(acting, resource), role)


def test_what_others_changed_is_noticed(
    case: Case, clients: Clients, acting: Aws, resource: str, role: str, now: Any
) -> None:
    case.module.contain(acting, arn_of(resource), now, role)

    case.meddle(clients, resource)

    assert case.module.changed_since(acting, case.describe(acting, resource), now)


def test_a_resource_that_is_gone_has_no_description(
    case: Case, clients: Clients, acting: Aws, resource: str
) -> None:
    case.remove(clients, resource)

    assert case.describe(acting, resource) is None
