"""What all alarms have in common: where they ring, and the section of the runbook that they name."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.names import PROJECT, Part

RUNBOOK = "docs/runbook.md"
MINUTE = Duration.minutes(1)
# So many minutes without what rings by the minute make an alarm well again.
QUIET = 15


class Alarms(Construct):
    """Alarms, each named after what it watches, that go to one topic."""

    def __init__(self, scope: Construct, construct_id: str, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        self._action = actions.SnsAction(topic)

    def ring(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        *,
        description: str,
        section: str | None = None,
        above: float = 0,
        periods: int = 1,
        quiet: int = 1,
    ) -> None:
        """Rings when a metric is above a number for so many periods. Silence is health.

        Args:
            section: of the runbook; by default it is called as the alarm.
            quiet: in place of ``periods``, it rings at the first period, and until so many were well: else
                what comes and goes would be told each time.
        """
        self._add(
            construct_id,
            metric,
            _described(description, section or construct_id),
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=max(periods, quiet),
            datapoints_to_alarm=periods,
            # These metrics are missing where nothing happens.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def ring_when_silent(
        self, construct_id: str, metric: cloudwatch.IMetric, *, description: str, periods: int
    ) -> None:
        """Rings when a metric had nothing to count for so many periods, or was not sent at all.

        Many short periods: CloudWatch looks some further back than told, and counts what is missing only
        where nothing is there either ("How alarm state is evaluated when data is missing", CloudWatch User
        Guide). One period of 15 minutes would ring after three or four of them.
        """
        self._add(
            construct_id,
            metric,
            _described(description, construct_id),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )

    def _add(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        description: str,
        *,
        threshold: float,
        comparison_operator: cloudwatch.ComparisonOperator,
        evaluation_periods: int,
        datapoints_to_alarm: int | None = None,
        treat_missing_data: cloudwatch.TreatMissingData,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison_operator,
            evaluation_periods=evaluation_periods,
            datapoints_to_alarm=datapoints_to_alarm,
            treat_missing_data=treat_missing_data,
        )
        alarm.add_alarm_action(self._action)


def metric_of(
    part: Part,
    name: str,
    period: Duration = MINUTE,
    statistic: str = "Sum",
    dimensions: Mapping[str, str] | None = None,
    label: str | None = None,
) -> cloudwatch.Metric:
    """A metric that a function emits, with the dimension that Powertools gives it."""
    return cloudwatch.Metric(
        namespace=PROJECT,
        metric_name=name,
        dimensions_map={"service": part.value, **(dimensions or {})},
        period=period,
        statistic=statistic,
        label=label,
    )


def count_of(part: Part, name: str, period: Duration = MINUTE) -> cloudwatch.Metric:
    """What a function counts, for an alarm that rings when it is not zero.

    The maximum: whoever may send metrics may send -1 for each 1, which makes a sum zero.
    """
    return metric_of(part, name, period, "Maximum")


def _described(description: str, section: str) -> str:
    return f"PassRole Guardrail: {description} What to do: {RUNBOOK}#{section.lower()}"
