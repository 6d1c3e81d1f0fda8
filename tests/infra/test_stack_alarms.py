"""Each alarm: what it counts, when it rings, what silence means to it, and whom it tells."""

from typing import Any

import pytest

from infra.names import LONGEST_RULE_NAME, LONGEST_STACK_NAME, PROJECT, forwarding_stack
from infra.rule_alarms import FAILURES
from tests.infra.stack_template import StackTemplate, text

ALARM = "AWS::CloudWatch::Alarm"
DAY = 86_400
# Of what the guard counts: metric, service, statistic, seconds, periods, comparison, threshold, missing data.
OURS = {
    "BreakerTripped": ("BreakerTripped", "contain", "Maximum", 60, 1, ">", 0, "notBreaching"),
    "CanaryFailed": ("CanaryFailed", "sweep", "Maximum", 300, 3, ">", 0, "notBreaching"),
    "CanaryMissing": ("CanarySeen", "detect", "Sum", 60, 15, "<", 1, "breaching"),
    "ExemptionsEnding": ("ExemptionsEnding", "sweep", "Maximum", 300, 1, ">", 0, "notBreaching"),
    "ForgedEvents": ("ForgedEvents", "detect", "Maximum", 60, 15, ">", 0, "notBreaching"),
    "ForgedTasks": ("ForgedEvents", "sweep", "Maximum", 60, 15, ">", 0, "notBreaching"),
    "IamReadsFailed": ("IamReadsFailed", "detect", "Maximum", 300, 3, ">", 0, "notBreaching"),
    "SweepListingsFailed": ("SweepListingsFailed", "sweep", "Maximum", DAY, 1, ">", 0, "notBreaching"),
    "SweepOverdue": ("SweepFinished", "sweep", "Sum", 3600, 48, "<", 1, "breaching"),
    "UnreadableEvents": ("UnreadableEvents", "detect", "Maximum", 60, 15, ">", 0, "notBreaching"),
}
COMPARISONS = {">": "GreaterThanThreshold", "<": "LessThanThreshold"}
# CloudWatch takes no longer evaluation of periods of an hour and more ("Using Amazon CloudWatch alarms").
LONGEST = 7 * DAY


def alarms_of(stack: StackTemplate) -> dict[str, dict[str, Any]]:
    """By the names that the constructs have: without what CDK puts around them."""
    return {name.removeprefix("Monitoring")[:-8]: alarm for name, alarm in stack.of_type(ALARM).items()}


@pytest.mark.parametrize("name", OURS)
def test_what_the_guard_counts_rings(guard: StackTemplate, name: str) -> None:
    metric, service, statistic, seconds, periods, comparison, threshold, missing = OURS[name]
    alarm = alarms_of(guard)[name]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (PROJECT, metric, statistic)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": service}]
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (seconds, periods)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == (COMPARISONS[comparison], threshold)
    assert alarm["TreatMissingData"] == missing


def test_these_are_all_alarms_on_what_the_guard_counts(guard: StackTemplate) -> None:
    found = {name for name, alarm in alarms_of(guard).items() if alarm.get("Namespace") == PROJECT}
    assert found == set(OURS)


def test_no_alarm_that_rings_for_a_count_is_silenced_by_a_negative_one(guard: StackTemplate) -> None:
    """Who may send metrics may send -1 with each 1: a sum is 0 then, and the maximum is not."""
    for alarm in alarms_of(guard).values():
        if alarm.get("Namespace") == PROJECT and alarm["ComparisonOperator"] == "GreaterThanThreshold":
            assert alarm["Statistic"] == "Maximum"


def test_that_the_schedule_runs_is_told_by_a_metric_that_nobody_but_aws_sends(guard: StackTemplate) -> None:
    alarm = alarms_of(guard)["ScheduleSilent"]
    (schedule,) = (
        name
        for name, rule in guard.of_type("AWS::Events::Rule").items()
        if rule.get("ScheduleExpression") == "rate(2 minutes)"
    )
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (
        "AWS/Events",
        "Invocations",
        "Sum",
    )
    assert alarm["Dimensions"] == [{"Name": "RuleName", "Value": {"Ref": schedule}}]
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 15)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")


def test_every_alarm_tells_people(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        topics = [name for name in stack.of_type("AWS::SNS::Topic") if name.startswith("Alerts")]
        for alarm in stack.of_type(ALARM).values():
            assert alarm["AlarmActions"] == [{"Ref": topic} for topic in topics]
            assert alarm.get("ActionsEnabled", True)


def test_silence_rings_only_where_something_comes_by_itself(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        missing = {name: alarm["TreatMissingData"] for name, alarm in alarms_of(stack).items()}
        at_home = bool(stack.of_type("AWS::Lambda::Function"))
        assert {name for name, how in missing.items() if how == "breaching"} == (
            {"CanaryMissing", "ScheduleSilent", "SweepOverdue"} if at_home else set()
        )
        assert set(missing.values()) <= {"breaching", "notBreaching"}


def test_silence_is_looked_for_in_short_periods(guard: StackTemplate) -> None:
    """CloudWatch looks some periods further back before it counts what is missing: these make it late."""
    for alarm in alarms_of(guard).values():
        if alarm["TreatMissingData"] == "breaching":
            assert alarm["EvaluationPeriods"] >= 15
            assert alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]) == alarm["EvaluationPeriods"]


