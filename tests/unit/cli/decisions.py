"""What tests of people's decisions share: findings that wait or are exempt, and who asks."""

import json
from typing import Any

import boto3
import pytest

from passrole.finding import GUARD, Finding, News, State
from passrole.finding.life import advance
from passrole.ledger import Ledger
from passrole.passes import Passer
from passrole.stack import Output
from tests.unit.cli.conftest import STACK, Cloud
from tests.unit.samples import ACCOUNT, REGION, finding_of, pass_of

GIVEN = ("--yes", "--reason", "agreed with the team")
WITHOUT_REASON = [
    (["--yes"], "without questions it needs a --reason"),
    (["--yes", "--reason", " \n"], "the reason is empty"),
    (["--yes", "--reason", "x" * 501], "the reason has 501 characters; expected 500 at most"),
]


def caller() -> str:
    """The ARN under which the commands run."""
    return str(boto3.Session().client("sts").get_caller_identity()["Arn"])


def session_of(role: str, name: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"


def become(monkeypatch: pytest.MonkeyPatch, role: str, name: str) -> str:
    """From now on commands run in a session of that role; returns its ARN."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    given = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
    assert caller() == session_of(role, name)
    return caller()


def let_passers_decide(cloud: Cloud) -> None:
    """As a deployment whose policy says ``passer_may_release``."""
    for output in cloud.stacks[REGION, STACK]["Outputs"]:
        if output["OutputKey"] == Output.PASSER_MAY_RELEASE:
            output["OutputValue"] = "true"


def finding_by(passer: Passer) -> Finding:
    return finding_of(pass_of(passer=passer))


def step(ledger: Ledger, finding: Finding, state: State, news: News, **standing: Any) -> Finding:
    """The finding after its next step by the guard."""
    change = advance(finding, state, news, "2026-11-22T12:00:09.000Z", GUARD, "it is so", **standing)
    assert ledger.record_change(change)
    return change.finding


def listen() -> str:
    """A queue on the deployed topic; returns its URL."""
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    url: str = sqs.create_queue(QueueName="listener")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.list_topics()["Topics"][0]["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    return url


def heard(url: str) -> list[str]:
    """The news that came to the queue since the last time."""
    answer = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"])["news"] for message in answer.get("Messages", [])]
