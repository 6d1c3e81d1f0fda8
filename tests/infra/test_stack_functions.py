"""The functions: one bundle, the policy beside it, logs of their own, and alarms."""

import json
from typing import Any

import pytest

from infra.names import Part
from passrole.channel import ChannelName
from tests.infra.stack_template import POLICY, StackTemplate, Synthesized, text

PARTS = tuple(part.value.capitalize() for part in Part)
CANARY = {"CANARY_RULE_ARN", "CANARY_ROLE_ARN", "CANARY_PASSER_ROLE_ARN"}
COMMON = {
    "LEDGER_TABLE",
    "FINDINGS_TOPIC_ARN",
    "STACK_NAME",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
}


@pytest.mark.parametrize("part", PARTS)
def test_functions_run_on_arm_with_python_313(guard: StackTemplate, part: str) -> None:
    function = guard.function_of(part)
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]


@pytest.mark.parametrize("part", PARTS)
def test_no_concurrency_is_reserved(guard: StackTemplate, part: str) -> None:
    assert "ReservedConcurrentExecutions" not in guard.function_of(part)


def test_all_functions_share_one_bundle(guard: StackTemplate, synthesized: Synthesized) -> None:
    codes = {text(guard.function_of(part)["Code"]["S3Key"]) for part in PARTS}
    assert len(codes) == 1
    zipped = [a for a in synthesized.assets("Guard").values() if a["source"]["packaging"] == "zip"]
    assert len(zipped) == 2  # the bundle and the policy


@pytest.mark.parametrize(
    ("part", "more"),
    [
        ("Detect", {"GUARD_ROLES", "SECOND_LOOKS_QUEUE_URL", "LOOK_DELAYS", *CANARY}),
        (
            "Contain",
            {
                "CONTAIN_QUEUE_URL",
                "CONTAIN_ROLE_ARN",
                "MAX_RECEIVES",
                "PROTECTED_RESOURCES",
                "QUARANTINE_ROLE_ARN",
            },
        ),
        (
            "Notify",
            {
                *("ALERTS_TOPIC_ARN", "SLACK_SECRET_ID", "CHAT_TOPIC_ARN", "SECURITY_HUB_PRODUCT_ARN"),
                *("EVENT_BUS_ARN", "WEBHOOK_SECRET_ID"),
                *(channel.queue_variable for channel in ChannelName),
            },
        ),
        (
            "Sweep",
            {
                *(*CANARY, "OWN_RESOURCES", "CONTAIN_QUEUE_URL"),
                *("TASKS_QUEUE_URL", "SELF_WATCH_QUEUE_URL", "SWEEP_REGIONS", "SWEEP_RATE", "SWEEP_TYPES"),
                *("EMAIL_QUEUE_URL", "SLACK_QUEUE_URL", "CHAT_QUEUE_URL"),
            },
        ),
    ],
)
def test_each_function_gets_the_environment_that_it_reads(
    guard: StackTemplate, part: str, more: set[str]
) -> None:
    variables = guard.function_of(part)["Environment"]["Variables"]
    assert set(variables) == COMMON | more
    assert variables["POWERTOOLS_SERVICE_NAME"] == part.lower()
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "PassRoleGuardrail"


def test_only_channels_that_are_configured_are_known_to_notify(plain: StackTemplate) -> None:
    variables = set(plain.function_of("Notify")["Environment"]["Variables"])
    assert variables == COMMON | {"ALERTS_TOPIC_ARN", "EMAIL_QUEUE_URL"}


def test_contain_knows_the_quarantine_role_and_itself(guard: StackTemplate, plain: StackTemplate) -> None:
    variables = guard.function_of("Contain")["Environment"]["Variables"]
    assert text(variables["CONTAIN_ROLE_ARN"]) == f"${{{guard.role_of('Contain')}.Arn}}"
    assert text(variables["QUARANTINE_ROLE_ARN"]) == f"${{{guard.role_of('Held')}.Arn}}"
    # Where nothing is quarantined, there is none.
    assert "QUARANTINE_ROLE_ARN" not in plain.function_of("Contain")["Environment"]["Variables"]


