"""Containment of a Step Functions state machine: it gets the quarantine role.

Source: Step Functions' API reference for UpdateStateMachine, DescribeStateMachine and StopExecution; "State
machine versions" and "Using CloudWatch Logs to log execution history" of its developer guide. The service
refuses a role that may not write to the log destination: logging is switched off along with the role.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import iso
from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role, pass_quarantine_role
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

_SERVICE = "states.amazonaws.com"
_MACHINES = "arn:{partition}:states:*:{account}:stateMachine:*"
_EXECUTIONS = "arn:{partition}:states:*:{account}:execution:*"
_WHY_ANY_MACHINE = "a violation can be in any state machine of the account"
_NO_LOGS = {"level": "OFF"}


class StateMachine(AllOrNothingModule):
    """A Step Functions state machine that holds an execution role."""

    name = "state-machine"
    resource_type = "states:stateMachine"
    places = ("execution role",)
    services = (_SERVICE,)
    does = (
        "execution role replaced by the quarantine role, which may do nothing; execution logs off meanwhile"
    )
    still_runs = (
        "running executions go on with the role that they began with, and ones that start within the next "
        "seconds, or are redriven, may get it; a machine with a version that keeps the role is not contained"
    )
    saves = "the execution role, the revision and the logging configuration"
    loses = "executions that start in the meantime: they run without rights, and write no logs"
    stops = "running executions of a standard state machine"
    describe_grants = (
        Grant(
            actions=("states:DescribeStateMachine", "states:ListStateMachineVersions"),
            resources=(_MACHINES,),
            reason=_WHY_ANY_MACHINE,
        ),
    )
    contain_grants = (
        Grant(actions=("states:UpdateStateMachine",), resources=(_MACHINES,), reason=_WHY_ANY_MACHINE),
        pass_quarantine_role(_SERVICE),
    )
    stop_grants = (
        Grant(actions=("states:ListExecutions",), resources=(_MACHINES,), reason=_WHY_ANY_MACHINE),
        Grant(
            actions=("states:StopExecution",),
            resources=(_EXECUTIONS,),
            reason="a violation can be in any state machine of the account, and executions have any name",
        ),
    )
    release_grants = (
        Grant(actions=("states:UpdateStateMachine",), resources=(_MACHINES,), reason=_WHY_ANY_MACHINE),
        give_back_role(_SERVICE),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``role``, ``revision``, ``logging`` and ``versions`` (ARN -> the role it was published with)."""
        client = aws.clients("stepfunctions", resource.region)
        machine = _described(client, str(resource))
        if machine is None or machine.get("status") == "DELETING":
            return None
        versions = ((arn, _described(client, arn)) for arn in _versions(client, str(resource)))
        return {
            "made": iso(machine["creationDate"]),
            "role": machine["roleArn"],
            "revision": machine.get("revisionId"),
            "logging": machine.get("loggingConfiguration", _NO_LOGS),
            "versions": {arn: version["roleArn"] for arn, version in versions if version},
        }

    def holds(self, now: State, role: str) -> bool:
        return role == now["role"] or role in now["versions"].values()

    def objection(self, now: State, role: str) -> str | None:
        keep = [arn.rpartition(":")[2] for arn, held in now["versions"].items() if held == role]
        if keep:
            return (
                f"published versions keep the role, and nothing can change them: {', '.join(sorted(keep))}; "
                "only deleting them ends that"
            )
        return None

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return now["role"] == aws.quarantine_role and role not in now["versions"].values()

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        if now["role"] != role:
            return  # a version alone keeps it, or this was done before
        aws.clients("stepfunctions", resource.region).update_state_machine(
            stateMachineArn=str(resource),
            roleArn=aws.quarantine_role,
            **({"loggingConfiguration": _NO_LOGS} if _logs(now["logging"]) else {}),
        )

    def stop_running(self, aws: Aws, resource: Arn) -> None:
        client = aws.clients("stepfunctions", resource.region)
        machine = _described(client, str(resource))
        if machine is None or machine["type"] == "EXPRESS":
            return  # executions of an express machine cannot be stopped; they end within five minutes
        pages = client.get_paginator("list_executions").paginate(
            stateMachineArn=str(resource), statusFilter="RUNNING"
        )
        for execution in [e["executionArn"] for page in pages for e in page["executions"]]:
            try:
                client.stop_execution(executionArn=execution)
            except client.exceptions.ExecutionDoesNotExist:
                continue

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        logs = (f"execution logs: level {prior['logging']['level']}",) if _logs(prior["logging"]) else ()
        return (f"execution role: {prior['role']}", *logs)

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        return (prior["role"],)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        lines = []
        if now["role"] not in (aws.quarantine_role, prior["role"]):
            lines.append(f"the execution role is {now['role']}, containment left {aws.quarantine_role}")
        if _logs(prior["logging"]) and _logs(now["logging"]) and now["logging"] != prior["logging"]:
            lines.append("the logging configuration is another one, containment left it off")
        return tuple(lines)

    def is_released(self, now: State, prior: Prior) -> bool:
        same_logs = now["logging"] == prior["logging"] or not _logs(prior["logging"])
        return bool(now["role"] == prior["role"] and same_logs)

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        aws.clients("stepfunctions", resource.region).update_state_machine(
            stateMachineArn=str(resource),
            roleArn=prior["role"],
            **({"loggingConfiguration": prior["logging"]} if _logs(prior["logging"]) else {}),
        )


def _logs(configuration: Any) -> bool:
    """Whether a machine with that logging configuration writes logs, which its role must be allowed to."""
    return bool(configuration.get("level", "OFF") != "OFF")


def _described(client: Any, arn: str) -> Any:
    """A machine or version without its definition, which may be encrypted; None if it is gone."""
    try:
        return client.describe_state_machine(stateMachineArn=arn, includedData="METADATA_ONLY")
    except ClientError as error:
        if code_of(error) == "StateMachineDoesNotExist":
            return None
        raise


def _versions(client: Any, machine: str) -> Iterator[str]:
    request = {"stateMachineArn": machine}
    while True:
        answer = client.list_state_machine_versions(**request)
        yield from (version["stateMachineVersionArn"] for version in answer["stateMachineVersions"])
        if not answer.get("nextToken"):
            return
        request["nextToken"] = answer["nextToken"]
