"""The dashboard: valid, of metrics that exist, and with all that the stack is made of."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.names import PROJECT
from passrole.finding import State
from passrole.policy import Decision, Severity
from tests.infra.stack_template import StackTemplate, text

# By namespace: names, and the dimensions that they have ("… metrics" in each service's guide).
METRICS = {
    "AWS/Events": {
        "TriggeredRules",
        "FailedInvocations",
        "InvocationsFailedToBeSentToDlq",
        "InvocationsSentToDlq",
    },
    "AWS/SQS": {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
        "NumberOfMessagesSent",
    },
    "AWS/Lambda": {"Errors", "Throttles", "Duration", "Invocations"},
    "AWS/DynamoDB": {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"},
    "AWS/Logs": {"IncomingBytes"},
}
DIMENSIONS = {
    "AWS/Events": {"RuleName"},
    "AWS/SQS": {"QueueName"},
    "AWS/Lambda": {"FunctionName"},
    "AWS/DynamoDB": {"TableName"},
    "AWS/Logs": {"LogGroupName"},
}
# What code puts together of a text and a value.
FORMED = {f"Passes{d.capitalize()}" for d in Decision} | {f"Findings{s.capitalize()}" for s in State}
# The sweep of resources counts these.
SWEPT = {
    *("SweepListingsFailed", "SweepFinished", "SweepResources"),
    *("FindingsFromSweep", "FindingsResolved", "RolesJudgedAgain"),
}


def body_of(stack: StackTemplate) -> dict[str, Any]:
    (dashboard,) = stack.of_type("AWS::CloudWatch::Dashboard").values()
    body: dict[str, Any] = json.loads(text(dashboard["DashboardBody"]))
    return body


def graphs_of(stack: StackTemplate) -> dict[str, list[list[Any]]]:
    """Title -> rows of the graph, with the abbreviations of the format filled in."""
    return {
        w["properties"]["title"]: list(_whole(w["properties"]["metrics"]))
        for w in body_of(stack)["widgets"]
        if w["type"] == "metric"
    }


def _whole(rows: list[list[Any]]) -> Any:
    before: list[Any] = []
    for row in rows:
        assert "..." not in row, "CDK writes each row whole"
        before = [before[i] if cell == "." else cell for i, cell in enumerate(row)]
        yield before


def metrics_of(stack: StackTemplate) -> list[tuple[str, str, dict[str, str]]]:
    """Namespace, name and dimensions of all that is shown."""
    found = []
    for rows in graphs_of(stack).values():
        for row in rows:
            cells = [cell for cell in row if isinstance(cell, str)]
            if cells:
                found.append((cells[0], cells[1], dict(zip(cells[2::2], cells[3::2], strict=True))))
    return found


def _shown(stack: StackTemplate, namespace: str) -> set[str]:
    """The resources, by their logical ids, that metrics of a namespace are shown of."""
    return {
        re.sub(r"^\$\{(\w+).*", r"\1", value)
        for found, _, dimensions in metrics_of(stack)
        if found == namespace
        for value in dimensions.values()
    }


def test_a_stack_has_one_dashboard_and_further_regions_none(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        is_home = bool(stack.of_type("AWS::Lambda::Function"))
        assert len(stack.of_type("AWS::CloudWatch::Dashboard")) == int(is_home)


def test_its_metrics_are_ones_that_aws_or_the_guard_sends(guard: StackTemplate, root: Path) -> None:
    code = "\n".join(path.read_text() for path in (root / "lambdas").rglob("*.py"))
    for namespace, name, dimensions in metrics_of(guard):
        if namespace == PROJECT:
            assert name in FORMED | SWEPT or f'"{name}"' in code, name
            assert set(dimensions) - {"severity"} == {"service"}
        else:
            assert name in METRICS[namespace]
            assert set(dimensions) == DIMENSIONS[namespace]


@pytest.mark.parametrize(
    ("kind", "namespace"),
    [
        ("AWS::SQS::Queue", "AWS/SQS"),
        ("AWS::Lambda::Function", "AWS/Lambda"),
        ("AWS::DynamoDB::Table", "AWS/DynamoDB"),
        ("AWS::Logs::LogGroup", "AWS/Logs"),
    ],
)
def test_all_that_the_stack_is_made_of_is_shown(
    guard: StackTemplate, plain: StackTemplate, kind: str, namespace: str
) -> None:
    for stack in (guard, plain):
        assert _shown(stack, namespace) == set(stack.of_type(kind))


def test_each_rule_shows_when_it_took_an_event_and_what_it_lost(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    for stack in (guard, plain):
        rules = {
            n for n, rule in stack.of_type("AWS::Events::Rule").items() if rule.get("State") != "DISABLED"
        }
        for name in METRICS["AWS/Events"]:
            of = {
                dimensions["RuleName"]
                for namespace, found, dimensions in metrics_of(stack)
                if (namespace, found) == ("AWS/Events", name)
            }
            assert of == {f"${{{rule}}}" for rule in rules}


def test_every_queue_that_is_read_and_every_dead_letter_queue_shows_what_waits(guard: StackTemplate) -> None:
    waiting = {
        dimensions["QueueName"]
        for _, name, dimensions in metrics_of(guard)
        if name == "ApproximateNumberOfMessagesVisible"
    }
    assert {re.sub(r"^\$\{(\w+).*", r"\1", queue) for queue in waiting} == set(
        guard.of_type("AWS::SQS::Queue")
    )


def test_every_verdict_and_every_severity_has_a_line(guard: StackTemplate) -> None:
    shown = metrics_of(guard)
    assert {name for _, name, _ in shown} >= {f"Passes{decision.capitalize()}" for decision in Decision}
    assert {d["severity"] for _, name, d in shown if "severity" in d} == set(Severity)


def test_passes_by_service_come_from_the_log_of_detect(guard: StackTemplate) -> None:
    (query,) = (w["properties"]["query"] for w in body_of(guard)["widgets"] if w["type"] == "log")
    assert query.startswith(
        f"SOURCE '${{{guard.function_of('Detect')['LoggingConfig']['LogGroup']['Ref']}}}'"
    )
    assert "by services.0" in query


def test_it_is_read_from_top_to_bottom_in_groups_with_headings(guard: StackTemplate) -> None:
    widgets = body_of(guard)["widgets"]
    titles = [w["properties"]["markdown"].split("\n")[0] for w in widgets if w["type"] == "text"]
    assert titles == ["## Passes", "## Findings", "## Rules", "## Queues and functions", "## Cost"]
    assert widgets[0]["type"] == "text"
    assert all(w["x"] + w["width"] <= 24 for w in widgets)