def test_what_comes_and_goes_by_the_minute_rings_at_once_and_once(guard: StackTemplate) -> None:
    """A function that fails at each run of the schedule would else ring, and be well, every two minutes."""
    momentary = [n for n in alarms_of(guard) if n.endswith(("Fails", "Throttled", "Events", "ForgedTasks"))]
    assert {"SweepFails", "DetectThrottled", "ForgedEvents"} <= set(momentary)
    for name in momentary:
        alarm = alarms_of(guard)[name]
        assert (alarm["Period"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (60, 1, 15)


def test_every_rule_that_delivers_is_on_an_alarm_of_both_ways_to_fail(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        rules = {
            n for n, rule in stack.of_type("AWS::Events::Rule").items() if rule.get("State") != "DISABLED"
        }
        watched: dict[str, set[str]] = {name: set() for name in FAILURES}
        for name, alarm in alarms_of(stack).items():
            if not name.startswith("RulesFail"):
                continue
            assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
            (sum_,) = (m for m in alarm["Metrics"] if "Expression" in m)
            assert sum_["Expression"] == "SUM(METRICS())"
            counted = [m["MetricStat"] for m in alarm["Metrics"] if "MetricStat" in m]
            assert len(counted) <= 10, "CloudWatch takes no more in an alarm"
            for stat in counted:
                assert (stat["Metric"]["Namespace"], stat["Stat"]) == ("AWS/Events", "Sum")
                (dimension,) = stat["Metric"]["Dimensions"]
                assert dimension["Name"] == "RuleName"
                watched[stat["Metric"]["MetricName"]].add(dimension["Value"]["Ref"])
        assert all(found == rules for found in watched.values())


def test_no_alarm_looks_at_more_than_cloudwatch_takes(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for alarm in stack.of_type(ALARM).values():
            if "Period" in alarm:
                assert alarm["Period"] * alarm["EvaluationPeriods"] <= LONGEST
                assert alarm["Period"] <= DAY


def test_alarms_are_named_by_the_stack_so_that_its_rule_knows_them(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        assert all(name.startswith("Monitoring") for name in stack.of_type(ALARM))


def _alarm_rule(stack: StackTemplate) -> dict[str, Any]:
    (rule,) = (r for n, r in stack.of_type("AWS::Events::Rule").items() if n.startswith("AlarmChanges"))
    return rule


def test_changes_of_alarms_come_to_the_queue_of_self_watch(guard: StackTemplate) -> None:
    rule = _alarm_rule(guard)
    pattern, (target,) = rule["EventPattern"], rule["Targets"]
    assert (pattern["source"], pattern["detail-type"]) == (
        ["aws.cloudwatch"],
        ["CloudWatch Alarm State Change"],
    )
    assert pattern["detail"]["state"]["value"] == ["ALARM", "OK"]
    queue = target["Arn"]["Fn::GetAtt"][0]
    assert queue.startswith("SweepingSelfWatchQueue")
    assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("SweepingSelfWatchDeadLetters")


def test_alarms_of_further_regions_come_home_and_are_taken_there(
    guard: StackTemplate, forwarders: dict[str, StackTemplate]
) -> None:
    def prefixes(stack: StackTemplate) -> list[str]:
        return [text(one["prefix"]) for one in _alarm_rule(stack)["EventPattern"]["detail"]["alarmName"]]

    assert prefixes(guard) == [
        "${AWS::StackName}-Monitoring",
        *(f"${{AWS::StackName}}-{region}-Monitoring" for region in forwarders),
    ]
    for stack in forwarders.values():
        assert prefixes(stack) == ["${AWS::StackName}-Monitoring"]
        (target,) = _alarm_rule(stack)["Targets"]
        assert ":event-bus/default" in text(target["Arn"])


def test_the_rules_name_is_not_cut(forwarders: dict[str, StackTemplate]) -> None:
    prefix = len(forwarding_stack("x" * LONGEST_STACK_NAME, "ap-southeast-2"))
    for stack in forwarders.values():
        (name,) = (n for n in stack.of_type("AWS::Events::Rule") if n.startswith("AlarmChanges"))
        assert prefix + len("-") + len(name) + len("-") + 13 <= LONGEST_RULE_NAME
