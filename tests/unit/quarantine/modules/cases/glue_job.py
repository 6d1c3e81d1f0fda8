"""Glue jobs, on the embedded emulator: moto cannot update them."""

from typing import Any
from uuid import uuid4

from passrole.quarantine.modules.glue_job import GlueJob
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION


class GlueJobCase(Case):
    module = GlueJob()
    place = "job role"
    event = ("glue.amazonaws.com", "CreateJob")
    emulated = ("glue",)
    denied_act = "update_job"

    def make(self, clients: Clients, role: str) -> str:
        name = clients("glue").create_job(
            Name=f"orders-{uuid4().hex[:8]}",
            Description="counts orders",
            Role=role,
            Command={"Name": "glueetl", "ScriptLocation": "s3://scripts/orders.py", "PythonVersion": "3"},
            DefaultArguments={"--stage": "test"},
            NonOverridableArguments={"--region": REGION},
            Connections={"Connections": ["warehouse"]},
            MaxRetries=2,
            Timeout=77,
            GlueVersion="5.0",
            WorkerType="G.2X",
            NumberOfWorkers=3,
            SecurityConfiguration="encrypted",
        )["Name"]
        return f"arn:aws:glue:{REGION}:{ACCOUNT}:job/{name}"

    def snapshot(self, clients: Clients, arn: str) -> Any:
        job = clients("glue").get_job(JobName=_name(arn))["Job"]
        return {key: value for key, value in job.items() if key != "LastModifiedOn"}

    def works(self, clients: Clients, arn: str) -> bool:
        return "/dev/" in self.snapshot(clients, arn)["Role"]

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        self._update(clients, arn, Role=role)

    def meddle(self, clients: Clients, arn: str) -> None:
        self._update(clients, arn, DefaultArguments={"--stage": "production"})

    def remove(self, clients: Clients, arn: str) -> None:
        clients("glue").delete_job(JobName=_name(arn))

    def _update(self, clients: Clients, arn: str, **changes: Any) -> None:
        job = self.snapshot(clients, arn)
        del job["Name"], job["CreatedOn"]
        clients("glue").update_job(JobName=_name(arn), JobUpdate={**job, **changes})


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
