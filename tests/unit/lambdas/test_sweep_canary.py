"""Sweep sends the canary at each run; that it could not is counted, and stops nothing else."""

import importlib
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.unit.canaries import CANARY, RULE


@pytest.fixture
def sending(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    module: Any = importlib.import_module("lambdas.sweep.canary")
    monkeypatch.setattr(module.metrics, "namespace", "test")
    monkeypatch.setattr(module.metrics, "service", "sweep")
    yield module
    module.metrics.clear_metrics()


def test_the_call_is_made(sending: Any) -> None:
    sending.send_canary(CANARY)

    assert boto3.client("events").describe_rule(Name=RULE.rpartition("/")[2])["State"] == "DISABLED"
    assert sending.metrics.metric_set == {}


def test_without_a_canary_no_call_is_made(sending: Any) -> None:
    sending.send_canary(None)

    assert boto3.client("events").list_rules()["Rules"] == []


def test_a_call_that_fails_is_counted_and_raises_nothing(
    sending: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def put_rule(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutRule")

    monkeypatch.setattr(sending, "client", lambda _: Refusing())

    sending.send_canary(CANARY)

    assert sending.metrics.metric_set["CanaryFailed"]["Value"] == [1.0]
