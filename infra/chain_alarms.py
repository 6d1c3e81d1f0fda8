"""Alarms of the chain from CloudTrail to the verdict: what comes, what should not, and what stays away."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events

from infra.alarms import MINUTE, QUIET, Alarms, count_of, metric_of
from infra.names import Part

# CloudTrail is late by some minutes, and the canary is sent every two.
SILENCE = 15  # minutes
# What lasts for so many periods is no hiccup: looks and later calls made good what failed once.
_PERIOD, _PERIODS = Duration.minutes(5), 3


def watch_canary(alarms: Alarms) -> None:
    """Rings when the canary does not come to the end of the chain, or is not sent."""
    alarms.ring_when_silent(
        "CanaryMissing",
        metric_of(Part.DETECT, "CanarySeen"),
        periods=SILENCE,
        description=f"for {SILENCE} minutes no pass of the canary was judged: passes of roles may go unseen.",
    )
    alarms.ring(
        "CanaryFailed",
        count_of(Part.SWEEP, "CanaryFailed", _PERIOD),
        periods=_PERIODS,
        description="the canary's call fails; what fails it may fail others, and the chain is not proved.",
    )


def watch_schedule(alarms: Alarms, schedule: events.IRule) -> None:
    """Rings when the schedule does not run `sweep`: who sends our metrics cannot send those of AWS."""
    alarms.ring_when_silent(
        "ScheduleSilent",
        cloudwatch.Metric(
            namespace="AWS/Events",
            metric_name="Invocations",
            dimensions_map={"RuleName": schedule.rule_name},
            period=MINUTE,
            statistic="Sum",
        ),
        periods=SILENCE,
        description=f"for {SILENCE} minutes the schedule did not run sweep: no canary is sent, nor missed.",
    )


def watch_events(alarms: Alarms) -> None:
    """Rings when an event is not AWS's word, cannot be read, or is about a role that IAM does not tell of."""
    alarms.ring(
        "ForgedEvents",
        count_of(Part.DETECT, "ForgedEvents"),
        quiet=QUIET,
        description="somebody put an event into the intake queue that AWS did not send; it was ignored.",
    )
    alarms.ring(
        "ForgedTasks",
        count_of(Part.SWEEP, "ForgedEvents"),
        quiet=QUIET,
        section="ForgedEvents",
        description="somebody put an event into the queue of sweep's tasks that AWS did not send; it was "
        "ignored.",
    )
    alarms.ring(
        "UnreadableEvents",
        count_of(Part.DETECT, "UnreadableEvents"),
        quiet=QUIET,
        description="an event of AWS could not be read: its passes are not judged.",
    )
    alarms.ring(
        "IamReadsFailed",
        count_of(Part.DETECT, "IamReadsFailed", _PERIOD),
        periods=_PERIODS,
        description="for a quarter of an hour IAM did not answer what was asked about roles: verdicts are "
        "undetermined.",
    )


def watch_sweep(alarms: Alarms, every: Duration) -> None:
    """Rings when the sweep could not list something, or did not finish twice.

    Args:
        every: how often it runs, at least daily: no metric has a longer period.
    """
    alarms.ring(
        "SweepListingsFailed",
        count_of(Part.SWEEP, "SweepListingsFailed", every),
        description="the sweep could not list some resources: what they hold is not known.",
    )
    alarms.ring_when_silent(
        "SweepOverdue",
        metric_of(Part.SWEEP, "SweepFinished", Duration.hours(1)),
        periods=round(2 * every.to_hours()),
        description="no sweep of resources has finished for two periods.",
    )
