"""How notify is told of its channels, by its environment."""

from typing import Any

import pytest

from lambdas.notify.channels import posts
from lambdas.shared.settings import Settings
from passrole.alerts import Channel, EventBus, SecurityHub, Slack, SnsChat, SnsEmail, Webhook
from passrole.channel import ChannelName
from tests.unit.samples import ACCOUNT, REGION

CLASSES: dict[ChannelName, type[Channel]] = {
    ChannelName.EMAIL: SnsEmail,
    ChannelName.SLACK: Slack,
    ChannelName.CHAT: SnsChat,
    ChannelName.SECURITY_HUB: SecurityHub,
    ChannelName.EVENT_BUS: EventBus,
    ChannelName.WEBHOOK: Webhook,
}
QUEUES = {
    name.queue_variable: f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name.value}" for name in ChannelName
}
ENVIRONMENT = {
    "LEDGER_TABLE": "ledger",
    "FINDINGS_TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:findings",
    "STACK_NAME": "PassRoleGuardrail",
    "ALERTS_TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts",
    "SLACK_SECRET_ID": "slack",
    "CHAT_TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:chat",
    "SECURITY_HUB_PRODUCT_ARN": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default",
    "EVENT_BUS_ARN": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/security",
    "WEBHOOK_SECRET_ID": "webhook",
}


def test_every_channel_is_made_for_its_queue(aws: None) -> None:
    made = posts(Settings.from_environment(ENVIRONMENT | QUEUES))

    assert {queue: type(post.channel) for queue, post in made.items()} == {
        name.value: CLASSES[name] for name in ChannelName
    }
    assert all(post.channel.name.value == queue for queue, post in made.items())


@pytest.mark.parametrize("name", ChannelName)
def test_queue_without_where_to_send_to_is_told(aws: None, name: ChannelName) -> None:
    queue = {name.queue_variable: QUEUES[name.queue_variable]}
    needed = ("LEDGER_TABLE", "FINDINGS_TOPIC_ARN", "STACK_NAME")
    environment = {key: ENVIRONMENT[key] for key in needed}

    with pytest.raises(LookupError, match=f"the channel {name} has a queue"):
        posts(Settings.from_environment(environment | queue))


def test_bus_of_another_region_is_called_in_its_own(aws: None) -> None:
    bus = f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/security"

    made: Any = posts(Settings.from_environment(ENVIRONMENT | QUEUES | {"EVENT_BUS_ARN": bus}))

    assert made["event_bus"].channel._client.meta.region_name == "eu-west-1"
