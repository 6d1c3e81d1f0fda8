"""Alarms of rules that do not deliver: an alarm a handful of rules, as each metric of an alarm costs."""

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events

from infra.alarms import Alarms

# Of the 10 metrics that CloudWatch takes in an alarm on metric math, two a rule.
_AT_ONCE = 5
# Longer than EventBridge is late with its metrics.
_PERIOD = Duration.minutes(5)
FAILURES = ("FailedInvocations", "InvocationsFailedToBeSentToDlq")


def rules_in(stack: Stack) -> list[events.CfnRule]:
    """The rules of a stack that deliver something, in the order of their making."""
    rules = (node for node in stack.node.find_all() if isinstance(node, events.CfnRule))
    return [rule for rule in rules if rule.state != "DISABLED"]


def watch_rules(alarms: Alarms, rules: Sequence[events.CfnRule]) -> None:
    """Rings when a rule could not deliver an event to its target, or to the dead-letter queue after it."""
    for number, first in enumerate(range(0, len(rules), _AT_ONCE), start=1):
        some = rules[first : first + _AT_ONCE]
        metrics = {
            f"m{position}": of_rule(rule, name)
            for position, (rule, name) in enumerate((r, n) for r in some for n in FAILURES)
        }
        alarms.ring(
            f"RulesFail{number}",
            cloudwatch.MathExpression(
                # EventBridge sends them only when they are not zero; SUM leaves out what is missing.
                expression="SUM(METRICS())",
                using_metrics=metrics,
                label="events that were not delivered",
                period=_PERIOD,
            ),
            section="RulesFail",
            description="a rule could not deliver an event; what is not in RuleDeadLetters is lost.",
        )


def of_rule(rule: events.CfnRule, name: str) -> cloudwatch.Metric:
    """A metric of one rule of the default bus ("Monitoring Amazon EventBridge", EventBridge User Guide)."""
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name=name,
        dimensions_map={"RuleName": rule.ref},
        period=_PERIOD,
        statistic="Sum",
        label=rule.node.id,
    )
