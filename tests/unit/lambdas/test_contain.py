"""The entry point of contain: what it makes of a delivery."""

import importlib
from typing import Any

import pytest

from passrole.finding import News
from passrole.news import Pointer
from tests.unit.lambdas.test_notify import Context


class Container:
    """Notes what it is asked to contain."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def contain(self, finding_id: str, owner: str, *, is_last: bool = False) -> None:
        self.asked.append((finding_id, is_last))


@pytest.mark.parametrize(("receives", "is_last"), [(1, False), (4, False), (5, True), (6, True)])
def test_the_last_delivery_is_known_as_such(
    aws: None, monkeypatch: pytest.MonkeyPatch, receives: int, is_last: bool
) -> None:
    for name in ("LEDGER_TABLE", "FINDINGS_TOPIC_ARN", "STACK_NAME"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("MAX_RECEIVES", "5")
    handler: Any = importlib.import_module("lambdas.contain.handler")
    monkeypatch.setattr(handler.metrics, "namespace", "PassRoleGuardrail")
    monkeypatch.setattr(handler.metrics, "service", "contain")
    container = Container()
    monkeypatch.setattr(handler, "_container", lambda _: container)
    record = {
        "messageId": "1",
        "body": Pointer("0123456789abcdef", 1, News.OPENED).to_message(),
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "eventSource": "aws:sqs",
    }

    answer = handler.handler({"Records": [record]}, Context())

    assert answer == {"batchItemFailures": []}
    assert container.asked == [("0123456789abcdef", is_last)]
