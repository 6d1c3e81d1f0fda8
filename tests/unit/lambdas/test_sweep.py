"""The entry point of ``sweep``: what it does is counted, and exemptions that end soon are."""

import importlib
import json
from dataclasses import replace
from typing import Any

import pytest

from passrole.clock import iso, later, utc_now
from passrole.ledger import Ledger
from passrole.policy import Effect, Exemption, PolicyStatement
from passrole.sweeping import Sweeper
from tests.unit.samples import RecordedTopic, policy_of


class Context:
    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "sweep"


def test_exemptions_that_end_soon_are_counted(
    ledger: Ledger,
    topic: RecordedTopic,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {
        "POWERTOOLS_METRICS_NAMESPACE": "test",
        "POWERTOOLS_SERVICE_NAME": "sweep",
        "LEDGER_TABLE": "ledger",
        "FINDINGS_TOPIC_ARN": "arn:aws:sns:eu-west-1:111122223333:findings",
        "STACK_NAME": "guard",
    }.items():
        monkeypatch.setenv(name, value)
    module: Any = importlib.import_module("lambdas.sweep.handler")
    monkeypatch.setattr(module.metrics, "namespace", "test")
    monkeypatch.setattr(module.metrics, "service", "sweep")
    scope = PolicyStatement("legacy", Effect.ALLOW)
    policy = replace(
        policy_of(), exemptions=(Exemption("legacy", "me", "soon", later(iso(utc_now()), 7 * 86_400), scope),)
    )
    monkeypatch.setattr(module, "_sweeper", lambda _: Sweeper(ledger, topic, policy))
    module.handler({}, Context())
    [told] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "ExemptionsEnding" in line]
    assert told["ExemptionsEnding"] == [1.0]
