"""The tasks of `sweep`, as its queue brings them: done, put back, counted, logged; the rest comes again."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from lambdas.sweep import handler as entry
from lambdas.sweep import tasks
from passrole.ledger import Ledger
from passrole.passes import Origin
from passrole.sweep.tasks import SweepAll, message_of
from tests.unit.lambdas.notifying import Context
from tests.unit.samples import ACCOUNT, REGION, envelope_of, policy_of

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}],
}


@pytest.fixture
def queue(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of the queue of tasks; one Lambda function holds a role that nobody approved."""
    url: str = boto3.client("sqs", region_name=REGION).create_queue(QueueName="tasks")["QueueUrl"]
    topic = boto3.client("sns", region_name=REGION).create_topic(Name="findings")["TopicArn"]
    for name, value in {
        "AWS_REGION": REGION,
        "LEDGER_TABLE": "ledger",
        "FINDINGS_TOPIC_ARN": topic,
        "STACK_NAME": "guard",
        "TASKS_QUEUE_URL": url,
        "SWEEP_TYPES": "lambda:function",
        "SWEEP_RATE": "1000",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(entry.metrics, "namespace", "test")
    monkeypatch.setattr(entry.metrics, "service", "sweep")
    monkeypatch.setattr(tasks, "load_deployed", policy_of)
    for cached in (tasks._evidence, tasks._pace, tasks._reach):
        cached.cache_clear()
    boto3.client("iam").create_role(
        RoleName="deployer", Path="/dev/", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    boto3.client("lambda", region_name=REGION).create_function(
        FunctionName="orders",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT}:role/dev/deployer",
        Handler="index.handler",
        Code={"ZipFile": b""},
    )
    return url


def run(body: str) -> Any:
    """Has the function do one message."""
    record = {
        "messageId": "1",
        "body": body,
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:tasks",
        "attributes": {},
        "messageAttributes": {},
    }
    return entry.handler({"Records": [record]}, Context(remaining=300_000))


def waiting(queue: str) -> list[str]:
    """What was put into the queue since the last look."""
    client = boto3.client("sqs", region_name=REGION)
    messages = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]


def test_a_sweep_goes_from_its_message_to_findings_and_is_counted(
    queue: str, ledger: Ledger, counted: Callable[[str], float]
) -> None:
    # Given the message of the schedule
    assert run(message_of(SweepAll())) == {"batchItemFailures": []}
    # When the parts that it made are done
    [part] = waiting(queue)
    assert run(part) == {"batchItemFailures": []}
    # Then there is a finding, the sweep has ended, and both are counted
    [finding] = ledger.findings()
    assert finding.origin is Origin.SWEEP
    sweep = ledger.latest_sweep()
    assert sweep is not None
    assert sweep.ended_at is not None
    assert counted("SweepFinished") == 1


@pytest.mark.parametrize("body", ["{", "[]", '{"version": 1, "task": "unheard-of"}', '"x"'])
def test_what_is_no_task_comes_again_and_ends_in_the_dead_letters(queue: str, body: str) -> None:
    with pytest.raises(Exception, match="All records failed"):
        run(body)


def test_iam_is_asked_at_the_pace_of_the_sweep(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[tuple[str, str]] = []

    class Recorded:
        def wait(self, service: str, region: str) -> None:
            waits.append((service, region))

    monkeypatch.setattr(tasks, "_pace", lambda _: Recorded())
    run(message_of(SweepAll()))

    run(waiting(queue)[0])

    assert waits.count(("lambda", REGION)) == 1
    assert ("iam", "global") in waits


def test_a_change_of_a_role_becomes_a_task(queue: str) -> None:
    change = {
        "eventSource": "iam.amazonaws.com",
        "eventName": "UntagRole",
        "eventTime": "2026-11-22T12:00:00Z",
        "eventID": "1",
        "awsRegion": "us-east-1",
        "recipientAccountId": ACCOUNT,
        "requestParameters": {"roleName": "deployer"},
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/tidy"},
    }

    run(envelope_of(change, source="aws.iam"))

    [task] = map(json.loads, waiting(queue))
    assert (task["task"], task["role"], task["cause"]["who"]) == (
        "role",
        "deployer",
        f"arn:aws:iam::{ACCOUNT}:user/tidy",
    )


def test_a_forged_event_does_nothing_and_is_counted(queue: str, counted: Callable[[str], float]) -> None:
    forged = {"eventSource": "iam.amazonaws.com", "eventName": "UntagRole", "recipientAccountId": ACCOUNT}

    assert run(envelope_of(forged, source="my.app")) == {"batchItemFailures": []}

    assert not waiting(queue)
    assert counted("ForgedEvents") == 1