def test_detect_expects_the_passes_of_contain_and_of_operators(guard: StackTemplate) -> None:
    expected = guard.function_of("Detect")["Environment"]["Variables"]["GUARD_ROLES"]
    roles = {guard.role_of(part) for part in ("Contain", "Operator")}
    assert set(text(expected).split(",")) == {f"${{{role}.Arn}}" for role in roles}


def test_contain_leaves_the_guards_functions_and_roles_alone(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    for stack in (guard, plain):
        # Given the guard's functions, of which `contain` knows itself, and all its roles
        functions = {name for name in stack.of_type("AWS::Lambda::Function") if "Contain" not in name}
        roles = set(stack.of_type("AWS::IAM::Role"))
        assert len(functions) == 3
        # When `contain` looks at what is protected, then it is all of them
        protected = stack.function_of("Contain")["Environment"]["Variables"]["PROTECTED_RESOURCES"]
        assert set(text(protected).split(",")) == {f"${{{name}.Arn}}" for name in functions | roles}


@pytest.mark.parametrize("part", PARTS)
def test_logs_are_kept_for_three_months_in_a_group_of_their_own(guard: StackTemplate, part: str) -> None:
    group = guard.function_of(part)["LoggingConfig"]["LogGroup"]["Ref"]
    assert guard.of_type("AWS::Logs::LogGroup")[group]["RetentionInDays"] == 90
    assert part in group


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_functions_that_fail_or_are_throttled_ring(guard: StackTemplate, part: str, metric: str) -> None:
    alarms = [
        alarm
        for alarm in guard.of_type("AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == metric and part in text(alarm["Dimensions"][0]["Value"])
    ]
    assert len(alarms) == 1
    assert alarms[0]["AlarmActions"]


def test_a_tripped_breaker_rings(guard: StackTemplate) -> None:
    (alarm,) = (
        a for a in guard.of_type("AWS::CloudWatch::Alarm").values() if a.get("MetricName") == "BreakerTripped"
    )
    assert alarm["Namespace"] == "PassRoleGuardrail"
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "contain"}]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    (action,) = alarm["AlarmActions"]
    assert action["Ref"].startswith("Alerts")


def test_sweep_runs_every_two_minutes_and_failures_are_kept(guard: StackTemplate) -> None:
    schedules = [r for r in guard.of_type("AWS::Events::Rule").values() if "ScheduleExpression" in r]
    schedule, daily = sorted(schedules, key=lambda rule: rule["ScheduleExpression"], reverse=True)
    assert schedule["ScheduleExpression"] == "rate(2 minutes)"
    dead = guard.function_of("Sweep")["DeadLetterConfig"]["TargetArn"]
    assert dead == schedule["Targets"][0]["DeadLetterConfig"]["Arn"]
    # and once a day it is told to sweep, by its queue
    assert daily["ScheduleExpression"] == "rate(1 day)"
    (target,) = daily["Targets"]
    assert json.loads(target["Input"]) == {"version": 1, "task": "sweep"}
    assert "SweepingTasksQueue" in text(target["Arn"])


def test_the_compiled_policy_is_a_layer_of_its_own(guard: StackTemplate, synthesized: Synthesized) -> None:
    # Given the layer that all functions have
    ((name, layer),) = guard.of_type("AWS::Lambda::LayerVersion").items()
    for part in PARTS:
        assert guard.function_of(part)["Layers"] == [{"Ref": name}]
    # When its asset is looked into
    directory = synthesized.directory / _source(layer, synthesized.assets("Guard"))
    files = sorted(p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file())
    # Then it holds an importable package with the policy, and nothing else
    assert files == ["python/passrole_policy/__init__.py", "python/passrole_policy/policy.json"]
    assert (directory / "python/passrole_policy/policy.json").read_text() == POLICY


def _source(layer: dict[str, Any], assets: dict[str, Any]) -> str:
    key = text(layer["Content"]["S3Key"]).removesuffix(".zip")
    path: str = assets[key]["source"]["path"]
    return path
