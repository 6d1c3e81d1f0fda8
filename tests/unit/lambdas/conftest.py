"""The entry point of `notify`, with an inbox as its only channel."""

import importlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from passrole.ledger import Ledger
from tests.unit.alerts.inbox import Inbox
from tests.unit.lambdas.notifying import post
from tests.unit.samples import REGION


@pytest.fixture
def notify(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The entry point's module."""
    monkeypatch.setenv("AWS_REGION", REGION)
    module: Any = importlib.import_module("lambdas.notify.handler")
    monkeypatch.setattr(module.metrics, "namespace", "PassRoleGuardrail")
    monkeypatch.setattr(module.metrics, "service", "notify")
    wiring = module.posts_by_queue
    wiring.cache_clear()
    yield module
    wiring.cache_clear()


@pytest.fixture
def inbox(notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    inbox = Inbox()
    post(notify, monkeypatch, ledger, {"notify": inbox})
    return inbox


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Callable[[str], float]:
    def count(name: str) -> float:
        """The sum of a metric over what was printed since the last look, in CloudWatch's embedded format."""
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        return sum(sum(line[name]) for line in lines if "_aws" in line and name in line)

    return count
