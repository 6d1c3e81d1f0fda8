"""Open findings are counted by severity once an hour, with the age of the oldest."""

import importlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from passrole.finding import Change, Finding, News, State, Step
from passrole.ledger import Ledger
from passrole.policy import Severity
from tests.unit.samples import NOW, finding_of

SETTINGS: Any = SimpleNamespace(ledger_table="ledger")
AN_HOUR = NOW.replace(minute=1)


def record(ledger: Ledger, number: int, **fields: Any) -> None:
    finding: Finding = replace(finding_of(), id=f"{number:016x}", **fields)
    assert ledger.record_change(Change(finding, Step(1, finding.opened_at, News.OPENED, "dana", "why"), None))


@pytest.fixture
def counted(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    module: Any = importlib.import_module("lambdas.sweep.standing")
    monkeypatch.setattr(module.metrics, "namespace", "test")
    monkeypatch.setattr(module.metrics, "service", "sweep")
    module.metrics.clear_metrics()

    def counted(now: datetime) -> tuple[dict[str, float], list[float] | None]:
        """Open findings by severity, and the age of the oldest."""
        module.count_open_findings(SETTINGS, now)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        oldest = module.metrics.metric_set.get("OldestOpenFinding")
        by_severity = {line["severity"]: line["FindingsOpen"][0] for line in lines if "FindingsOpen" in line}
        assert {line["service"] for line in lines} <= {"sweep"}
        return by_severity, oldest and oldest["Value"]

    yield counted
    module.metrics.clear_metrics()


def test_open_findings_are_counted_by_severity_with_the_age_of_the_oldest(
    counted: Any, ledger: Ledger
) -> None:
    since = AN_HOUR - timedelta(hours=30)
    record(ledger, 1, severity=Severity.CRITICAL)
    record(ledger, 2, severity=Severity.LOW, opened_at=since.isoformat())
    record(ledger, 3, severity=Severity.LOW)
    record(ledger, 4, severity=Severity.HIGH, state=State.CONTAINED, opened_at="2026-01-01T00:00:00.000Z")

    assert counted(AN_HOUR) == ({"low": 2, "medium": 0, "high": 0, "critical": 1}, [30.0])


def test_none_is_counted_too(counted: Any) -> None:
    assert counted(AN_HOUR) == ({"low": 0, "medium": 0, "high": 0, "critical": 0}, [0.0])


def test_they_are_read_once_an_hour(counted: Any) -> None:
    assert counted(NOW.replace(minute=2)) == ({}, None)
    assert counted(NOW.replace(minute=59)) == ({}, None)
