"""Notebook instances while SageMaker starts, stops and updates them."""
# ruff: noqa: N803 - parameters are named as the API names them

from typing import Any

import pytest
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.notebook_instance import NotebookInstance
from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.samples import ACCOUNT, NOW, REGION, ROLE

INSTANCE = Arn("aws", "sagemaker", REGION, ACCOUNT, "notebook-instance/research")


class FakeSageMaker(FakeApi):
    service = "sagemaker"
    status = "InService"

    def describe_notebook_instance(self, NotebookInstanceName: str) -> Any:
        return {"RoleArn": ROLE, "NotebookInstanceStatus": self.status, "CreationTime": NOW}

    def stop_notebook_instance(self, NotebookInstanceName: str) -> None:
        self._go(("InService",), "Stopping")

    def start_notebook_instance(self, NotebookInstanceName: str) -> None:
        self._go(("Stopped", "Failed"), "Pending")

    def _go(self, allowed: tuple[str, ...], status: str) -> None:
        if self.status not in allowed:
            raise RefusedError("AccessDeniedException", f"Status ({self.status}) not in {allowed}")
        self.status = status


@pytest.fixture
def sagemaker() -> FakeSageMaker:
    return FakeSageMaker()


@pytest.fixture
def acting(aws: None, sagemaker: FakeSageMaker) -> Aws:
    return Aws(lambda _service, region: sagemaker.client(region), QUARANTINE_ROLE)


def described(acting: Aws) -> Any:
    now = NotebookInstance().describe(acting, INSTANCE)
    assert now is not None
    return now


@pytest.mark.parametrize("status", ["Pending", "Updating", "InMaintenance"])
def test_one_that_cannot_be_stopped_yet_is_not_taken_for_contained(
    sagemaker: FakeSageMaker, acting: Aws, status: str
) -> None:
    sagemaker.status = status
    now = described(acting)

    assert NotebookInstance().objection(now, "") is None
    assert not NotebookInstance().is_contained(acting, now, ROLE)
    with pytest.raises(ClientError):
        NotebookInstance().contain(acting, INSTANCE, now, ROLE)


@pytest.mark.parametrize("status", ["Stopping", "Stopped", "Failed"])
def test_one_that_is_down_is_left_so(sagemaker: FakeSageMaker, acting: Aws, status: str) -> None:
    module = NotebookInstance()
    sagemaker.status = status
    now = described(acting)

    module.contain(acting, INSTANCE, now, ROLE)
    module.release(acting, INSTANCE, now)

    assert module.is_contained(acting, described(acting), ROLE)
    assert sagemaker.status == status


def test_one_that_was_just_starting_is_started_by_a_release(sagemaker: FakeSageMaker, acting: Aws) -> None:
    module = NotebookInstance()
    sagemaker.status = "Pending"
    prior = described(acting)
    sagemaker.status = "InService"
    module.contain(acting, INSTANCE, described(acting), ROLE)
    assert sagemaker.status == "Stopping"

    with pytest.raises(ClientError):  # it has not stopped yet
        module.release(acting, INSTANCE, prior)
    sagemaker.status = "Stopped"
    module.release(acting, INSTANCE, prior)

    assert sagemaker.status == "Pending"
    assert module.is_released(described(acting), prior)


def test_one_that_was_updated_when_it_was_found_is_not_started(sagemaker: FakeSageMaker, acting: Aws) -> None:
    sagemaker.status = "Updating"
    prior = described(acting)
    sagemaker.status = "Stopped"

    NotebookInstance().release(acting, INSTANCE, prior)

    assert sagemaker.status == "Stopped"


def test_one_that_others_started_is_not_as_containment_left_it(sagemaker: FakeSageMaker, acting: Aws) -> None:
    sagemaker.status = "Stopped"
    prior = described(acting)
    sagemaker.status = "InService"

    assert NotebookInstance().changed_since(acting, described(acting), prior) == (
        "the status is InService, containment left Stopped",
    )
    with pytest.raises(CannotRestoreError):
        NotebookInstance().release(acting, INSTANCE, prior)


def test_one_that_is_being_deleted_is_gone(sagemaker: FakeSageMaker, acting: Aws) -> None:
    sagemaker.status = "Deleting"

    assert NotebookInstance().describe(acting, INSTANCE) is None
