"""The entry point of contain: what it makes of a delivery."""

import importlib
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from passrole.finding import News
from passrole.news import Pointer
from passrole.quarantine.errors import TryAgainError
from tests.unit.lambdas.test_notify import Context


class Container:
    """Notes what it is asked to contain, and fails as it is told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[tuple[str, bool]] = []
        self.brakes = SimpleNamespace(has_tripped=False)
        self._error = error

    def contain(self, finding_id: str, owner: str, *, is_last: bool = False) -> None:
        self.asked.append((finding_id, is_last))
        if self._error:
            raise self._error


@pytest.fixture
def handler(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("LEDGER_TABLE", "FINDINGS_TOPIC_ARN", "STACK_NAME"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("MAX_RECEIVES", "5")
    module: Any = importlib.import_module("lambdas.contain.handler")
    module._settings.cache_clear()
    monkeypatch.setattr(module.metrics, "namespace", "PassRoleGuardrail")
    monkeypatch.setattr(module.metrics, "service", "contain")
    return module


def record(
    receives: int = 1, receipt: str = "receipt", finding_id: str = "0123456789abcdef"
) -> dict[str, Any]:
    return {
        "messageId": "1",
        "receiptHandle": receipt,
        "body": Pointer("0123456789abcdef", 1, News.OPENED).to_message(),
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "eventSource": "aws:sqs",
    }


@pytest.mark.parametrize(("receives", "is_last"), [(1, False), (4, False), (5, True), (6, True)])
def test_the_last_delivery_is_known_as_such(
    handler: Any, monkeypatch: pytest.MonkeyPatch, receives: int, is_last: bool
) -> None:
    container = Container()
    monkeypatch.setattr(handler, "_container", lambda _: container)

    answer = handler.handler({"Records": [record(receives)]}, Context())

    assert answer == {"batchItemFailures": []}
    assert container.asked == [("0123456789abcdef", is_last)]


@pytest.mark.parametrize(("receives", "pause"), [(1, 10), (2, 20), (4, 80), (9, 300)])
def test_what_failed_comes_again_in_seconds_and_later_each_time(
    handler: Any, monkeypatch: pytest.MonkeyPatch, receives: int, pause: int
) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="findings")["QueueUrl"]
    monkeypatch.setenv("CONTAIN_QUEUE_URL", url)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    receipt = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    seen: list[int] = []
    redelivery: Any = importlib.import_module("lambdas.shared.redelivery")

    def watched(service: str) -> Any:
        client = boto3.client("sqs")
        client.meta.events.register(
            "provide-client-params.sqs.ChangeMessageVisibility",
            lambda params, **_: seen.append(params["VisibilityTimeout"]),
        )
        return client

    monkeypatch.setattr(redelivery, "client", watched)
    monkeypatch.setattr(handler, "_container", lambda _: Container(TryAgainError("it is busy")))
    monkeypatch.setattr(handler, "_processor", handler.BatchProcessor(event_type=handler.EventType.SQS))

    with pytest.raises(Exception, match="it is busy"):
        handler.handler({"Records": [record(receives, receipt)]}, Context())

    assert seen == [pause]


def test_a_queue_that_cannot_be_told_loses_nothing(handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAIN_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/111122223333/none")
    monkeypatch.setattr(handler, "_container", lambda _: Container(TryAgainError("it is busy")))

    with pytest.raises(Exception, match="it is busy"):
        handler.handler({"Records": [record()]}, Context())


def test_a_breaker_that_tripped_is_counted_for_its_alarm(
    handler: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    container = Container()
    container.brakes.has_tripped = True
    monkeypatch.setattr(handler, "_container", lambda _: container)

    handler.handler({"Records": [record()]}, Context())

    assert '"BreakerTripped":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert not container.brakes.has_tripped
