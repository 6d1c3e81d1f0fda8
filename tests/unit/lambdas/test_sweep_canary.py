"""Sweep sends the canary at each run; that it could not is counted, and stops nothing else."""

import importlib
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdas.shared.settings import Settings
from passrole.clock import iso, utc_now
from passrole.finding.guard import Trouble
from passrole.ledger import Ledger
from tests.unit.canaries import CANARY, RULE
from tests.unit.samples import ACCOUNT, REGION


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


def test_a_missing_canary_is_told_by_the_ledger_whatever_else_breaks(
    sending: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a canary that the ledger has not seen for an hour, and work that fails at each run
    due = importlib.import_module("lambdas.sweep.due")
    topic = boto3.client("sns", region_name=REGION).create_topic(Name="findings")["TopicArn"]
    environment = {
        "LEDGER_TABLE": "ledger",
        "FINDINGS_TOPIC_ARN": topic,
        "STACK_NAME": "Guard",
        "CANARY_RULE_ARN": CANARY.rule_arn,
        "CANARY_ROLE_ARN": CANARY.role_arn,
        "CANARY_PASSER_ROLE_ARN": CANARY.passer_role_arn,
    }
    monkeypatch.setenv("AWS_REGION", REGION)
    hour_ago = utc_now() - timedelta(hours=1)
    ledger.note_canary(iso(hour_ago), hour_ago)

    def broken(_: Any) -> None:
        raise RuntimeError("nothing works")

    monkeypatch.setattr(due, "_due_work", broken)
    # When it runs
    with pytest.raises(RuntimeError, match="nothing works"):
        due.do_what_is_due(Settings.from_environment(environment))
    # Then there is a finding about the guard, of its account and region
    (finding,) = ledger.findings()
    assert (finding.event_name, finding.account, finding.region) == (Trouble.ALARM_RINGS, ACCOUNT, REGION)
