"""App Runner services, in a fake."""

from typing import Any

from passrole.quarantine.modules.app_runner_service import AppRunnerService
from tests.unit.quarantine.fakes.api import FakeApi
from tests.unit.quarantine.fakes.apprunner import AppRunnerApi
from tests.unit.quarantine.modules.case import Case, Clients

IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/orders:7"


class AppRunnerServiceCase(Case):
    module = AppRunnerService()
    place = "instance role"
    event = ("apprunner.amazonaws.com", "CreateService")
    faked = ("apprunner",)
    denied_act = "pause_service"

    def fake(self, service: str) -> FakeApi:
        return AppRunnerApi()

    def make(self, clients: Clients, role: str) -> str:
        arn: str = clients("apprunner").create_service(
            ServiceName="orders",
            SourceConfiguration={
                "ImageRepository": {"ImageIdentifier": IMAGE, "ImageRepositoryType": "ECR"},
                "AutoDeploymentsEnabled": True,
                "AuthenticationConfiguration": {"AccessRoleArn": "arn:aws:iam::111122223333:role/images"},
            },
            InstanceConfiguration={"Cpu": "2048", "Memory": "4096", "InstanceRoleArn": role},
        )["Service"]["ServiceArn"]
        _wait(clients, arn)
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        service = _service(clients, arn)
        return [service[k] for k in ("Status", "SourceConfiguration", "InstanceConfiguration")]

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(_service(clients, arn)["Status"] == "RUNNING")

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        configuration = {"Cpu": "2048", "Memory": "4096", "InstanceRoleArn": role}
        clients("apprunner").update_service(ServiceArn=arn, InstanceConfiguration=configuration)

    def meddle(self, clients: Clients, arn: str) -> None:
        _wait(clients, arn)
        clients("apprunner").resume_service(ServiceArn=arn)
        _wait(clients, arn)
        clients("apprunner").update_service(ServiceArn=arn, InstanceConfiguration={"Cpu": "4096"})

    def remove(self, clients: Clients, arn: str) -> None:
        clients("apprunner").delete_service(ServiceArn=arn)
        _wait(clients, arn)


def _service(clients: Clients, arn: str) -> Any:
    return clients("apprunner").describe_service(ServiceArn=arn)["Service"]


def _wait(clients: Clients, arn: str) -> None:
    while _service(clients, arn)["Status"] == "OPERATION_IN_PROGRESS":
        pass
