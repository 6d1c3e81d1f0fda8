"""ECS services, in moto."""

from typing import Any

from passrole.quarantine.modules.ecs_service import EcsService
from tests.unit.quarantine.modules.case import Case, Clients

CLUSTER = "shop"


class EcsServiceCase(Case):
    module = EcsService()
    place = "task role"
    event = ("ecs.amazonaws.com", "CreateService")
    denied_act = "update_service"

    def make(self, clients: Clients, role: str) -> str:
        client = clients("ecs")
        client.create_cluster(clusterName=CLUSTER)
        service = client.create_service(
            cluster=CLUSTER,
            serviceName="orders",
            taskDefinition=definition_with(clients, role),
            desiredCount=3,
            launchType="EC2",
            propagateTags="SERVICE",
            tags=[{"key": "team", "value": "shop"}],
        )
        arn: str = service["service"]["serviceArn"]
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        passing = ("deployments", "events", "pendingCount", "runningCount")
        return {member: value for member, value in _service(clients, arn).items() if member not in passing}

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(_service(clients, arn)["desiredCount"])

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("ecs").update_service(
            cluster=CLUSTER, service=arn, taskDefinition=definition_with(clients, role)
        )

    def meddle(self, clients: Clients, arn: str) -> None:
        clients("ecs").update_service(cluster=CLUSTER, service=arn, desiredCount=1)

    def remove(self, clients: Clients, arn: str) -> None:
        clients("ecs").delete_service(cluster=CLUSTER, service=arn, force=True)


def definition_with(clients: Clients, role: str, member: str = "taskRoleArn") -> str:
    """A task definition that holds the role; its ARN."""
    registered = clients("ecs").register_task_definition(
        family="orders",
        containerDefinitions=[{"name": "web", "image": "web", "memory": 64}],
        **{member: role},
    )
    arn: str = registered["taskDefinition"]["taskDefinitionArn"]
    return arn


def _service(clients: Clients, arn: str) -> Any:
    return clients("ecs").describe_services(cluster=CLUSTER, services=[arn])["services"][0]
