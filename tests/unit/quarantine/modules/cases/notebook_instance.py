"""SageMaker notebook instances, in moto: they are started and stopped at once."""

from typing import Any

from passrole.quarantine.modules.notebook_instance import NotebookInstance
from tests.unit.quarantine.modules.case import Case, Clients

OF_AWS = ("ResponseMetadata", "LastModifiedTime")


class NotebookInstanceCase(Case):
    module = NotebookInstance()
    place = "role"
    event = ("sagemaker.amazonaws.com", "CreateNotebookInstance")
    denied_act = "stop_notebook_instance"

    def make(self, clients: Clients, role: str) -> str:
        arn: str = clients("sagemaker").create_notebook_instance(
            NotebookInstanceName="research",
            InstanceType="ml.t3.large",
            RoleArn=role,
            DirectInternetAccess="Disabled",
            SubnetId="subnet-0123456789abcdef0",
            VolumeSizeInGB=31,
            RootAccess="Disabled",
        )["NotebookInstanceArn"]
        clients("sagemaker").start_notebook_instance(NotebookInstanceName="research")
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        found = clients("sagemaker").describe_notebook_instance(NotebookInstanceName="research")
        return {key: value for key, value in found.items() if key not in OF_AWS}

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(self.snapshot(clients, arn)["NotebookInstanceStatus"] == "InService")

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        self.remove(clients, arn)
        self.make(clients, role)

    def meddle(self, clients: Clients, arn: str) -> None:
        role = self.snapshot(clients, arn)["RoleArn"]
        self.remove(clients, arn)
        self.make(clients, role)

    def remove(self, clients: Clients, arn: str) -> None:
        clients("sagemaker").stop_notebook_instance(NotebookInstanceName="research")
        clients("sagemaker").delete_notebook_instance(NotebookInstanceName="research")
