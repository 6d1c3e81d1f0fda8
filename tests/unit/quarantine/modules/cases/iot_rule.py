"""Rules of AWS IoT, on the embedded emulator: for a rule that is gone it answers as IoT does."""

from typing import Any
from uuid import uuid4

from passrole.quarantine.modules.iot_rule import IotRule
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION

OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/logs"


class IotRuleCase(Case):
    module = IotRule()
    place = "error action sqs role"
    event = ("iot.amazonaws.com", "CreateTopicRule")
    emulated = ("iot",)
    denied_act = "disable_topic_rule"

    def make(self, clients: Clients, role: str) -> str:
        name = f"orders_{uuid4().hex[:8]}"
        clients("iot").create_topic_rule(ruleName=name, topicRulePayload=_payload(role))
        arn: str = clients("iot").get_topic_rule(ruleName=name)["ruleArn"]
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        return clients("iot").get_topic_rule(ruleName=_name(arn))["rule"]

    def works(self, clients: Clients, arn: str) -> bool:
        return not self.snapshot(clients, arn)["ruleDisabled"]

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("iot").replace_topic_rule(ruleName=_name(arn), topicRulePayload=_payload(role))

    def meddle(self, clients: Clients, arn: str) -> None:
        payload = _payload(OTHER_ROLE) | {"sql": "SELECT * FROM 'secrets'", "ruleDisabled": True}
        clients("iot").replace_topic_rule(ruleName=_name(arn), topicRulePayload=payload)

    def remove(self, clients: Clients, arn: str) -> None:
        clients("iot").delete_topic_rule(ruleName=_name(arn))


def _payload(role: str) -> dict[str, Any]:
    return {
        "sql": "SELECT * FROM 'orders'",
        "description": "orders into a stream",
        "awsIotSqlVersion": "2016-03-23",
        "actions": [
            {"kinesis": {"roleArn": OTHER_ROLE, "streamName": "orders", "partitionKey": "${topic()}"}},
        ],
        "errorAction": {
            "sqs": {"roleArn": role, "queueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/failed"}
        },
    }


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
