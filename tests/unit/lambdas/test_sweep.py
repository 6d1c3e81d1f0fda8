"""The entry point of ``sweep``: what it does is counted, and exemptions that end soon are."""

import importlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.clock import iso, later, utc_now
from passrole.finding import News, Step
from passrole.ledger import Held, HeldNews, Ledger
from passrole.news.digests import POINT_AGAIN, DigestPointer
from passrole.policy import Effect, Exemption, PolicyStatement
from passrole.sweep.due import DueWork
from tests.unit.samples import RecordedQueue, RecordedTopic, finding_of, policy_of


class Context:
    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "sweep"


_DUE = "lambdas.sweep.due._due_work"


@pytest.fixture
def sweep(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The entry point's module."""
    for name, value in {
        "POWERTOOLS_METRICS_NAMESPACE": "test",
        "POWERTOOLS_SERVICE_NAME": "sweep",
        "LEDGER_TABLE": "ledger",
        "FINDINGS_TOPIC_ARN": "arn:aws:sns:eu-west-1:111122223333:findings",
        "STACK_NAME": "guard",
        "SLACK_QUEUE_URL": boto3.client("sqs").create_queue(QueueName="slack")["QueueUrl"],
        "EMAIL_QUEUE_URL": boto3.client("sqs").create_queue(QueueName="email")["QueueUrl"],
    }.items():
        monkeypatch.setenv(name, value)
    module: Any = importlib.import_module("lambdas.sweep.handler")
    monkeypatch.setattr(module.metrics, "namespace", "test")
    monkeypatch.setattr(module.metrics, "service", "sweep")
    return module


def have_due(monkeypatch: pytest.MonkeyPatch, work: DueWork) -> None:
    """What is due is done by that."""
    monkeypatch.setattr(_DUE, lambda _: work)


def test_exemptions_that_end_soon_are_counted(
    sweep: Any,
    ledger: Ledger,
    topic: RecordedTopic,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scope = PolicyStatement("legacy", Effect.ALLOW)
    policy = replace(
        policy_of(), exemptions=(Exemption("legacy", "me", "soon", later(iso(utc_now()), 7 * 86_400), scope),)
    )
    monkeypatch.setattr(
        "lambdas.sweep.due._due_work", lambda _: DueWork(ledger, topic, RecordedQueue(), policy)
    )
    sweep.handler({}, Context())
    [told] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "ExemptionsEnding" in line]
    assert told["ExemptionsEnding"] == [1.0]


def _hold_digest(ledger: Ledger, channel: str = "slack") -> None:
    now, finding = utc_now() - timedelta(minutes=4), finding_of()
    step = Step(1, finding.opened_at, News.OPENED, "dana", "why")
    ledger.claim_delivery(finding.id, 1, channel, now)
    due = now + timedelta(minutes=3)
    assert ledger.hold_for_digest(channel, HeldNews(finding, step, False), now, now, due) is Held.HELD


def _pointed_to(queue: str = "slack") -> list[DigestPointer | None]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [DigestPointer.from_message(message["Body"]) for message in messages]


def test_notify_is_pointed_to_a_digest_that_is_due_once(
    sweep: Any, ledger: Ledger, topic: RecordedTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "lambdas.sweep.due._due_work", lambda _: DueWork(ledger, topic, RecordedQueue(), policy_of())
    )
    _hold_digest(ledger)

    for _ in range(3):
        sweep.handler({}, Context())

    assert _pointed_to() == [DigestPointer("slack", 1)]


def test_digests_are_pointed_to_whatever_else_is_broken(
    sweep: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Any) -> None:
        raise RuntimeError("no policy")

    monkeypatch.setattr(_DUE, broken)
    _hold_digest(ledger)

    with pytest.raises(RuntimeError, match="no policy"):
        sweep.handler({}, Context())

    assert _pointed_to() == [DigestPointer("slack", 1)]


def test_the_queue_of_each_channel_gets_the_pointer_to_its_own_digest(
    sweep: Any, ledger: Ledger, topic: RecordedTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "lambdas.sweep.due._due_work", lambda _: DueWork(ledger, topic, RecordedQueue(), policy_of())
    )
    for channel in ("slack", "email"):
        _hold_digest(ledger, channel)

    sweep.handler({}, Context())

    assert _pointed_to("slack") == [DigestPointer("slack", 1)]
    assert _pointed_to("email") == [DigestPointer("email", 1)]


def test_queue_that_takes_nothing_keeps_no_other_channel_from_its_digest(
    sweep: Any, ledger: Ledger, topic: RecordedTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "lambdas.sweep.due._due_work", lambda _: DueWork(ledger, topic, RecordedQueue(), policy_of())
    )
    for channel in ("email", "slack"):
        _hold_digest(ledger, channel)
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="email")["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)

    with pytest.raises(ClientError, match="NonExistentQueue"):
        sweep.handler({}, Context())

    assert _pointed_to("slack") == [DigestPointer("slack", 1)]
    sqs.create_queue(QueueName="email")
    sweep.handler({}, Context())
    assert _pointed_to("email") == [DigestPointer("email", 1)]


def test_digest_whose_channel_is_configured_no_longer_is_counted_and_waits_for_it(
    sweep: Any,
    ledger: Ledger,
    topic: RecordedTopic,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        "lambdas.sweep.due._due_work", lambda _: DueWork(ledger, topic, RecordedQueue(), policy_of())
    )
    _hold_digest(ledger, "chat")

    for _ in range(3):
        sweep.handler({}, Context())

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert sum(sum(line.get("DigestsWithoutChannel", [])) for line in lines) == 1
    assert _pointed_to("slack") == _pointed_to("email") == []
    [waits] = ledger.due_digests(iso(utc_now() + POINT_AGAIN))
    assert (waits.channel, waits.is_open, waits.sent_at) == ("chat", False, None)
