"""What `sweep` begins by itself: a first sweep, and the judgement of all that is held by another policy."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from lambdas.shared.settings import Settings
from lambdas.sweep import due
from passrole.clock import iso
from passrole.ledger import Ledger, SweepRecord
from tests.unit.samples import NOW, REGION, policy_of

POLICY = policy_of().hash


@pytest.fixture
def settings(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of `sweep`, where a sweep has been already."""
    ledger.begin_sweep(SweepRecord(iso(NOW), ()), None)
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setattr(due, "load_deployed", policy_of)
    url = boto3.client("sqs", region_name=REGION).create_queue(QueueName="tasks")["QueueUrl"]
    return Settings.from_environment(
        {
            "LEDGER_TABLE": "ledger",
            "FINDINGS_TOPIC_ARN": "arn:aws:sns:us-east-1:111122223333:findings",
            "STACK_NAME": "guard",
            "TASKS_QUEUE_URL": url,
        }
    )


def begun(settings: Settings, after: timedelta = timedelta()) -> list[str]:
    """The kinds of tasks that a run begins so long after now."""
    due._begin_what_is_new(settings, NOW + after)
    return taken(settings)


def taken(settings: Settings) -> list[str]:
    """The kinds of the tasks in the queue, which is empty then."""
    sqs: Any = boto3.client("sqs", region_name=REGION)
    url = settings.tasks_queue_url
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"])["task"] for message in messages]


def test_all_is_judged_once_by_another_policy(settings: Settings, ledger: Ledger) -> None:
    ledger.begin_policy_judgement("0123456789ab", iso(NOW))

    assert begun(settings) == ["policy"]
    assert begun(settings) == []
    ledger.note_policy_judgement(POLICY, iso(NOW), has_ended=True)
    assert begun(settings, timedelta(days=30)) == []


def test_a_judgement_whose_task_was_given_up_begins_anew(settings: Settings) -> None:
    # Given a judgement that began, and whose task is in the dead-letter queue
    assert begun(settings) == ["policy"]
    # When nothing was heard of it for longer than a task is tried, then it begins anew, once
    assert begun(settings, timedelta(hours=5)) == []
    assert begun(settings, timedelta(hours=7)) == ["policy"]
    assert begun(settings, timedelta(hours=8)) == []


def test_a_judgement_that_goes_on_does_not(settings: Settings, ledger: Ledger) -> None:
    assert begun(settings) == ["policy"]

    ledger.note_policy_judgement(POLICY, iso(NOW + timedelta(hours=5)))

    assert begun(settings, timedelta(hours=7)) == []


def test_a_judgement_begins_whatever_else_is_broken(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("nothing works")

    for work in ("_due_work", "_point_to_digests", "miss_canary", "count_open_findings"):
        monkeypatch.setattr(due, work, broken)

    with pytest.raises(RuntimeError, match="nothing works"):
        due.do_what_is_due(settings)

    assert taken(settings) == ["policy"]
