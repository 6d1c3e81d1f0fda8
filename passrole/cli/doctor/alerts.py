"""Alerts: whether people can be told, by e-mail and by Slack, and whether anything was lost on the way."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from passrole.alerts.channels.base import DeliveryError
from passrole.alerts.channels.webhook_secret import parse_webhook_url
from passrole.cli.aws import code_of
from passrole.cli.doctor.checks import Check, Clients, doubtful, fine, guarded, wrong

_DEAD_LETTERS = "DeadLetterQueueUrl"
_MAIL = ("email", "email-json")
_UNCONFIRMED = ("PendingConfirmation", "Deleted")


def email_checks(clients: Clients, region: str, topic_arn: str, has_slack: bool) -> Iterator[Check]:
    """Whether each address that is to be told has agreed to it."""
    pages = clients("sns", region).get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    mails = [s for page in pages for s in page["Subscriptions"] if s["Protocol"] in _MAIL]
    for subscription in mails:
        yield _email(subscription)
    if not mails and not has_slack:
        yield doubtful(
            "alerts",
            "nobody is told of findings",
            "set alerts.email or alerts.slack_secret in guardrail.yaml",
        )


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


def secret_check(clients: Clients, region: str, secret_id: str) -> Iterator[Check]:
    """Whether the Slack webhook's secret is there and holds a URL, which is never shown."""
    about = "Slack secret"
    put = f"aws secretsmanager put-secret-value --secret-id {secret_id} --secret-string https://hooks.slack.com/…"
    make = f"aws secretsmanager create-secret --name {secret_id} --secret-string https://hooks.slack.com/…"
    try:
        answer = clients("secretsmanager", region).get_secret_value(SecretId=secret_id)
        parse_webhook_url(answer.get("SecretString", ""), secret_id)
    except DeliveryError as error:
        yield wrong(about, str(error), put)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        yield wrong(about, f"there is no secret {secret_id} with a value", make)
    else:
        yield fine(about, f"{secret_id} holds a webhook's URL")


def dead_letter_checks(clients: Clients, region: str, outputs: Mapping[str, str]) -> Iterator[Check]:
    """Whether messages wait that could not be handled."""
    client = clients("sqs", region)
    for output, url in sorted(outputs.items()):
        if not output.endswith(_DEAD_LETTERS):
            continue
        about = f"dead letters {output.removesuffix(_DEAD_LETTERS).lower()}"
        yield from guarded(about, _queue(about, client, url))


def _queue(about: str, client: Any, url: str) -> Iterator[Check]:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    count = sum(int(number) for number in attributes.values())
    if count:
        messages = "1 message was" if count == 1 else f"{count} messages were"
        yield wrong(about, f"{messages} not handled", f"read why in the logs, repair it, then redrive {url}")
    else:
        yield fine(about, "empty")
