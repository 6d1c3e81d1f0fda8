"""How `sweep` watches the guard: by a queue of its own, wired by its environment, and counted."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from lambdas.sweep import handler as entry
from lambdas.sweep import self_watch
from passrole.finding.guard import Trouble
from passrole.ledger import Ledger
from passrole.selfwatch.alarms import DETAIL_TYPE, SOURCE
from tests.unit.lambdas.notifying import Context
from tests.unit.samples import ACCOUNT, REGION, envelope_of
from tests.unit.selfwatch.records import CANARY, CANARY_ROLE, CHANGES, KEY, ROLE, STACK, by, call

QUEUE = "self-watch"


@pytest.fixture(autouse=True)
def url(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of the queue, which the environment names with all that `sweep` needs."""
    topic = boto3.client("sns", region_name=REGION).create_topic(Name="findings")["TopicArn"]
    sqs = boto3.client("sqs", region_name=REGION)
    url: str = sqs.create_queue(QueueName=QUEUE, Attributes={"VisibilityTimeout": "1800"})["QueueUrl"]
    for name, value in {
        "AWS_REGION": REGION,
        "LEDGER_TABLE": "ledger",
        "FINDINGS_TOPIC_ARN": topic,
        "STACK_NAME": STACK,
        "SELF_WATCH_QUEUE_URL": url,
        "TASKS_QUEUE_URL": sqs.create_queue(QueueName="tasks")["QueueUrl"],
        "OWN_RESOURCES": f"{KEY},arn:aws:lambda:{REGION}:{ACCOUNT}:layer:PolicyLayer1A2B3C4D:7",
        "CANARY_RULE_ARN": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{CANARY}",
        "CANARY_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/passrole-guardrail/Canary",
        "CANARY_PASSER_ROLE_ARN": CANARY_ROLE,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(entry.metrics, "namespace", "test")
    monkeypatch.setattr(entry.metrics, "service", "sweep")
    self_watch._guard_watch.cache_clear()
    self_watch._alarms.cache_clear()
    return url


def take(*bodies: str) -> Any:
    """Has the function take messages of the queue, as they come from it."""
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    records = [
        {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{QUEUE}",
            "attributes": message["Attributes"],
            "messageAttributes": {},
        }
        for message in received["Messages"]
    ]
    return entry.handler({"Records": records}, Context(remaining=300_000))


@pytest.mark.parametrize("name", ["rule deleted", "key disabled", "layer deleted", "stack deleted"])
def test_a_change_of_what_the_environment_names_is_recorded_and_counted(
    ledger: Ledger, counted: Callable[[str], float], name: str
) -> None:
    # Given an event about the stack's things, or about what the environment names besides
    # When it comes
    take(envelope_of(CHANGES[name][0]))
    # Then there is a finding, and it is counted
    (finding,) = ledger.findings()
    assert finding.event_name == Trouble.GUARD_CHANGED
    assert counted("GuardChanges") == 1


def test_the_canary_and_other_peoples_things_are_no_change(ledger: Ledger) -> None:
    issuer: dict[str, Any] = {"sessionIssuer": {"type": "Role", "arn": CANARY_ROLE}}
    records = (
        by(call("events", "PutRule", {"name": CANARY}), sessionContext=issuer),
        call("events", "DeleteRule", {"name": "mine"}),
    )
    assert take(*map(envelope_of, records)) == {"batchItemFailures": []}
    assert not list(ledger.findings())


def test_an_alarm_that_rings_is_a_finding(ledger: Ledger) -> None:
    name = f"{STACK}-MonitoringDetectFails7B8C9D0E-A1B2C3D4E5F6"
    alarm = {
        "source": SOURCE,
        "detail-type": DETAIL_TYPE,
        "account": ACCOUNT,
        "region": REGION,
        "resources": [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"],
        "detail": {"alarmName": name, "state": {"value": "ALARM", "timestamp": "2026-11-22T12:00:00Z"}},
    }

    take(json.dumps(alarm))

    (finding,) = ledger.findings()
    assert finding.event_name == Trouble.ALARM_RINGS


def test_a_changed_role_of_the_guard_is_told_and_judged_by_way_of_the_tasks_alone(ledger: Ledger) -> None:
    # Given a change of a role, which a rule of each kind brings to a queue of its own
    take(envelope_of(call("iam", "PutRolePolicy", {"roleName": ROLE, "policyName": "deny"})))
    # When it comes as an event about the guard, then it is told, and no task is made of it a second time
    assert len(list(ledger.findings())) == 1
    sqs = boto3.client("sqs", region_name=REGION)
    assert "Messages" not in sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="tasks")["QueueUrl"])


def test_a_forged_event_does_nothing_and_is_counted(ledger: Ledger, counted: Callable[[str], float]) -> None:
    assert take(envelope_of(CHANGES["rule deleted"][0], source="mine.events")) == {"batchItemFailures": []}
    assert not list(ledger.findings())
    assert counted("ForgedEvents") == 1


@pytest.mark.parametrize("body", ["{", "[]", '"x"'])
def test_what_is_no_event_comes_again_alone_and_soon(
    url: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    # Given a message that cannot be read beside a change of the guard
    pauses: list[int] = []
    sqs = boto3.client("sqs", region_name=REGION)

    class Recorded:
        def change_message_visibility(self, **given: Any) -> None:
            sqs.change_message_visibility(**given)
            pauses.append(given["VisibilityTimeout"])

    monkeypatch.setattr("lambdas.shared.redelivery.client", lambda _: Recorded())
    # When both come
    answer = take(body, envelope_of(CHANGES["rule deleted"][0]))
    # Then the change is told, and the other comes again in seconds: not in the half hour of a long task
    assert len(answer["batchItemFailures"]) == 1
    assert len(list(ledger.findings())) == 1
    assert pauses == [10]
