"""Where the deployed guard's alerts arrive: a Slack-like server, mailboxes, Security Hub, a webhook."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from passrole.emulator import ACCOUNT, REGION, Emulator
from passrole.emulator.webhook import Webhook
from tests.e2e.security_hub import SecurityHub

BUS = "security"


@dataclass
class Receivers:
    """The servers; the queues are the emulator's.

    Attributes:
        slack: takes messages from Slack's incoming webhook.
        webhook: takes the signed messages for machines.
    """

    slack: Webhook
    webhook: Webhook
    security_hub: SecurityHub

    def prepare(self, emulator: Emulator, slack_secret: str | None = None) -> None:
        """Makes what must be there before the deployment: the secrets, and the bus with a queue behind it.

        Args:
            slack_secret: what Slack's secret holds, in place of a webhook's URL.
        """
        secrets = emulator.client("secretsmanager")
        secrets.create_secret(Name="slack", SecretString=slack_secret or self.slack.url)
        signed = {"url": self.webhook.url, "key": "whsec_bm90IHNlY3JldCBhdCBhbGw6IG9ubHkgaW4gdGVzdHM="}
        secrets.create_secret(Name="signed-webhook", SecretString=json.dumps(signed))
        events = emulator.client("events")
        events.create_event_bus(Name=BUS)
        pattern = json.dumps({"source": ["passrole-guardrail"]})
        events.put_rule(Name="findings", EventBusName=BUS, EventPattern=pattern)
        queue = _queue(emulator, "bus")
        events.put_targets(Rule="findings", EventBusName=BUS, Targets=[{"Id": "queue", "Arn": queue}])

    def connect(self, emulator: Emulator, outputs: dict[str, str]) -> None:
        """Subscribes mailboxes to the people's topics, and shows `notify` where Security Hub is."""
        sns = emulator.client("sns")
        for name, output in (("mail", "AlertsTopicArn"), ("chat", "ChatTopicArn")):
            if output in outputs:
                sns.subscribe(TopicArn=outputs[output], Protocol="sqs", Endpoint=_queue(emulator, name))
        client, function = emulator.client("lambda"), outputs["NotifyFunctionName"]
        variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        client.update_function_configuration(
            FunctionName=function,
            Environment={"Variables": variables | {"AWS_ENDPOINT_URL_SECURITYHUB": self.security_hub.root}},
        )


@contextmanager
def receivers() -> Iterator[Receivers]:
    """The servers, on loopback."""
    with ExitStack() as stack:
        yield Receivers(
            stack.enter_context(Webhook()),
            stack.enter_context(Webhook()),
            stack.enter_context(SecurityHub()),
        )


class Mailbox:
    """A queue that a topic or a bus sends to; what was taken from it stays known."""

    def __init__(self, emulator: Emulator, name: str) -> None:
        self._sqs = emulator.client("sqs")
        self._url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        self.messages: list[dict[str, Any]] = []

    def about(self, words: str) -> list[dict[str, Any]]:
        """The messages in which ``words`` stand."""
        while found := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                self.messages.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return [message for message in self.messages if words in json.dumps(message, ensure_ascii=False)]


def _queue(emulator: Emulator, name: str) -> str:
    """A queue that services of the account may send to; returns its ARN."""
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    emulator.client("sqs").create_queue(QueueName=name, Attributes={"Policy": policy})
    return arn
