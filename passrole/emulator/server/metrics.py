"""Metrics in the lines that functions log, as CloudWatch Logs takes them out of the embedded metric format.

By "Specification: Embedded metric format" (Amazon CloudWatch User Guide). MiniStack keeps the lines, and
reads no metrics in them.
"""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Datum:
    """One value of one metric."""

    namespace: str
    name: str
    value: float
    unit: str
    dimensions: Mapping[str, str]


def install() -> None:
    """Hand the metrics in the output of each invocation to CloudWatch."""
    lambda_service: Any = importlib.import_module("ministack.services.lambda_svc")
    cloudwatch: Any = importlib.import_module("ministack.services.cloudwatch")
    original: Callable[..., None] = lambda_service._emit_lambda_logs

    def emit_lambda_logs(function: Any, request_id: str, log_text: str, *rest: Any, **named: Any) -> None:
        original(function, request_id, log_text, *rest, **named)
        for line in (log_text or "").splitlines():
            for datum in data_in(line):
                cloudwatch.record_metric(
                    datum.namespace, datum.name, datum.value, datum.unit, dict(datum.dimensions)
                )

    lambda_service._emit_lambda_logs = emit_lambda_logs


def data_in(line: str) -> list[Datum]:
    """The data in one line of a log; none where it is not in the format, or breaks its rules."""
    if '"CloudWatchMetrics"' not in line:
        return []
    try:
        return list(_data(json.loads(line)))
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def _data(root: Mapping[str, Any]) -> Iterator[Datum]:
    for directive in root["_aws"]["CloudWatchMetrics"]:
        # Without a set of dimensions the metric has none.
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(root[name]) for name in names}
            for metric in directive["Metrics"]:
                yield from _values(root, directive["Namespace"], metric, dimensions)


def _values(
    root: Mapping[str, Any], namespace: str, metric: Mapping[str, Any], dimensions: Mapping[str, str]
) -> Iterator[Datum]:
    """The data of one metric: its target is a number or a list of numbers."""
    target = root.get(metric["Name"])
    for value in target if isinstance(target, list) else [target]:
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield Datum(namespace, metric["Name"], float(value), metric.get("Unit", "None"), dimensions)
