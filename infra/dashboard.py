"""The dashboard: one page, from what comes in to what it costs. CloudWatch has three free of charge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alarms import metric_of
from infra.functions import GuardFunction
from infra.graphs import HALF, THIRD, header, latency, lines, stacked, summed
from infra.names import Part
from infra.rule_alarms import FAILURES, of_rule
from passrole.policy import Decision, Severity

_FIVE = Duration.minutes(5)
_HOUR = Duration.hours(1)
# For each event that it matches, a rule is triggered once.
_MATCHED = "TriggeredRules"

# Of `detect`'s log. A pass that may go to several services counts for the first that its record tells.
_BY_SERVICE = (
    "filter message = 'pass' and waits = 0",
    "stats count(*) as passes by services.0",
    "sort passes desc",
)


@dataclass(frozen=True, slots=True)
class Watched:
    """What the dashboard is about, by the names that people know it by.

    Attributes:
        queues: those that functions read; ``dead_letters``: where messages go that nothing handled.
        rules: that deliver something.
    """

    functions: Mapping[Part, GuardFunction]
    queues: Mapping[str, sqs.Queue]
    dead_letters: Mapping[str, sqs.Queue]
    rules: Sequence[events.CfnRule]
    table: dynamodb.Table


class GuardDashboard(Construct):
    """What comes in, what is decided, how fast, what stands open, what is broken, and what it costs."""

    def __init__(self, scope: Construct, construct_id: str, watched: Watched) -> None:
        super().__init__(scope, construct_id)
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.days(1))
        for row in (
            header("Passes", "What came in, what was decided, and how long that took."),
            _passes(watched.functions[Part.DETECT].log_group),
            _speed(),
            header(
                "Findings", "What stands open, what was contained, and what the sweep of resources found."
            ),
            _findings(),
            _sweeps(),
            header("Rules", "When each rule last took an event, and what could not be delivered."),
            _rules(watched.rules),
            header("Queues and functions", "What waits, what was not handled, and what fails."),
            _queues(watched.queues, watched.dead_letters),
            _functions(list(watched.functions.values())),
            header("Cost", "What AWS charges for: invocations, requests to the table, messages, and logs."),
            _cost(watched),
        ):
            dashboard.add_widgets(*row)


def _passes(log_group: logs.ILogGroup) -> list[cloudwatch.IWidget]:
    verdicts = [
        metric_of(Part.DETECT, f"Passes{decision.capitalize()}", _FIVE, label=decision)
        for decision in Decision
    ]
    names = ("EventsLeftOut", "PassesUncatalogued", "PassesLookedAtAgain", "PassesDeliveredAgain")
    others = [metric_of(Part.DETECT, name, _FIVE, label=name) for name in names]
    return [
        stacked("Passes by verdict", verdicts),
        cloudwatch.LogQueryWidget(
            title="Passes by service",
            log_group_names=[log_group.log_group_name],
            query_lines=list(_BY_SERVICE),
            view=cloudwatch.LogQueryVisualizationType.TABLE,
            width=THIRD,
            height=6,
        ),
        lines("Passes beside the usual", others),
    ]


def _speed() -> list[cloudwatch.IWidget]:
    seen = [
        metric_of(Part.DETECT, "CanarySeen", _FIVE, label="seen"),
        metric_of(Part.SWEEP, "CanaryFailed", _FIVE, label="call failed"),
    ]
    doubts = [
        metric_of(Part.DETECT, name, _FIVE, label=name)
        for name in ("IamReadsFailed", "ForgedEvents", "UnreadableEvents")
    ]
    doubts.append(metric_of(Part.SWEEP, "ForgedEvents", _FIVE, label="ForgedEvents (tasks)"))
    return [
        latency(
            "Seconds from the call to …",
            {
                "the verdict": metric_of(Part.DETECT, "VerdictLatency", _FIVE),
                "the containment": metric_of(Part.CONTAIN, "ActLatency", _FIVE),
                "the canary's verdict": metric_of(Part.DETECT, "CanaryLatency", _FIVE),
            },
        ),
        lines("Canary", seen),
        lines("What could not be read, or was not AWS's", doubts),
    ]


def _findings() -> list[cloudwatch.IWidget]:
    standing = [
        metric_of(Part.SWEEP, "FindingsOpen", _HOUR, "Maximum", {"severity": severity}, label=severity)
        for severity in Severity
    ]
    contained = [
        metric_of(Part.CONTAIN, name, _FIVE, label=label)
        for name, label in {
            "FindingsContained": "contained, or looked at again",
            "FindingsOpen": "refused or failed",
            "FindingsResolved": "resolved",
            "BreakerTripped": "breaker tripped",
        }.items()
    ]
    return [
        stacked("Open findings by severity", standing),
        lines(
            "Hours since the oldest open finding",
            [metric_of(Part.SWEEP, "OldestOpenFinding", _HOUR, "Maximum", label="hours")],
        ),
        lines("What contain did", contained),
    ]


def _sweeps() -> list[cloudwatch.IWidget]:
    def of(*names: str) -> list[cloudwatch.IMetric]:
        return [metric_of(Part.SWEEP, name, _HOUR, label=name) for name in names]

    told = [
        metric_of(Part.NOTIFY, name, _FIVE, label=name)
        for name in ("AlertsDelivered", "AlertsDigested", "AlertFailures", "DigestsSent")
    ]
    return [
        lines("Sweep of resources", of("SweepResources", "SweepFinished", "SweepListingsFailed")),
        lines("What sweeps made of it", of("FindingsFromSweep", "FindingsResolved", "RolesJudgedAgain")),
        lines("Alerts", told),
    ]


def _rules(rules: Sequence[events.CfnRule]) -> list[cloudwatch.IWidget]:
    return [
        stacked("Events that each rule took", [of_rule(rule, _MATCHED) for rule in rules], HALF),
        lines(
            "Events that were not delivered",
            [
                summed(name, [of_rule(rule, name) for rule in rules], position)
                for position, name in enumerate((*FAILURES, "InvocationsSentToDlq"))
            ],
            HALF,
        ),
    ]


def _queues(
    queues: Mapping[str, sqs.Queue], dead_letters: Mapping[str, sqs.Queue]
) -> list[cloudwatch.IWidget]:
    return [
        lines(
            "Messages that wait",
            [
                q.metric_approximate_number_of_messages_visible(period=_FIVE, label=name)
                for name, q in queues.items()
            ],
        ),
        lines(
            "Seconds that the oldest waits",
            [
                q.metric_approximate_age_of_oldest_message(period=_FIVE, label=name)
                for name, q in queues.items()
            ],
        ),
        lines(
            "Dead letters",
            [
                q.metric_approximate_number_of_messages_visible(period=_FIVE, label=name)
                for name, q in dead_letters.items()
            ],
        ),
    ]


def _functions(functions: Sequence[GuardFunction]) -> list[cloudwatch.IWidget]:
    made = [(function.node.id, function.function) for function in functions]
    return [
        lines("Errors", [f.metric_errors(period=_FIVE, label=name) for name, f in made]),
        lines("Throttles", [f.metric_throttles(period=_FIVE, label=name) for name, f in made]),
        lines(
            "Milliseconds of the longest run",
            [f.metric_duration(period=_FIVE, statistic="Maximum", label=name) for name, f in made],
        ),
    ]


def _cost(watched: Watched) -> list[cloudwatch.IWidget]:
    functions = watched.functions.values()
    table = watched.table
    return [
        stacked(
            "Invocations",
            [f.function.metric_invocations(period=_HOUR, label=f.node.id) for f in functions],
            width=6,
        ),
        stacked(
            "Units of the table",
            [
                table.metric_consumed_read_capacity_units(period=_HOUR, label="read"),
                table.metric_consumed_write_capacity_units(period=_HOUR, label="written"),
            ],
            width=6,
        ),
        stacked(
            "Messages sent",
            [
                q.metric_number_of_messages_sent(period=_HOUR, label=name)
                for name, q in watched.queues.items()
            ],
            width=6,
        ),
        stacked("Bytes of logs", [_log_bytes(f) for f in functions], width=6),
    ]


def _log_bytes(function: GuardFunction) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Logs",
        metric_name="IncomingBytes",
        dimensions_map={"LogGroupName": function.log_group.log_group_name},
        period=_HOUR,
        statistic="Sum",
        label=function.node.id,
    )
