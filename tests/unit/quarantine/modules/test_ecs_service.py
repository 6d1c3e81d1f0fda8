"""ECS services: those that have no count of their own, and the task definitions beside the current one."""
# ruff: noqa: N803 - parameters are named as the API names them

from typing import Any

import pytest

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.ecs_service import EcsService
from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.samples import ACCOUNT, NOW, REGION, ROLE

SERVICE = Arn("aws", "ecs", REGION, ACCOUNT, "service/shop/orders")
OF_OLD_FORM = Arn("aws", "ecs", REGION, ACCOUNT, "service/orders")


class FakeEcs(FakeApi):
    service = "ecs"

    def __init__(self) -> None:
        self.cluster = "shop"
        self.told: dict[str, Any] = {
            "status": "ACTIVE",
            "taskDefinition": "orders:3",
            "desiredCount": 2,
            "schedulingStrategy": "REPLICA",
            "createdAt": NOW,
        }
        self.definitions: dict[str, dict[str, str]] = {"orders:3": {}, "orders:2": {"taskRoleArn": ROLE}}

    def describe_services(self, services: list[str], cluster: str = "default") -> Any:
        if cluster != self.cluster:
            raise RefusedError("ClusterNotFoundException", "Cluster not found.")
        return {"services": [self.told]}

    def describe_task_definition(self, taskDefinition: str) -> Any:
        return {"taskDefinition": self.definitions[taskDefinition]}

    def update_service(self, service: str, desiredCount: int, cluster: str = "default") -> None:
        assert (cluster, service) == (self.cluster, "orders")
        self.told["desiredCount"] = desiredCount


@pytest.fixture
def ecs() -> FakeEcs:
    return FakeEcs()


@pytest.fixture
def acting(aws: None, ecs: FakeEcs) -> Aws:
    return Aws(lambda _service, region: ecs.client(region), QUARANTINE_ROLE)


def described(acting: Aws, resource: Arn = SERVICE) -> Any:
    now = EcsService().describe(acting, resource)
    assert now is not None
    return now


@pytest.mark.parametrize(
    ("member", "value", "word"),
    [("schedulingStrategy", "DAEMON", "DAEMON"), ("resourceManagementType", "ECS", "Express")],
)
def test_a_service_without_a_count_of_its_own_is_objected_to(
    ecs: FakeEcs, acting: Aws, member: str, value: str, word: str
) -> None:
    assert EcsService().objection(described(acting), "") is None

    ecs.told[member] = value

    assert word in (EcsService().objection(described(acting), "") or "")


@pytest.mark.parametrize(
    ("holder", "holds"),
    [
        ({"deployments": [{"status": "ACTIVE", "taskDefinition": "orders:2"}]}, True),
        ({"deployments": [{"status": "INACTIVE", "taskDefinition": "orders:2"}]}, False),
        ({"taskSets": [{"status": "PRIMARY", "taskDefinition": "orders:2"}]}, True),
        ({"taskDefinition": "orders:2"}, True),
    ],
)
def test_every_task_definition_that_tasks_are_started_from_counts(
    ecs: FakeEcs, acting: Aws, holder: Any, holds: bool
) -> None:
    ecs.told |= holder

    assert EcsService().holds(described(acting), ROLE) is holds


@pytest.mark.parametrize("named", [{"executionRoleArn": ROLE}, {"taskRoleArn": "deployer"}])
def test_execution_roles_and_roles_by_name_count(ecs: FakeEcs, acting: Aws, named: dict[str, str]) -> None:
    ecs.definitions["orders:3"] = named

    assert EcsService().holds(described(acting), ROLE)


def test_an_arn_of_the_old_form_is_one_of_the_default_cluster(ecs: FakeEcs, acting: Aws) -> None:
    assert EcsService().describe(acting, OF_OLD_FORM) is None

    ecs.cluster = "default"
    EcsService().contain(acting, OF_OLD_FORM, described(acting, OF_OLD_FORM), ROLE)

    assert described(acting, OF_OLD_FORM)["desired"] == 0


def test_a_service_is_known_by_when_it_was_made(acting: Aws) -> None:
    assert described(acting)["made"] == "2026-11-22T12:00:05.000Z"


def test_a_count_that_auto_scaling_raised_is_not_contained(ecs: FakeEcs, acting: Aws) -> None:
    EcsService().contain(acting, SERVICE, described(acting), ROLE)
    assert EcsService().is_contained(acting, described(acting), ROLE)

    ecs.told["desiredCount"] = 1

    assert not EcsService().is_contained(acting, described(acting), ROLE)


def test_a_count_that_others_set_is_not_overwritten(ecs: FakeEcs, acting: Aws) -> None:
    prior = described(acting)
    EcsService().contain(acting, SERVICE, prior, ROLE)
    ecs.told["desiredCount"] = 1

    with pytest.raises(CannotRestoreError, match="the desired count is 1"):
        EcsService().release(acting, SERVICE, prior)
    ecs.told["desiredCount"] = 0
    EcsService().release(acting, SERVICE, prior)

    assert described(acting)["desired"] == prior["desired"]
