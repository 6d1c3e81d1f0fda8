"""``passrole doctor`` on the channels of alerts: which are configured, and whether each can work."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.unit.cli.conftest import Cloud, Run
from tests.unit.cli.test_check import POLICY
from tests.unit.cli.test_doctor import guard, statuses  # noqa: F401 - a fixture
from tests.unit.cli.test_doctor_trails import trail  # noqa: F401 - a fixture
from tests.unit.samples import ACCOUNT, REGION

File = Callable[..., Path]
Outputs = dict[str, str]
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/security"
SIGNED = '{"url": "https://example.com/in", "key": "whsec_' + "QUFB" * 8 + '"}'
AMAZON_Q = "https://global.sns-api.chatbot.amazonaws.com"


@pytest.fixture
def all_channels(cloud: Cloud, guard: Outputs, file: File) -> Outputs:  # noqa: F811
    """A guard that tells by all channels, each of which can work."""
    sns = boto3.client("sns")
    chat = sns.create_topic(Name="chat")["TopicArn"]
    sns.subscribe(TopicArn=chat, Protocol="https", Endpoint=AMAZON_Q)
    boto3.client("securityhub").enable_security_hub()
    boto3.client("events").create_event_bus(Name="security")
    boto3.client("secretsmanager").create_secret(Name="webhook", SecretString=SIGNED)
    queues = dict.fromkeys(("ChatQueueUrl", "SecurityHubQueueUrl", "EventBusQueueUrl", "WebhookQueueUrl"), "")
    outputs = guard | queues | {"ChatTopicArn": chat, "WebhookSecretId": "webhook"}
    cloud.deploy(outputs)
    file("guardrail.yaml", POLICY, f"alerts: {{security_hub: true, event_bus: '{BUS}'}}\n")
    return outputs


def test_channels_that_can_work_are_said_to(run: Run, all_channels: Outputs) -> None:
    ran = run("doctor")

    found = statuses(run)
    assert ran.status == 0
    assert set(found.values()) == {"fine"}
    assert {"e-mail", "Slack secret", "chat", "Security Hub", "event bus", "webhook secret"} <= set(found)
    assert "news goes out by email, slack, chat, security_hub, event_bus, webhook\n" in ran.out


def unsubscribe_chat(outputs: Outputs) -> None:
    sns = boto3.client("sns")
    for subscription in sns.list_subscriptions_by_topic(TopicArn=outputs["ChatTopicArn"])["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])


def subscribe_a_mailbox_to_chat(outputs: Outputs) -> None:
    unsubscribe_chat(outputs)
    boto3.client("sns").subscribe(
        TopicArn=outputs["ChatTopicArn"], Protocol="email", Endpoint="security@example.com"
    )


def disable_security_hub(_: Outputs) -> None:
    boto3.client("securityhub").disable_security_hub()


def delete_bus(_: Outputs) -> None:
    boto3.client("events").delete_event_bus(Name="security")


def spoil_webhook(_: Outputs) -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId="webhook", SecretString="https://x.example/hidden"
    )


def delete_webhook(_: Outputs) -> None:
    boto3.client("secretsmanager").delete_secret(SecretId="webhook", ForceDeleteWithoutRecovery=True)


@pytest.mark.parametrize(
    ("tamper", "check", "says"),
    [
        (unsubscribe_chat, "chat", "Amazon Q Developer in chat applications is not subscribed"),
        (subscribe_a_mailbox_to_chat, "chat", "is not subscribed: no chat is told"),
        (disable_security_hub, "Security Hub", f"it is not enabled in {REGION}"),
        (delete_bus, "event bus", f"there is no {BUS}"),
        (spoil_webhook, "webhook secret", "the secret webhook holds no signed webhook"),
        (delete_webhook, "webhook secret", "there is no secret webhook with a value"),
    ],
)
def test_channel_that_cannot_work_is_wrong_and_says_what_to_do(
    run: Run, all_channels: Outputs, tamper: Callable[[Outputs], None], check: str, says: str
) -> None:
    tamper(all_channels)

    ran = run("doctor")

    assert ran.status == 1
    assert statuses(run)[check] == "wrong"
    assert says in ran.out
    assert "→" in ran.out
    assert "hidden" not in ran.out


@pytest.mark.parametrize(
    ("operation", "check"), [("DescribeHub", "Security Hub"), ("DescribeEventBus", "event bus")]
)
def test_channel_that_may_not_be_seen_is_unknown(
    run: Run, cloud: Cloud, all_channels: Outputs, operation: str, check: str
) -> None:
    cloud.denied.add(operation)

    assert statuses(run)[check] == "unknown"


def test_which_bus_it_is_only_the_policy_tells(run: Run, all_channels: Outputs, tmp_path: Path) -> None:
    (tmp_path / "guardrail.yaml").unlink()

    assert statuses(run)["event bus"] == "doubtful"


def test_slack_may_be_a_bot(run: Run, guard: Outputs) -> None:  # noqa: F811
    token = '{"token": "xoxb-1-2-hidden", "channel": "C0123456789"}'
    boto3.client("secretsmanager").put_secret_value(SecretId="slack", SecretString=token)

    out = run("doctor").out

    assert "slack holds a bot's token and channel" in out
    assert "hidden" not in out


def test_before_a_deployment_what_channels_need_is_checked(
    run: Run,
    cloud: Cloud,
    file: File,
    trail: Callable[..., Any],  # noqa: F811
) -> None:
    trail()
    file("guardrail.yaml", POLICY, "alerts: {security_hub: true, slack_secret: slack}\n")

    found = statuses(run)

    assert (found["channels"], found["Security Hub"], found["Slack secret"]) == ("fine", "wrong", "wrong")
    assert "chat" not in found


def test_stack_of_an_earlier_version_is_wrong(run: Run, cloud: Cloud, guard: Outputs) -> None:  # noqa: F811
    cloud.deploy({name: value for name, value in guard.items() if not name.endswith("QueueUrl")})

    assert statuses(run)["channels"] == "wrong"


@pytest.mark.parametrize("queue", ["SlackQueueUrl", "SecurityHubQueueUrl", "WebhookQueueUrl"])
def test_any_other_channel_than_email_tells_somebody(
    run: Run,
    cloud: Cloud,
    guard: Outputs,  # noqa: F811
    queue: str,
) -> None:
    topic = boto3.client("sns").create_topic(Name="silent")["TopicArn"]
    silent = {"AlertsTopicArn": topic, "EmailQueueUrl": "", "RuleNames": "rule-1"}
    cloud.deploy(silent)
    assert statuses(run)["alerts"] == "doubtful"

    cloud.deploy(silent | {queue: ""})

    assert "alerts" not in statuses(run)
