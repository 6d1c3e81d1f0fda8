"""EventBridge pipes, in moto."""

from typing import Any

from passrole.quarantine.modules.pipe import Pipe
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION

_QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop"
_DEFINITION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/orders"


class PipeCase(Case):
    module = Pipe()
    place = "role"
    event = ("pipes.amazonaws.com", "CreatePipe")
    denied_act = "stop_pipe"

    def make(self, clients: Clients, role: str) -> str:
        arn: str = clients("pipes").create_pipe(
            Name="orders",
            Description="orders of the shop",
            Source=_QUEUE + "orders",
            SourceParameters={"SqsQueueParameters": {"BatchSize": 3}},
            Target=CLUSTER,
            TargetParameters=tasks_with(),
            RoleArn=role,
        )["Arn"]
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        told = clients("pipes").describe_pipe(Name="orders")
        return {k: v for k, v in told.items() if k not in ("ResponseMetadata", "LastModifiedTime")}

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(clients("pipes").describe_pipe(Name="orders")["DesiredState"] == "RUNNING")

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("pipes").update_pipe(Name="orders", RoleArn=role)

    def meddle(self, clients: Clients, arn: str) -> None:
        clients("pipes").update_pipe(
            Name="orders",
            RoleArn=clients("pipes").describe_pipe(Name="orders")["RoleArn"],
            Target=_QUEUE + "elsewhere",
            DesiredState="STOPPED",
        )

    def remove(self, clients: Clients, arn: str) -> None:
        clients("pipes").delete_pipe(Name="orders")


def tasks_with(**overrides: str) -> dict[str, Any]:
    """Parameters of a target that runs tasks, some of them with roles of their own."""
    return {"EcsTaskParameters": {"TaskDefinitionArn": _DEFINITION, "Overrides": overrides}}
