"""Flink applications, on the embedded emulator: a status that passes is seen once."""

from typing import Any
from uuid import uuid4

from passrole.quarantine.modules.flink_application import FlinkApplication
from tests.unit.quarantine.modules.case import Case, Clients


class FlinkApplicationCase(Case):
    module = FlinkApplication()
    place = "service execution role"
    event = ("kinesisanalytics.amazonaws.com", "CreateApplication")
    emulated = ("kinesisanalyticsv2",)
    denied_act = "stop_application"

    def make(self, clients: Clients, role: str) -> str:
        name = f"orders-{uuid4().hex[:8]}"
        client = clients("kinesisanalyticsv2")
        arn: str = client.create_application(
            ApplicationName=name,
            ApplicationDescription="counts orders",
            RuntimeEnvironment="FLINK-1_20",
            ServiceExecutionRole=role,
            ApplicationConfiguration={
                "ApplicationSnapshotConfiguration": {"SnapshotsEnabled": True},
                "EnvironmentProperties": {
                    "PropertyGroups": [{"PropertyGroupId": "shop", "PropertyMap": {"stage": "test"}}]
                },
            },
        )["ApplicationDetail"]["ApplicationARN"]
        client.start_application(
            ApplicationName=name,
            RunConfiguration={
                "FlinkRunConfiguration": {"AllowNonRestoredState": True},
                "ApplicationRestoreConfiguration": {"ApplicationRestoreType": "RESTORE_FROM_LATEST_SNAPSHOT"},
            },
        )
        self._settled(clients, arn)
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        return self._settled(clients, arn)

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(self._settled(clients, arn)["ApplicationStatus"] == "RUNNING")

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        self._update(clients, arn, ServiceExecutionRoleUpdate=role)

    def meddle(self, clients: Clients, arn: str) -> None:
        groups = [{"PropertyGroupId": "shop", "PropertyMap": {"stage": "production"}}]
        self._update(
            clients,
            arn,
            ApplicationConfigurationUpdate={"EnvironmentPropertyUpdates": {"PropertyGroups": groups}},
        )

    def remove(self, clients: Clients, arn: str) -> None:
        found = self._settled(clients, arn)
        clients("kinesisanalyticsv2").delete_application(
            ApplicationName=found["ApplicationName"], CreateTimestamp=found["CreateTimestamp"]
        )

    def _update(self, clients: Clients, arn: str, **changes: Any) -> None:
        found = self._settled(clients, arn)
        clients("kinesisanalyticsv2").update_application(
            ApplicationName=found["ApplicationName"],
            CurrentApplicationVersionId=found["ApplicationVersionId"],
            **changes,
        )

    def _settled(self, clients: Clients, arn: str) -> Any:
        """The application, when what was asked of it before is done: that is when it was looked at once."""
        client, name = clients("kinesisanalyticsv2"), arn.rpartition("/")[2]
        client.describe_application(ApplicationName=name)
        return client.describe_application(ApplicationName=name)["ApplicationDetail"]
