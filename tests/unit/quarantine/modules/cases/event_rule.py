"""EventBridge rules, in moto."""

import json
from typing import Any

from passrole.quarantine.modules.event_rule import EventRule
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION

BUS, PATTERN = "orders", json.dumps({"source": ["shop"], "detail-type": ["Order placed"]})


class EventRuleCase(Case):
    module = EventRule()
    place = "role"
    event = ("events.amazonaws.com", "PutRule")
    denied_act = "disable_rule"

    def make(self, clients: Clients, role: str) -> str:
        client = clients("events")
        client.create_event_bus(Name=BUS)
        arn: str = client.put_rule(
            Name="placed", EventBusName=BUS, EventPattern=PATTERN, Description="orders", RoleArn=role
        )["RuleArn"]
        put_targets(clients, {"kept": None})
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        told = clients("events").describe_rule(Name="placed", EventBusName=BUS)
        targets = clients("events").list_targets_by_rule(Rule="placed", EventBusName=BUS)["Targets"]
        return {**{k: v for k, v in told.items() if k != "ResponseMetadata"}, "targets": targets}

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(clients("events").describe_rule(Name="placed", EventBusName=BUS)["State"] != "DISABLED")

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("events").put_rule(Name="placed", EventBusName=BUS, EventPattern=PATTERN, RoleArn=role)

    def meddle(self, clients: Clients, arn: str) -> None:
        pattern = json.dumps({"source": ["elsewhere"]})
        clients("events").put_rule(Name="placed", EventBusName=BUS, EventPattern=pattern, State="DISABLED")

    def remove(self, clients: Clients, arn: str) -> None:
        client = clients("events")
        targets = client.list_targets_by_rule(Rule="placed", EventBusName=BUS)["Targets"]
        client.remove_targets(Rule="placed", EventBusName=BUS, Ids=[target["Id"] for target in targets])
        client.delete_rule(Name="placed", EventBusName=BUS)


def put_targets(clients: Clients, roles: dict[str, str | None]) -> None:
    """Gives the rule targets, each with the role that stands by its id."""
    queues = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"
    targets = [
        {"Id": i, "Arn": queues + i, **({"RoleArn": role} if role else {})} for i, role in roles.items()
    ]
    clients("events").put_targets(Rule="placed", EventBusName=BUS, Targets=targets)
