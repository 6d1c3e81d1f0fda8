"""Alarms of CloudWatch as AWS evaluates them, and the events of their changes, in place of MiniStack's.

MiniStack mixes the data of all dimensions, knows one period, takes no notice of data that is missing, and
sends no events. Here an alarm is evaluated when data of its metric comes, and when `evaluate_all` asks, which
can ask for a later moment: no test waits for a quarter of an hour. Nothing evaluates as time goes by.
"""

import datetime
import importlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from . import evaluation

DETAIL_TYPE = "CloudWatch Alarm State Change"


class Alarms:
    """What MiniStack keeps of alarms and metrics, evaluated anew."""

    def __init__(self) -> None:
        self._cloudwatch: Any = importlib.import_module("ministack.services.cloudwatch")
        self._eventbridge: Any = importlib.import_module("ministack.services.eventbridge")
        self._responses: Any = importlib.import_module("ministack.core.responses")
        self._act: Callable[..., None] = self._cloudwatch._dispatch_alarm_actions
        self._record: Callable[..., None] = self._cloudwatch.record_metric
        self._told: dict[str, dict[str, Any]] = {}  # by ARN: the state that the last event told
        self._lock = threading.Lock()

    def install(self) -> None:
        """Take the place of MiniStack's evaluation."""
        self._cloudwatch._evaluate_alarm = self.evaluate_with_data
        self._cloudwatch._dispatch_alarm_actions = self.act
        self._cloudwatch.record_metric = self.record

    def evaluate_all(self, after: float) -> dict[str, str]:
        """Evaluate every metric alarm as of `after` seconds from now, and return the new states, by ARN."""
        changed = {}
        for account, region, name in list(self._cloudwatch._alarms._data):
            with self._responses.request_scope(account, region):
                alarm = self._cloudwatch._alarms[name]
                if self._evaluate(alarm, time.time() + after):
                    changed[alarm["AlarmArn"]] = alarm["StateValue"]
        return changed

    def evaluate_with_data(self, alarm: dict[str, Any]) -> None:
        """Evaluate an alarm as of now if data of its metric ever came."""
        if self._points(alarm):
            self._evaluate(alarm, time.time())

    def record(self, namespace: str, name: str, *rest: Any) -> None:
        """Keep a datum, and evaluate the alarms on its metric."""
        self._record(namespace, name, *rest)
        for alarm in self._cloudwatch._alarms.values():
            if (alarm.get("Namespace"), alarm.get("MetricName")) == (namespace, name):
                self.evaluate_with_data(alarm)

    def act(self, alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        """Do what a change of state brings: MiniStack publishes to topics, then the event goes to the bus."""
        self._act(alarm, old_state, new_state, reason)
        state = {
            "value": new_state,
            "reason": reason,
            "timestamp": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "+0000",
        }
        if data := alarm.get("StateReasonData"):
            state["reasonData"] = data
        previous = self._told.get(alarm["AlarmArn"], {})
        if previous.get("value") != old_state:
            previous = {**state, "value": old_state, "reason": "Unchecked: Initial alarm creation"}
            previous.pop("reasonData", None)
        self._told[alarm["AlarmArn"]] = state
        entry = {
            "Source": "aws.cloudwatch",
            "DetailType": DETAIL_TYPE,
            "Resources": [alarm["AlarmArn"]],
            "Detail": json.dumps(state_change(alarm, state, previous)),
        }
        self._eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

    def _evaluate(self, alarm: dict[str, Any], at: float) -> bool:
        """Evaluate one alarm of the present account and region; whether its state changed."""
        if not alarm.get("MetricName") or alarm["ComparisonOperator"] not in evaluation.COMPARISONS:
            return False
        with self._lock:
            old = alarm["StateValue"]
            outcome = evaluation.evaluate(alarm, self._points(alarm), self._statistic(alarm), at)
            if outcome.state == old:
                return False
            alarm["StateValue"], alarm["StateReason"] = outcome.state, outcome.reason
            alarm["StateReasonData"] = _reason_data(alarm, outcome)
            alarm["StateUpdatedTimestamp"] = int(time.time())
        # Outside of the lock: what an action starts can bring data of its own.
        self._cloudwatch._record_history(alarm["AlarmName"], old, outcome.state, outcome.reason)
        self.act(alarm, old, outcome.state, outcome.reason)
        self._cloudwatch._evaluate_parent_alarms(alarm)
        return True

    def _points(self, alarm: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What came of an alarm's metric, with exactly its dimensions."""
        dimensions = self._cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
        key = (alarm.get("Namespace"), alarm.get("MetricName"), self._cloudwatch._dims_key(dimensions))
        return list(self._cloudwatch._metrics.get(key) or [])

    def _statistic(self, alarm: Mapping[str, Any]) -> Callable[[Any], float | None]:
        name = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"

        def statistic(points: Any) -> float | None:
            value: float | None = self._cloudwatch._stat_value(
                self._cloudwatch._calc_stats(points), name, points
            )
            return value

        return statistic


def state_change(
    alarm: Mapping[str, Any], state: Mapping[str, Any], previous: Mapping[str, Any]
) -> dict[str, Any]:
    """`detail` of the event of a change, by "Alarm events and EventBridge" (Amazon CloudWatch User Guide)."""
    configuration: dict[str, Any] = {}
    if description := alarm.get("AlarmDescription"):
        configuration["description"] = description
    if rule := alarm.get("AlarmRule"):
        configuration["alarmRule"] = rule
    else:
        configuration["metrics"] = [_metric(alarm)]
    return {
        "alarmName": alarm["AlarmName"],
        "configuration": configuration,
        "previousState": dict(previous),
        "state": dict(state),
    }


def _metric(alarm: Mapping[str, Any]) -> dict[str, Any]:
    dimensions = {item["Name"]: item["Value"] for item in alarm.get("Dimensions") or []}
    return {
        "id": "m1",
        "metricStat": {
            "metric": {
                "namespace": alarm["Namespace"],
                "name": alarm["MetricName"],
                "dimensions": dimensions,
            },
            "period": alarm["Period"],
            "stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic"),
        },
        "returnData": True,
    }


def _reason_data(alarm: Mapping[str, Any], outcome: evaluation.Outcome) -> str:
    known = [value for value in outcome.datapoints if value is not None]
    data = {"version": "1.0", "period": alarm["Period"], "recentDatapoints": known[::-1]}
    return json.dumps({**data, "threshold": alarm["Threshold"]})
