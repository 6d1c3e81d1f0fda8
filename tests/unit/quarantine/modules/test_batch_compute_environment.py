"""Batch compute environments: which roles their instances get."""
# ruff: noqa: N803 - parameters are named as the API names them

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.batch_compute_environment import BatchComputeEnvironment
from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.samples import ACCOUNT, REGION, ROLE

ENVIRONMENT = Arn("aws", "batch", REGION, ACCOUNT, "compute-environment/nightly")
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/dev/deployer-profile"


class FakeBatch(FakeApi):
    service = "batch"

    def __init__(self) -> None:
        self.resources: dict[str, Any] | None = {"type": "EC2", "maxvCpus": 8, "subnets": []}
        self.status, self.state = "VALID", "ENABLED"

    def describe_compute_environments(self, computeEnvironments: list[str]) -> Any:
        found = {
            "computeEnvironmentName": "nightly",
            "computeEnvironmentArn": str(ENVIRONMENT),
            "state": self.state,
            "status": self.status,
            "uuid": "0a1b",
        }
        return {
            "computeEnvironments": [found | ({"computeResources": self.resources} if self.resources else {})]
        }

    def update_compute_environment(self, computeEnvironment: str, state: str) -> Any:
        if self.status == "UPDATING":
            raise RefusedError("ClientException", "Cannot update, resource is being modified.")
        self.state = state
        return {}


@pytest.fixture
def batch() -> FakeBatch:
    return FakeBatch()


@pytest.fixture
def acting(aws: None, batch: FakeBatch) -> Aws:
    iam: Any = boto3.client("iam")
    iam.create_role(RoleName="deployer", Path="/dev/", AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName="deployer-profile", Path="/dev/")
    iam.add_role_to_instance_profile(InstanceProfileName="deployer-profile", RoleName="deployer")
    return Aws(lambda service, region: batch.client(region) if service == "batch" else iam, QUARANTINE_ROLE)


def described(acting: Aws) -> Any:
    now = BatchComputeEnvironment().describe(acting, ENVIRONMENT)
    assert now is not None
    return now


@pytest.mark.parametrize(
    "resources",
    [
        {"instanceRole": PROFILE},
        {"instanceRole": "deployer-profile"},
        {
            "managedInstancesProvider": {
                "infrastructureRoleArn": f"arn:aws:iam::{ACCOUNT}:role/other",
                "instanceLaunchTemplate": {"ec2InstanceProfileArn": PROFILE},
            }
        },
    ],
)
def test_the_role_in_the_instances_profile_is_held(
    batch: FakeBatch, acting: Aws, resources: dict[str, Any]
) -> None:
    assert batch.resources is not None
    launch = resources.get("managedInstancesProvider", {}).get("instanceLaunchTemplate")
    if launch is not None:
        launch["networkConfiguration"] = {"subnets": [], "securityGroups": []}
    batch.resources |= resources

    assert described(acting)["roles"] == [ROLE]


def test_a_profile_of_another_path_is_another_profile(batch: FakeBatch, acting: Aws) -> None:
    assert batch.resources is not None
    batch.resources["instanceRole"] = PROFILE.replace("/dev/", "/prod/")

    assert described(acting)["roles"] == []


def test_an_environment_without_instances_of_its_own_holds_none(batch: FakeBatch, acting: Aws) -> None:
    batch.resources = None

    assert described(acting)["roles"] == []


def test_one_that_was_disabled_is_not_enabled_and_what_others_did_is_told(
    batch: FakeBatch, acting: Aws
) -> None:
    module = BatchComputeEnvironment()
    batch.state = "DISABLED"
    prior = described(acting)
    module.contain(acting, ENVIRONMENT, prior, ROLE)
    module.release(acting, ENVIRONMENT, prior)
    assert batch.state == "DISABLED"

    batch.state = "ENABLED"

    assert module.changed_since(acting, described(acting), prior)
    with pytest.raises(CannotRestoreError):
        module.release(acting, ENVIRONMENT, prior)
    assert batch.state == "ENABLED"


def test_one_that_is_being_changed_is_tried_again(batch: FakeBatch, acting: Aws) -> None:
    batch.status = "UPDATING"

    with pytest.raises(ClientError):
        BatchComputeEnvironment().contain(acting, ENVIRONMENT, described(acting), ROLE)


@pytest.mark.parametrize("status", ["DELETING", "DELETED"])
def test_one_that_is_being_deleted_is_gone(batch: FakeBatch, acting: Aws, status: str) -> None:
    batch.status = status

    assert BatchComputeEnvironment().describe(acting, ENVIRONMENT) is None
