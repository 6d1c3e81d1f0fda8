"""App Runner, as far as pausing goes: operations take their time, and refuse each other meanwhile.

Source: App Runner's API reference (PauseService, ResumeService, Service, OperationSummary) and "Pausing and
resuming an App Runner service" of its developer guide.
"""
# ruff: noqa: N803 - parameters are named as the API names them

import uuid
from datetime import timedelta
from typing import Any

from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.samples import ACCOUNT, NOW, REGION

_IN_PROGRESS = "OPERATION_IN_PROGRESS"


class AppRunnerApi(FakeApi):
    """App Runner; an operation shows as in progress to the first who looks, and has ended for the next."""

    service = "apprunner"

    def __init__(self) -> None:
        self._services: dict[str, dict[str, Any]] = {}
        self._operations: dict[str, list[dict[str, Any]]] = {}
        self._ends_as: dict[str, str] = {}  # status after the operation in progress
        self._seen: set[str] = set()

    def create_service(self, ServiceName: str, **settings: Any) -> dict[str, Any]:
        service_id = uuid.uuid4().hex
        arn = f"arn:aws:apprunner:{REGION}:{ACCOUNT}:service/{ServiceName}/{service_id}"
        self._services[arn] = {
            "ServiceName": ServiceName,
            "ServiceId": service_id,
            "ServiceArn": arn,
            "ServiceUrl": f"{service_id[:10]}.{REGION}.awsapprunner.com",
            "CreatedAt": NOW,
            "UpdatedAt": NOW,
            "Status": "RUNNING",
            "InstanceConfiguration": {},
            "AutoScalingConfigurationSummary": {"AutoScalingConfigurationName": "DefaultConfiguration"},
            "NetworkConfiguration": {"IpAddressType": "IPV4"},
        } | settings
        self._operations[arn] = []
        return self._begin(arn, "CREATE_SERVICE", "RUNNING")

    def describe_service(self, ServiceArn: str) -> dict[str, Any]:
        return {"Service": self._service(ServiceArn, seen=True)}

    def list_operations(
        self,
        ServiceArn: str,
        MaxResults: int = 20,
        NextToken: str = "0",
    ) -> dict[str, Any]:
        self._service(ServiceArn)
        operations, start = self._operations[ServiceArn][::-1], int(NextToken)
        page = {"OperationSummaryList": operations[start : start + MaxResults]}
        end = start + MaxResults
        return page | ({"NextToken": str(end)} if end < len(operations) else {})

    def pause_service(self, ServiceArn: str) -> dict[str, Any]:
        self._require(ServiceArn, "RUNNING")
        return self._begin(ServiceArn, "PAUSE_SERVICE", "PAUSED")

    def resume_service(self, ServiceArn: str) -> dict[str, Any]:
        self._require(ServiceArn, "PAUSED")
        return self._begin(ServiceArn, "RESUME_SERVICE", "RUNNING")

    def update_service(self, ServiceArn: str, **settings: Any) -> dict[str, Any]:
        self._require(ServiceArn, "RUNNING", "CREATE_FAILED")
        self._services[ServiceArn].update(settings)
        return self._begin(ServiceArn, "UPDATE_SERVICE", "RUNNING")

    def delete_service(self, ServiceArn: str) -> dict[str, Any]:
        self._require(ServiceArn, "RUNNING", "PAUSED", "CREATE_FAILED", "DELETE_FAILED")
        return self._begin(ServiceArn, "DELETE_SERVICE", "DELETED")

    def fail(self, arn: str, status: str) -> None:
        """The operation in progress fails, and the service is left in that status."""
        self._operations[arn][-1]["Status"] = "FAILED"
        self._services[arn]["Status"] = status
        del self._ends_as[arn]

    def _service(self, arn: str, *, seen: bool = False) -> dict[str, Any]:
        if arn not in self._services:
            raise RefusedError("ResourceNotFoundException", f"Service {arn} does not exist.")
        if seen and arn in self._seen:
            self._end(arn)
        elif seen and arn in self._ends_as:
            self._seen.add(arn)
        return self._services[arn]

    def _require(self, arn: str, *statuses: str) -> None:
        status = self._service(arn)["Status"]
        if status not in statuses:
            raise RefusedError("InvalidStateException", f"Service cannot be changed in its state: {status}.")

    def _begin(self, arn: str, kind: str, ends_as: str) -> dict[str, Any]:
        operations = self._operations[arn]
        operation = {
            "Id": str(uuid.uuid4()),
            "Type": kind,
            "Status": "IN_PROGRESS",
            "TargetArn": arn,
            "StartedAt": NOW + timedelta(seconds=len(operations)),
        }
        operations.append(operation)
        self._services[arn]["Status"] = _IN_PROGRESS
        self._ends_as[arn] = ends_as
        return {"Service": self._services[arn], "OperationId": operation["Id"]}

    def _end(self, arn: str) -> None:
        self._seen.discard(arn)
        if arn in self._ends_as:
            self._services[arn]["Status"] = self._ends_as.pop(arn)
            self._operations[arn][-1]["Status"] = "SUCCEEDED"
