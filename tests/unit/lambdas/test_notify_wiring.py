"""The entry point of notify as the stack configures it: which channels there are, and what they are told."""

import importlib
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.channel import ChannelName
from passrole.ledger import Ledger
from tests.unit.lambdas.notifying import (
    Context,
    event_of,
    failed,
    opened,
    pointer_to,
    queue_url,
)
from tests.unit.samples import ACCOUNT, REGION


def test_wired_from_the_environment_it_sends_an_email(
    notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, queue = _subscribed_queue()
    _configure(monkeypatch, ALERTS_TOPIC_ARN=topic, EMAIL_QUEUE_URL=queue_url("mails"))
    finding = opened(ledger)

    assert failed(notify.handler(event_of(pointer_to(finding), queue="mails"), Context())) == []

    (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert (
        json.loads(message["Body"])["Subject"] == "[HIGH] dana passed role deployer to Lambda function orders"
    )


def test_wired_from_the_environment_it_sends_a_custom_notification(
    notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, queue = _subscribed_queue()
    _configure(monkeypatch, CHAT_TOPIC_ARN=topic, CHAT_QUEUE_URL=queue_url("chats"))
    finding = opened(ledger)

    assert failed(notify.handler(event_of(pointer_to(finding), queue="chats"), Context())) == []

    (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    notification = json.loads(json.loads(message["Body"])["Message"])
    assert (notification["source"], notification["metadata"]["threadId"]) == ("custom", finding.id)


def test_channels_are_those_whose_queues_are_configured(notify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _configure(
        monkeypatch,
        ALERTS_TOPIC_ARN="topic",
        EMAIL_QUEUE_URL=queue_url("mails"),
        SLACK_SECRET_ID="guardrail/slack",
        SLACK_QUEUE_URL=queue_url("slacks"),
        CHAT_TOPIC_ARN="topic",
    )

    found = notify.posts_by_queue()

    assert {queue: post.channel.name for queue, post in found.items()} == {
        "mails": ChannelName.EMAIL,
        "slacks": ChannelName.SLACK,
    }


def test_channel_that_is_not_told_where_it_sends_to_is_a_mistake_that_is_seen(
    notify: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _configure(monkeypatch, SLACK_QUEUE_URL=queue_url("slacks"))

    with pytest.raises(LookupError, match="the channel slack has a queue"):
        notify.posts_by_queue()


class AccountService:
    """AWS's account API, which tells a name or refuses."""

    def __init__(self, answer: dict[str, str] | Exception) -> None:
        self.calls = 0
        self._answer = answer

    def get_account_information(self) -> dict[str, str]:
        self.calls += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({"AccountId": ACCOUNT, "AccountName": "production"}, ["production", None, None, "production"]),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "GetAccountInformation"), [None] * 4),
        ({}, [None] * 4),
        (RuntimeError("an answer that nobody can read"), [None] * 4),
    ],
    ids=["told", "refused", "incomplete", "unreadable"],
)
def test_the_account_is_asked_its_name_once(
    notify: Any,
    monkeypatch: pytest.MonkeyPatch,
    answer: dict[str, str] | Exception,
    names: list[str | None],
) -> None:
    accounts, service = importlib.import_module("lambdas.notify.accounts"), AccountService(answer)
    monkeypatch.setattr(accounts, "one_try", lambda *_, **__: service)
    name_of = accounts.account_namer()
    assert service.calls == 0

    assert [name_of(account) for account in (ACCOUNT, "444455556666", None, ACCOUNT)] == names
    assert service.calls == 1


def _configure(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """The function's environment; of channels only what is given."""
    for channel in ChannelName:
        monkeypatch.delenv(channel.queue_variable, raising=False)
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    monkeypatch.setenv("FINDINGS_TOPIC_ARN", "arn:aws:sns:us-east-1:111122223333:findings")
    monkeypatch.setenv("STACK_NAME", "guardrail")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def _subscribed_queue() -> tuple[str, str]:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:inbox")
    return topic, queue
