"""Containment of an ECS service: its desired count is set to 0.

Source: ECS's API reference for UpdateService and Service (``resourceManagementType``, ``taskSets``);
"Scalable target" in "Application Auto Scaling concepts" of its user guide.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn, role_name_in
from passrole.clock import iso
from passrole.grants import Grant
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

_SERVICES = "arn:{partition}:ecs:*:{account}:service/*"
_WHY_ANY_SERVICE = "a violation can be in any service of the account"


class EcsService(AllOrNothingModule):
    """An ECS service whose tasks get a role by their task definition."""

    name = "ecs-service"
    resource_type = "ecs:service"
    places = ("task role", "execution role")
    services = ("ecs-tasks.amazonaws.com",)
    does = "desired count set to 0: the service stops its tasks and starts none"
    still_runs = (
        "tasks get their time to stop; credentials that they fetched before stay valid until they expire; "
        "service auto scaling, where the service has it, can raise the count again: the guard looks again"
    )
    saves = "the desired count, and the scheduling strategy"
    loses = "the tasks that were stopped: a release starts new ones"
    describe_grants = (
        Grant(actions=("ecs:DescribeServices",), resources=(_SERVICES,), reason=_WHY_ANY_SERVICE),
        Grant(
            actions=("ecs:DescribeTaskDefinition",), resources=("*",), reason="the action takes no resource"
        ),
    )
    contain_grants = (Grant(actions=("ecs:UpdateService",), resources=(_SERVICES,), reason=_WHY_ANY_SERVICE),)
    release_grants = contain_grants

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``roles`` of its task definitions (ARN, or name as registered), ``desired`` count, ``strategy``,
        and whether ECS manages it (``express``).

        While a deployment goes on, tasks of several task definitions are started.
        """
        client = aws.clients("ecs", resource.region)
        try:
            services = client.describe_services(**_cluster(resource), services=[str(resource)])["services"]
        except ClientError as error:
            if code_of(error) == "ClusterNotFoundException":
                return None
            raise
        if not services or services[0]["status"] != "ACTIVE":
            return None
        service = services[0]
        roles = {role for definition in _definitions(service) for role in _roles(client, definition)}
        made = {"made": iso(service["createdAt"])} if "createdAt" in service else {}
        return {
            **made,
            "roles": sorted(roles),
            "desired": service["desiredCount"],
            "strategy": service.get("schedulingStrategy", "REPLICA"),
            "express": service.get("resourceManagementType") == "ECS",
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"] or role_name_in(role) in now["roles"]

    def objection(self, now: State, role: str) -> str | None:
        if now["strategy"] == "DAEMON":
            return "a DAEMON service has no desired count: it runs one task on each container instance"
        if now["express"]:
            return "it is an Express service: ECS manages its task count"
        return None

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return bool(now["desired"] == 0)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        _set_desired(aws, resource, 0)

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return (f"desired count: {prior['desired']}",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Another task definition, which may be the remedy, is no hindrance: a release does not touch it.
        if now["desired"] not in (0, prior["desired"]):
            return (f"the desired count is {now['desired']}, containment left 0",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["desired"] == prior["desired"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        _set_desired(aws, resource, prior["desired"])


def _set_desired(aws: Aws, resource: Arn, count: int) -> None:
    aws.clients("ecs", resource.region).update_service(
        **_cluster(resource), service=resource.resource.rpartition("/")[2], desiredCount=count
    )


def _cluster(resource: Arn) -> dict[str, str]:
    """The request's member for the cluster; an ARN of the old form names none, which is the default one."""
    parts = resource.resource.split("/")
    return {"cluster": parts[1]} if len(parts) == 3 else {}


def _definitions(service: Any) -> Iterator[str]:
    """Each task definition that tasks of the service are started from.

    That of its primary deployment is the service's own.
    """
    replaced = (d for d in service.get("deployments", ()) if d["status"] == "ACTIVE")
    holders = (service, *replaced, *service.get("taskSets", ()))
    yield from dict.fromkeys(h["taskDefinition"] for h in holders if h.get("taskDefinition"))


def _roles(client: Any, definition: str) -> Iterator[str]:
    told = client.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    yield from (told[member] for member in ("taskRoleArn", "executionRoleArn") if told.get(member))
