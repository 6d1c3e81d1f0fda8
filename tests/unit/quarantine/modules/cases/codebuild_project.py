"""CodeBuild projects, on the embedded emulator: moto cannot update them."""

from typing import Any
from uuid import uuid4

from passrole.quarantine.modules.codebuild_project import CodeBuildProject
from tests.unit.quarantine.modules.case import Case, Clients

OF_AWS = ("created", "lastModified")


class CodeBuildProjectCase(Case):
    module = CodeBuildProject()
    place = "service role"
    event = ("codebuild.amazonaws.com", "CreateProject")
    emulated = ("codebuild",)
    denied_act = "update_project"

    def make(self, clients: Clients, role: str) -> str:
        arn: str = clients("codebuild").create_project(
            name=f"build-{uuid4().hex[:8]}",
            description="builds the shop",
            source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
            artifacts={"type": "S3", "location": "artifacts", "packaging": "ZIP"},
            environment={
                "type": "ARM_CONTAINER",
                "image": "aws/codebuild/amazonlinux-aarch64-standard:3.0",
                "computeType": "BUILD_GENERAL1_LARGE",
                "environmentVariables": [{"name": "STAGE", "value": "test"}],
            },
            timeoutInMinutes=17,
            serviceRole=role,
        )["project"]["arn"]
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        (project,) = clients("codebuild").batch_get_projects(names=[_name(arn)])["projects"]
        return {key: value for key, value in project.items() if key not in OF_AWS}

    def works(self, clients: Clients, arn: str) -> bool:
        return "/dev/" in self.snapshot(clients, arn)["serviceRole"]

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("codebuild").update_project(name=_name(arn), serviceRole=role)

    def meddle(self, clients: Clients, arn: str) -> None:
        other = self.snapshot(clients, arn)["serviceRole"].replace("quarantine", "other")
        clients("codebuild").update_project(name=_name(arn), serviceRole=other)

    def remove(self, clients: Clients, arn: str) -> None:
        clients("codebuild").delete_project(name=_name(arn))


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
