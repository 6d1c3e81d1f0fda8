"""State machines, in the embedded emulator: moto lists no versions."""

import json
from typing import Any
from uuid import uuid4

from passrole.quarantine.modules.state_machine import StateMachine
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION

LOGS = {
    "level": "ERROR",
    "includeExecutionData": True,
    "destinations": [
        {
            "cloudWatchLogsLogGroup": {
                "logGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/vendedlogs/states/orders:*"
            }
        }
    ],
}
_WAITING = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}}


class StateMachineCase(Case):
    module = StateMachine()
    place = "execution role"
    event = ("states.amazonaws.com", "CreateStateMachine")
    emulated = ("stepfunctions",)
    denied_act = "update_state_machine"

    def make(self, clients: Clients, role: str) -> str:
        return machine_with(clients, role, loggingConfiguration=LOGS, tracingConfiguration={"enabled": True})

    def snapshot(self, clients: Clients, arn: str) -> Any:
        told = clients("stepfunctions").describe_state_machine(stateMachineArn=arn)
        kept = (
            "roleArn",
            "definition",
            "type",
            "loggingConfiguration",
            "tracingConfiguration",
            "creationDate",
        )
        return {member: told.get(member) for member in kept}

    def works(self, clients: Clients, arn: str) -> bool:
        return "/dev/" in _role(clients, arn)

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("stepfunctions").update_state_machine(stateMachineArn=arn, roleArn=role)

    def meddle(self, clients: Clients, arn: str) -> None:
        other = f"arn:aws:iam::{ACCOUNT}:role/other"
        clients("stepfunctions").update_state_machine(stateMachineArn=arn, roleArn=other)

    def remove(self, clients: Clients, arn: str) -> None:
        clients("stepfunctions").delete_state_machine(stateMachineArn=arn)


def machine_with(clients: Clients, role: str, **more: Any) -> str:
    """A machine that waits for an hour; its ARN. The emulator outlives a test: no two have one name."""
    arn: str = clients("stepfunctions").create_state_machine(
        name=f"orders-{uuid4().hex}", definition=json.dumps(_WAITING), roleArn=role, **more
    )["stateMachineArn"]
    return arn


def _role(clients: Clients, arn: str) -> str:
    role: str = clients("stepfunctions").describe_state_machine(stateMachineArn=arn)["roleArn"]
    return role
