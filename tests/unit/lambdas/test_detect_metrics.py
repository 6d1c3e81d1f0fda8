"""What detect counts beside verdicts: the canary, how long it took, and what IAM did not answer."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from passrole.detection.detector import Detected
from passrole.policy import Decision
from tests.unit.lambdas.test_detect import (  # noqa: F401 - two are fixtures
    OTHER,
    Context,
    Judge,
    _event,
    detect,
    judge,
)
from tests.unit.samples import pass_of, verdict_of

NOW = datetime(2026, 11, 22, 12, 0, 7, tzinfo=UTC)


@pytest.fixture
def counted(
    detect: Any,  # noqa: F811
    judge: Judge,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """What a pass makes detect count, by the names of metrics."""
    monkeypatch.setattr(detect, "utc_now", lambda: NOW)

    def counted(found: Detected, *names: str) -> list[Any]:
        judge.found = [found]
        detect.handler(_event(OTHER), Context())
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        return [next((line[name] for line in lines if name in line), None) for name in names]

    return counted


def test_the_canary_is_counted_as_that_and_as_no_verdict(counted: Any) -> None:
    seen = Detected(pass_of(), verdict_of(), is_canary=True)

    assert counted(seen, "CanarySeen", "CanaryLatency", "PassesViolation", "VerdictLatency") == [
        [1.0],
        [7.0],
        None,
        None,
    ]


def test_a_canary_whose_role_iam_does_not_tell_of_is_not_seen(counted: Any) -> None:
    unread = Detected(pass_of(), verdict_of(), is_canary=True, is_unanswered=True)

    assert counted(unread, "CanarySeen", "IamReadsFailed") == [None, [1.0]]


def test_how_long_a_verdict_took_is_counted_once_it_is_recorded(counted: Any) -> None:
    verdict = verdict_of(Decision.UNDETERMINED)

    assert counted(Detected(pass_of(), verdict), "VerdictLatency", "IamReadsFailed") == [[7.0], None]
    waits = Detected(pass_of(), verdict, waits=True, is_unanswered=True)
    assert counted(waits, "VerdictLatency", "IamReadsFailed") == [None, [1.0]]


def test_a_record_without_a_time_has_no_latency_and_one_from_the_future_none(counted: Any) -> None:
    assert counted(Detected(pass_of(event_time=None), verdict_of()), "VerdictLatency") == [None]
    later = pass_of(event_time="2026-11-22T12:00:09Z")
    assert counted(Detected(later, verdict_of()), "VerdictLatency") == [[0.0]]
