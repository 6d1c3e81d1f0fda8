"""Containment of an EventBridge pipe: it is stopped.

Source: EventBridge Pipes' API reference for StopPipe, StartPipe and DescribePipe; "Starting or stopping an
Amazon EventBridge pipe" of the EventBridge user guide.
"""

from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import iso
from passrole.grants import Grant
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

_PIPES = "arn:{partition}:pipes:*:{account}:pipe/*"
_WHY_ANY_PIPE = "a violation can be in any pipe of the account"
_STOPPED = "STOPPED"
_ROUTE = {"Source": "source", "Enrichment": "enrichment", "Target": "target"}


class Pipe(AllOrNothingModule):
    """An EventBridge pipe that holds a role, itself or for the ECS tasks that it starts."""

    name = "pipe"
    resource_type = "pipes:pipe"
    places = ("role", "execution role", "task role")
    services = ("pipes.amazonaws.com", "ecs-tasks.amazonaws.com")
    does = "pipe stopped: it reads nothing from its source and starts nothing"
    still_runs = (
        "the pipe may go on for about two minutes (up to 15 with a source of Amazon MQ or Kafka); "
        "what its target started runs on"
    )
    saves = "whether the pipe was to run, and its source, enrichment and target"
    loses = "what expires in the source in the meantime"
    describe_grants = (Grant(actions=("pipes:DescribePipe",), resources=(_PIPES,), reason=_WHY_ANY_PIPE),)
    contain_grants = (Grant(actions=("pipes:StopPipe",), resources=(_PIPES,), reason=_WHY_ANY_PIPE),)
    release_grants = (Grant(actions=("pipes:StartPipe",), resources=(_PIPES,), reason=_WHY_ANY_PIPE),)

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``roles`` (its own and those of its tasks), the ``desired`` and ``current`` state, and the
        ``route``: source, enrichment and target."""
        try:
            pipe = aws.clients("pipes", resource.region).describe_pipe(Name=_name(resource))
        except ClientError as error:
            if code_of(error) == "NotFoundException":
                return None
            raise
        if pipe["DesiredState"] == "DELETED" or pipe["CurrentState"] == "DELETING":
            return None
        return {
            "made": iso(pipe["CreationTime"]),
            "roles": sorted(_roles(pipe)),
            "desired": pipe["DesiredState"],
            "current": pipe["CurrentState"],
            "route": {what: pipe[member] for member, what in _ROUTE.items() if pipe.get(member)},
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"]

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        # The desired state is where it goes, once it has begun to and unless that failed.
        return now["desired"] == _STOPPED and now["current"] not in ("RUNNING", "STOP_FAILED")

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        if not self.is_contained(aws, now, role):
            aws.clients("pipes", resource.region).stop_pipe(Name=_name(resource))

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return (f"state: {prior['desired']}",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Another role, which may be the remedy, is no hindrance: a release does not touch it.
        lines = []
        if now["desired"] not in (_STOPPED, prior["desired"]):
            lines.append(f"the state is {now['desired']}, containment left {_STOPPED}")
        for what in _ROUTE.values():
            is_, left = now["route"].get(what, "none"), prior["route"].get(what, "none")
            if is_ != left:
                lines.append(f"the {what} is {is_}, containment left {left}")
        return tuple(lines)

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["desired"] == prior["desired"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        aws.clients("pipes", resource.region).start_pipe(Name=_name(resource))


def _name(resource: Arn) -> str:
    return resource.resource.removeprefix("pipe/")


def _roles(pipe: Any) -> set[str]:
    overrides = pipe.get("TargetParameters", {}).get("EcsTaskParameters", {}).get("Overrides", {})
    roles = (pipe.get("RoleArn"), overrides.get("ExecutionRoleArn"), overrides.get("TaskRoleArn"))
    return {role for role in roles if role}
