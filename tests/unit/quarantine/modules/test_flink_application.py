"""Flink applications: what is said against stopping them, and how they are started again."""
# ruff: noqa: N803 - parameters are named as the API names them

from typing import Any

import pytest
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.flink_application import FlinkApplication
from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.samples import ACCOUNT, NOW, REGION, ROLE

APPLICATION = Arn("aws", "kinesisanalytics", REGION, ACCOUNT, "application/orders")


class FakeFlink(FakeApi):
    service = "kinesisanalyticsv2"

    def __init__(self) -> None:
        self.application: dict[str, Any] = {
            "ApplicationARN": str(APPLICATION),
            "ApplicationName": "orders",
            "RuntimeEnvironment": "FLINK-1_20",
            "ServiceExecutionRole": ROLE,
            "ApplicationStatus": "RUNNING",
            "ApplicationVersionId": 4,
            "CreateTimestamp": NOW,
            "ApplicationConfigurationDescription": {
                "ApplicationSnapshotConfigurationDescription": {"SnapshotsEnabled": True},
                "RunConfigurationDescription": {
                    "FlinkRunConfigurationDescription": {"AllowNonRestoredState": True},
                    "ApplicationRestoreConfigurationDescription": {
                        "ApplicationRestoreType": "SKIP_RESTORE_FROM_SNAPSHOT"
                    },
                },
            },
        }
        self.started_with: Any = None

    def describe_application(self, ApplicationName: str) -> Any:
        return {"ApplicationDetail": self.application}

    def stop_application(self, ApplicationName: str) -> Any:
        if self.application["ApplicationStatus"] != "RUNNING":
            raise RefusedError("ResourceInUseException", "it does not run")
        self.application["ApplicationStatus"] = "STOPPING"
        return {}

    def start_application(self, ApplicationName: str, **configuration: Any) -> Any:
        if self.application["ApplicationStatus"] != "READY":
            raise RefusedError("ResourceInUseException", "it is not ready")
        self.application["ApplicationStatus"] = "STARTING"
        self.started_with = configuration
        return {}


@pytest.fixture
def flink() -> FakeFlink:
    return FakeFlink()


@pytest.fixture
def acting(aws: None, flink: FakeFlink) -> Aws:
    return Aws(lambda _service, region: flink.client(region), QUARANTINE_ROLE)


def described(acting: Aws) -> Any:
    now = FlinkApplication().describe(acting, APPLICATION)
    assert now is not None
    return now


def test_it_is_started_from_its_latest_snapshot_however_it_was_started_before(
    flink: FakeFlink, acting: Aws
) -> None:
    module, prior = FlinkApplication(), described(acting)
    module.contain(acting, APPLICATION, prior, ROLE)
    assert module.is_contained(acting, described(acting), ROLE)

    with pytest.raises(ClientError):  # it has not stopped yet
        module.release(acting, APPLICATION, prior)
    flink.application["ApplicationStatus"] = "READY"
    module.release(acting, APPLICATION, prior)

    assert flink.started_with["RunConfiguration"] == {
        "FlinkRunConfiguration": {"AllowNonRestoredState": True},
        "ApplicationRestoreConfiguration": {"ApplicationRestoreType": "RESTORE_FROM_LATEST_SNAPSHOT"},
    }


def test_a_studio_notebook_is_stopped_and_started_without_a_run_configuration(
    flink: FakeFlink, acting: Aws
) -> None:
    flink.application |= {"RuntimeEnvironment": "ZEPPELIN-FLINK-3_0", "ApplicationMode": "INTERACTIVE"}
    del flink.application["ApplicationConfigurationDescription"]
    prior = described(acting)
    assert FlinkApplication().objection(prior, "") is None
    flink.application["ApplicationStatus"] = "READY"

    FlinkApplication().release(acting, APPLICATION, prior)

    assert flink.started_with == {}


@pytest.mark.parametrize("status", ["STARTING", "UPDATING", "AUTOSCALING"])
def test_one_that_cannot_be_stopped_yet_is_not_taken_for_contained(
    flink: FakeFlink, acting: Aws, status: str
) -> None:
    flink.application["ApplicationStatus"] = status
    now = described(acting)

    assert not FlinkApplication().is_contained(acting, now, ROLE)
    with pytest.raises(ClientError):
        FlinkApplication().contain(acting, APPLICATION, now, ROLE)


def test_one_that_did_not_run_is_not_started(flink: FakeFlink, acting: Aws) -> None:
    flink.application["ApplicationStatus"] = "READY"
    prior = described(acting)

    FlinkApplication().contain(acting, APPLICATION, prior, ROLE)
    FlinkApplication().release(acting, APPLICATION, prior)

    assert flink.application["ApplicationStatus"] == "READY"


def test_another_version_is_not_started(flink: FakeFlink, acting: Aws) -> None:
    prior = described(acting)
    flink.application |= {"ApplicationStatus": "READY", "ApplicationVersionId": 5}

    with pytest.raises(CannotRestoreError, match="version is 5, containment left 4"):
        FlinkApplication().release(acting, APPLICATION, prior)


def test_state_that_no_snapshot_keeps_stands_against_stopping(flink: FakeFlink, acting: Aws) -> None:
    del flink.application["ApplicationConfigurationDescription"]

    assert "its state would be lost" in str(FlinkApplication().objection(described(acting), ""))


def test_without_snapshots_one_that_does_not_run_has_nothing_to_lose(flink: FakeFlink, acting: Aws) -> None:
    del flink.application["ApplicationConfigurationDescription"]
    flink.application["ApplicationStatus"] = "READY"

    assert FlinkApplication().objection(described(acting), "") is None


def test_sql_applications_are_not_stopped(flink: FakeFlink, acting: Aws) -> None:
    flink.application["RuntimeEnvironment"] = "SQL-1_0"

    assert "SQL" in str(FlinkApplication().objection(described(acting), ""))


def test_one_that_is_being_deleted_is_gone(flink: FakeFlink, acting: Aws) -> None:
    flink.application["ApplicationStatus"] = "DELETING"

    assert FlinkApplication().describe(acting, APPLICATION) is None
