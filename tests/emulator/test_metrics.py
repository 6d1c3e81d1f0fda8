"""Metrics in the lines that functions log."""

import json
from typing import Any

import pytest

from passrole.emulator.server.metrics import Datum, data_in


def line(values: dict[str, Any], dimensions: list[list[str]], *names: str) -> str:
    metrics = [{"Name": name, "Unit": "Count"} for name in names]
    directive = {"Namespace": "PassRoleGuardrail", "Dimensions": dimensions, "Metrics": metrics}
    return json.dumps({"_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]}, **values})


def test_a_metric_has_its_dimensions_and_each_of_its_values() -> None:
    logged = line({"service": "sweep", "Seen": [1.0, 2]}, [["service"]], "Seen")

    assert data_in(logged) == [
        Datum("PassRoleGuardrail", "Seen", value, "Count", {"service": "sweep"}) for value in (1.0, 2.0)
    ]


def test_each_set_of_dimensions_makes_a_metric() -> None:
    logged = line({"service": "s", "region": "r", "Seen": 1}, [["service"], ["service", "region"]], "Seen")

    assert [dict(datum.dimensions) for datum in data_in(logged)] == [
        {"service": "s"},
        {"service": "s", "region": "r"},
    ]


def test_without_dimensions_a_metric_has_none() -> None:
    assert [dict(datum.dimensions) for datum in data_in(line({"Seen": 1}, [], "Seen"))] == [{}]


@pytest.mark.parametrize(
    "text",
    [
        "START RequestId: 1",
        '{"level": "INFO", "message": "CloudWatchMetrics"}',
        '{"_aws": {"CloudWatchMetrics": [{"Namespace": "n"',
        '{"_aws": {"CloudWatchMetrics": [3]}}',
        line({"Seen": "many"}, [[]], "Seen"),
        line({"Seen": 1}, [["service"]], "Seen"),
    ],
)
def test_other_lines_have_no_metrics(text: str) -> None:
    assert data_in(text) == []
