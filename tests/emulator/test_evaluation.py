"""What state an alarm's data puts it in."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from passrole.emulator.server.evaluation import evaluate

NOW = 1_000_000.0


def total(points: Sequence[Mapping[str, Any]]) -> float:
    return float(sum(point["Value"] for point in points))


def state(comparison: str, values: Sequence[float | None], **settings: Any) -> str:
    """The state with one value a minute, the latest first."""
    points = [
        {"Timestamp": NOW - 60 * number - 1, "Value": value}
        for number, value in enumerate(values)
        if value is not None
    ]
    alarm = {
        "ComparisonOperator": comparison,
        "Threshold": 1.0,
        "Period": 60,
        "EvaluationPeriods": len(values),
        "StateValue": "INSUFFICIENT_DATA",
        **settings,
    }
    return evaluate(alarm, points, total, NOW).state


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        ("GreaterThanThreshold", "OK", "OK", "ALARM"),
        ("GreaterThanOrEqualToThreshold", "OK", "ALARM", "ALARM"),
        ("LessThanThreshold", "ALARM", "OK", "OK"),
        ("LessThanOrEqualToThreshold", "ALARM", "ALARM", "OK"),
    ],
)
def test_each_comparison(comparison: str, below: str, at: str, above: str) -> None:
    assert [state(comparison, [value]) for value in (0.0, 1.0, 2.0)] == [below, at, above]


def test_every_period_must_breach_unless_fewer_are_asked_for() -> None:
    values = [2.0, 0.0, 2.0]

    assert state("GreaterThanThreshold", values) == "OK"
    assert state("GreaterThanThreshold", values, DatapointsToAlarm=2) == "ALARM"


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "kept"),
    ],
)
def test_where_all_data_is_missing_its_treatment_decides(treatment: str, expected: str) -> None:
    assert state("LessThanThreshold", [None, None], TreatMissingData=treatment, StateValue="kept") == expected


def test_where_some_data_is_missing_it_is_filled_in_or_left_out() -> None:
    values = [None, 0.0]

    assert state("LessThanThreshold", values, TreatMissingData="breaching") == "ALARM"
    assert state("LessThanThreshold", values, TreatMissingData="notBreaching") == "OK"
    assert state("LessThanThreshold", values, TreatMissingData="missing") == "ALARM"


def test_data_of_one_period_is_taken_together_and_older_data_is_left_out() -> None:
    points = [{"Timestamp": NOW - age, "Value": 1} for age in (5, 50, 61, 3_600)]
    alarm = {
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1.0,
        "Period": 60,
        "EvaluationPeriods": 1,
        "StateValue": "OK",
    }

    assert evaluate(alarm, points, total, NOW).datapoints == (2.0,)
    assert evaluate(alarm, points, total, NOW + 30).datapoints == (1.0,)
