"""Decides the state of a metric alarm from its data: periods, missing data, comparisons.

By "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data" (Amazon CloudWatch User
Guide), with two simplifications. Periods end at the moment of the evaluation rather than at whole minutes.
And no more periods are looked at than `EvaluationPeriods`, where CloudWatch goes further back if some are
missing. Units are not told apart. Metric math and anomaly bands are not supported.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
_FILLED = {"breaching": True, "notBreaching": False}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state that an alarm should have, and the datapoints behind it, the latest first."""

    state: str
    reason: str
    datapoints: tuple[float | None, ...]


def evaluate(
    alarm: Mapping[str, Any],
    points: Sequence[Mapping[str, Any]],
    statistic: Callable[[Sequence[Mapping[str, Any]]], float | None],
    at: float,
) -> Outcome:
    """The state of an alarm at a moment.

    Args:
        alarm: as PutMetricAlarm describes it, with its present `StateValue`.
        points: what came of its metric, each with a `Timestamp` in seconds since 1970.
        statistic: the alarm's statistic of the points of one period, which are one or more.
        at: the moment, in seconds since 1970; what came later is left out.

    Raises:
        KeyError: the alarm compares in a way that is not supported.
    """
    period = alarm["Period"]
    values: list[float | None] = []
    for number in range(alarm["EvaluationPeriods"]):
        end = at - number * period
        within = [point for point in points if end - period < point["Timestamp"] <= end]
        values.append(statistic(within) if within else None)
    state = _state(alarm, values)
    return Outcome(state, _reason(alarm, values), tuple(values))


def _state(alarm: Mapping[str, Any], values: Sequence[float | None]) -> str:
    breaches = COMPARISONS[alarm["ComparisonOperator"]]
    treatment = alarm.get("TreatMissingData") or "missing"
    missing = _FILLED.get(treatment)
    found = [missing if value is None else breaches(value, alarm["Threshold"]) for value in values]
    known = [breaching for breaching in found if breaching is not None]
    if not known:
        return str(alarm["StateValue"]) if treatment == "ignore" else INSUFFICIENT
    # Where some data is missing, what there is decides.
    needed = min(alarm.get("DatapointsToAlarm") or len(values), len(known))
    return ALARM if sum(known) >= needed else OK


def _reason(alarm: Mapping[str, Any], values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if known:
        compared = f"compared as {alarm['ComparisonOperator']} with the threshold ({alarm['Threshold']})"
        return f"Threshold Crossed: {len(known)} of the last {len(values)} datapoints {known} {compared}."
    treatment = alarm.get("TreatMissingData") or "missing"
    return f"No datapoints were received for {len(values)} periods; missing data is treated as {treatment}."
