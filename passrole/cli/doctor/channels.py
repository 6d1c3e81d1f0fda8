"""The channels that alerts go out on: which are configured, and whether each can work."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from passrole.alerts.channels.base import DeliveryError
from passrole.alerts.channels.signing import parse_signed_webhook
from passrole.alerts.channels.slack_secret import Bot, parse_slack_secret
from passrole.arn import Arn
from passrole.channel import ChannelName
from passrole.cli.aws import code_of
from passrole.cli.deployment import queues_of
from passrole.cli.doctor.checks import Check, Clients, doubtful, fine, guarded, wrong
from passrole.stack import Output

if TYPE_CHECKING:
    from passrole.policy.settings import Alerts

_MAIL = ("email", "email-json")
_UNCONFIRMED = ("PendingConfirmation", "Deleted")
# DescribeHub's answers where Security Hub is not enabled: its API reference names both.
_NOT_ENABLED = ("InvalidAccessException", "ResourceNotFoundException")


def channel_checks(
    clients: Clients, region: str, outputs: Mapping[str, str] | None, alerts: "Alerts"
) -> Iterator[Check]:
    """Each configured channel, as far as it can be seen.

    Args:
        outputs: of the deployed stack, which tells what is configured; None before a deployment, when
            ``alerts``, the policy's, does.
    """
    channels = alerts.channels if outputs is None else tuple(queues_of(outputs))
    if not channels:
        yield wrong("channels", "the stack's outputs name no channel's queue", "deploy this version")
    else:
        yield fine("channels", f"news goes out by {', '.join(channels)}")
    told = outputs or {}
    slack = told.get(Output.SLACK_SECRET_ID) or alerts.slack_secret
    webhook = told.get(Output.WEBHOOK_SECRET_ID) or alerts.webhook_secret
    if topic := told.get(Output.ALERTS_TOPIC_ARN):
        others = set(channels) - {ChannelName.EMAIL}
        yield from guarded("e-mail", email_checks(clients, region, topic, has_others=bool(others)))
    if slack:
        yield from guarded("Slack secret", _secret(clients, region, slack, "Slack secret", _slack, _SLACK))
    if topic := told.get(Output.CHAT_TOPIC_ARN):
        yield from guarded("chat", _chat(clients, region, topic))
    # The policy may be ahead of the stack: what it is about to need is looked at, too.
    needed = {*channels, *alerts.channels}
    if ChannelName.SECURITY_HUB in needed:
        yield from guarded("Security Hub", _security_hub(clients, region))
    if ChannelName.EVENT_BUS in needed:
        yield from guarded("event bus", _event_bus(clients, alerts.event_bus))
    if webhook:
        about = "webhook secret"
        yield from guarded(about, _secret(clients, region, webhook, about, _webhook, _WEBHOOK))


def email_checks(clients: Clients, region: str, topic_arn: str, has_others: bool) -> Iterator[Check]:
    """Whether each address that is to be told has agreed to it; and whether anybody is told at all."""
    subscriptions = _subscriptions(clients, region, topic_arn)
    for subscription in subscriptions:
        if subscription["Protocol"] in _MAIL:
            yield _email(subscription)
    if not subscriptions and not has_others:
        yield doubtful(
            "alerts",
            "nobody is told of findings",
            "set alerts.email, or another channel of alerts, in guardrail.yaml",
        )


def _subscriptions(clients: Clients, region: str, topic_arn: str) -> list[Mapping[str, Any]]:
    pages = clients("sns", region).get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    return [subscription for page in pages for subscription in page["Subscriptions"]]


def _email(subscription: Mapping[str, Any]) -> Check:
    about, address = "e-mail", subscription["Endpoint"]
    if subscription["SubscriptionArn"] not in _UNCONFIRMED:
        return fine(about, f"{address} is confirmed")
    return wrong(
        about,
        f"{address} has not confirmed: it gets nothing",
        "follow the link in the mail “AWS Notification - Subscription Confirmation” (after three days: "
        "subscribe the address anew)",
    )


def _chat(clients: Clients, region: str, topic_arn: str) -> Iterator[Check]:
    """Amazon Q subscribes over https when a channel of a chat is configured with the topic."""
    about = "chat"
    confirmed = [
        subscription
        for subscription in _subscriptions(clients, region, topic_arn)
        if subscription["Protocol"] == "https" and subscription["SubscriptionArn"] not in _UNCONFIRMED
    ]
    if confirmed:
        yield fine(about, "the topic has a subscriber over https, as Amazon Q is one")
    else:
        yield wrong(
            about,
            "Amazon Q Developer in chat applications is not subscribed: no chat is told",
            f"configure a Slack or Teams channel there, with the topic {topic_arn}",
        )


def _security_hub(clients: Clients, region: str) -> Iterator[Check]:
    about = "Security Hub"
    try:
        clients("securityhub", region).describe_hub()
    except ClientError as error:
        if code_of(error) not in _NOT_ENABLED:
            raise
        yield wrong(
            about,
            f"it is not enabled in {region}: it takes no findings",
            "aws securityhub enable-security-hub, or take alerts.security_hub out of guardrail.yaml",
        )
    else:
        yield fine(about, f"it is enabled in {region}")


def _event_bus(clients: Clients, bus: str | None) -> Iterator[Check]:
    about, arn = "event bus", Arn.parse(bus)
    if bus is None or arn is None:
        yield doubtful(about, "which bus it is, only the policy tells", "give --policy FILE")
        return
    try:
        clients("events", arn.region).describe_event_bus(Name=bus)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        yield wrong(about, f"there is no {bus}", "make the bus, or name another in guardrail.yaml")
    else:
        yield fine(about, f"{bus} exists")


def _slack(secret: str, secret_id: str) -> str:
    is_bot = isinstance(parse_slack_secret(secret, secret_id), Bot)
    return "a bot's token and channel" if is_bot else "a webhook's URL"


def _webhook(secret: str, secret_id: str) -> str:
    parse_signed_webhook(secret, secret_id)
    return "a URL and the key to sign with"


_SLACK = "https://hooks.slack.com/…"
_WEBHOOK = '\'{"url": "https://…", "key": "whsec_…"}\''


def _secret(
    clients: Clients,
    region: str,
    secret_id: str,
    about: str,
    read: Callable[[str, str], str],
    example: str,
) -> Iterator[Check]:
    """Whether a secret is there and holds what it should, which is never shown.

    Args:
        read: says what a secret's text holds; raises ``DeliveryError`` on what it cannot read.
    """
    put = f"aws secretsmanager put-secret-value --secret-id {secret_id} --secret-string {example}"
    make = f"aws secretsmanager create-secret --name {secret_id} --secret-string {example}"
    try:
        answer = clients("secretsmanager", region).get_secret_value(SecretId=secret_id)
        held = read(answer.get("SecretString", ""), secret_id)
    except DeliveryError as error:
        yield wrong(about, str(error), put)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        yield wrong(about, f"there is no secret {secret_id} with a value", make)
    else:
        yield fine(about, f"{secret_id} holds {held}")
