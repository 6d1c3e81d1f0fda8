"""However often an event or message comes, and whoever sends it: one finding, one alert, one act, or none."""

import json
import time
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from passrole.clock import iso, utc_now
from passrole.emulator.events import EventRefusedError
from passrole.finding import Change, News, State, Step
from passrole.policy import Stage
from tests.e2e.deployment import Deployment, record_of_function
from tests.unit.samples import finding_of, pass_of

pytestmark = pytest.mark.e2e


def test_one_event_three_times_is_one_finding_one_alert_one_containment(deployment: Deployment) -> None:
    role = deployment.role("thrice")
    with deployment.unwatched():  # so that the only event about it is the one that is put here
        deployment.function("thrice", role)
    record = record_of_function("thrice", role, str(uuid.uuid4()))

    for _ in range(3):
        deployment.emulator.put_event(record)

    deployment.finding_on("function:thrice", State.CONTAINED)
    deployment.settle()
    [finding] = deployment.findings_on("function:thrice")
    assert finding.passes == 1
    assert [step.news for step in deployment.ledger.history(finding.id)] == ["opened", "contained"]
    alert, follow_up = deployment.slack.about(finding.id)
    assert "passed role" in alert.text
    assert "is contained" in follow_up.text


def test_an_event_that_others_put_changes_nothing(deployment: Deployment) -> None:
    record = record_of_function("forged", deployment.role("forged-role"), str(uuid.uuid4()))

    deployment.emulator.put_raw_event("my.app", record)
    with pytest.raises(EventRefusedError):
        deployment.emulator.put_raw_event("aws.lambda", record)

    deployment.settle()
    assert deployment.findings_on("function:forged") == []


def test_a_message_from_others_quarantines_nothing(deployment: Deployment) -> None:
    """The right to publish is not the right to quarantine: the ledger decides."""
    good = deployment.role("steady", "/application_role/", approved_for="lambda")
    function = deployment.function("steady", good)
    deployment.wait(lambda: deployment.pass_of(good), "the pass of the role")
    ledger = deployment.ledger
    alert_only = finding_of(pass_of(resources=(function,)), response=Stage.ALERT, arn=good)
    ledger.record_change(Change(alert_only, Step(1, iso(utc_now()), News.OPENED, "x", "y"), None))

    # Past the topic and its filter, as a redrive does: the queue refuses everybody else.
    sqs = deployment.emulator.client("sqs", credentials=deployment.operator_session())
    for finding_id in (alert_only.id, "feedfeedfeedfeed"):
        pointer = {"version": 1, "finding_id": finding_id, "revision": 1, "news": "opened"}
        sqs.send_message(QueueUrl=deployment.outputs["ContainQueueUrl"], MessageBody=json.dumps(pointer))

    time.sleep(1)
    deployment.settle()
    assert deployment.concurrency("steady") is None
    present = ledger.finding(alert_only.id)
    assert present is not None
    assert present.state is State.OPEN


@pytest.mark.parametrize("who", ["a user with every right", "the account's root"])
def test_only_the_guard_can_publish_findings(deployment: Deployment, who: str) -> None:
    credentials = deployment.user("mallory", "*") if who.startswith("a user") else None
    sns = deployment.emulator.client("sns", credentials=credentials)

    with pytest.raises(sns.exceptions.ClientError, match="not authorized"):
        sns.publish(TopicArn=deployment.outputs["FindingsTopicArn"], Message="{}")


@pytest.mark.parametrize("who", ["a user with every right", "the account's root"])
@pytest.mark.parametrize(
    "queue", ["Intake", "IntakeDeadLetter", "RuleDeadLetter", "SecondLooks", "Contain", "Slack"]
)
def test_nobody_forges_messages_in_the_queues(deployment: Deployment, queue: str, who: str) -> None:
    """An event in the intake queue is believed: only EventBridge, and operators who redrive, put it there."""
    credentials = deployment.user(f"forger-{queue}", "*") if who.startswith("a user") else None
    sqs = deployment.emulator.client("sqs", credentials=credentials)
    record = record_of_function("forged", f"arn:aws:iam::{deployment.emulator.account}:role/x", "forged")
    event = {"source": "aws.lambda", "detail-type": "AWS API Call via CloudTrail", "detail": record}

    with pytest.raises(sqs.exceptions.ClientError, match="AccessDenied"):
        sqs.send_message(QueueUrl=deployment.outputs[f"{queue}QueueUrl"], MessageBody=json.dumps(event))

    assert deployment.findings_on("function:forged") == []


def test_news_that_a_crash_left_in_the_outbox_is_told_by_the_sweep(deployment: Deployment) -> None:
    long_ago = iso(utc_now() - timedelta(minutes=5))
    function = f"arn:aws:lambda:us-east-1:{deployment.emulator.account}:function:left-over"
    left = replace(
        finding_of(pass_of(resources=(function,)), response=Stage.ALERT),
        opened_at=long_ago,
        updated_at=long_ago,
    )
    deployment.ledger.record_change(Change(left, Step(1, long_ago, News.OPENED, "x", "left over"), None))

    deployment.emulator.client("lambda").invoke(
        FunctionName=deployment.outputs["SweepFunctionName"], Payload=b"{}"
    )

    deployment.wait(lambda: deployment.slack.about(left.id), "the alert")
    assert list(deployment.ledger.due(iso(utc_now()))) == []


def test_an_event_that_cannot_be_read_is_kept_for_a_person(deployment: Deployment) -> None:
    """It goes to the dead-letter queue after its tries; other messages are judged meanwhile."""
    sqs = deployment.emulator.client("sqs")
    operator = deployment.emulator.client("sqs", credentials=deployment.operator_session())
    operator.send_message(QueueUrl=deployment.outputs["IntakeQueueUrl"], MessageBody='{"source": "aws.lam')

    deployment.function("beside", deployment.role("beside-role"))

    deployment.finding_on("function:beside", State.CONTAINED)
    kept = sqs.get_queue_attributes(
        QueueUrl=deployment.outputs["IntakeQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    assert kept == {"ApproximateNumberOfMessagesNotVisible": "1"}, "it waits for its next try"
    sqs.purge_queue(QueueUrl=deployment.outputs["IntakeQueueUrl"])  # for the tests that wait for empty queues
