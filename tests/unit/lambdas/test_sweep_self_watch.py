"""How `sweep` watches the guard: wired by its environment, and counted."""

import json
from typing import Any

import boto3
import pytest

from lambdas.shared.observability import metrics
from lambdas.shared.settings import Settings
from lambdas.sweep import self_watch
from passrole.guard import Trouble
from passrole.ledger import Ledger
from tests.unit.samples import ACCOUNT, REGION, envelope_of
from tests.unit.selfwatch.records import CANARY, CANARY_ROLE, CHANGES, KEY, STACK, by, call


@pytest.fixture
def settings(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Settings:
    topic = boto3.client("sns", region_name=REGION).create_topic(Name="findings")["TopicArn"]
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "test")
    monkeypatch.setattr(metrics, "namespace", "test")
    monkeypatch.setattr(metrics, "service", "sweep")
    self_watch._guard_watch.cache_clear()
    return Settings.from_environment(
        {
            "LEDGER_TABLE": "ledger",
            "FINDINGS_TOPIC_ARN": topic,
            "STACK_NAME": STACK,
            "OWN_RESOURCES": f"{KEY},arn:aws:lambda:{REGION}:{ACCOUNT}:layer:PolicyLayer1A2B3C4D:7",
            "CANARY_RULE_ARN": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{CANARY}",
            "CANARY_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/passrole-guardrail/Canary",
            "CANARY_PASSER_ROLE_ARN": CANARY_ROLE,
        }
    )


@pytest.mark.parametrize("name", ["rule deleted", "key disabled", "layer deleted", "stack deleted"])
def test_a_change_of_what_the_environment_names_is_recorded_and_counted(
    settings: Settings, ledger: Ledger, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    # Given an event about the stack's things, or about what the environment names besides
    # When it comes
    self_watch.watch_guard(envelope_of(CHANGES[name][0]), settings, ACCOUNT)
    metrics.flush_metrics()
    # Then there is a finding, and it is counted
    (finding,) = ledger.findings()
    assert finding.event_name == Trouble.GUARD_CHANGED
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [line["GuardChanges"] for line in lines if "GuardChanges" in line] == [[1.0]]


def test_the_canary_and_other_peoples_things_are_no_change(settings: Settings, ledger: Ledger) -> None:
    issuer: dict[str, Any] = {"sessionIssuer": {"type": "Role", "arn": CANARY_ROLE}}
    for record in (
        by(call("events", "PutRule", {"name": CANARY}), sessionContext=issuer),
        call("events", "DeleteRule", {"name": "mine"}),
    ):
        self_watch.watch_guard(envelope_of(record), settings, ACCOUNT)
    assert not list(ledger.findings())
