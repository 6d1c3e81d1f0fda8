"""Alarms of the guard itself: what was lost, what waits too long, what fails."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.names import PROJECT

_PERIOD = Duration.minutes(1)
# A message that waits longer than two failed attempts is stuck rather than busy.
_MAX_AGE = Duration.minutes(15)


class Monitoring(Construct):
    """Alarms, each named after what it watches, that go to one topic."""

    def __init__(self, scope: Construct, construct_id: str, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        self._action = actions.SnsAction(topic)

    def dead_letters(self, queues: Mapping[str, sqs.Queue], then: str) -> None:
        """Rings when a dead-letter queue is not empty, and until it is.

        Args:
            then: what follows once the cause is mended.
        """
        for name, queue in queues.items():
            self._alarm(
                f"{name}NotEmpty",
                queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum"),
                threshold=0,
                description=f"PassRole Guardrail: {name} holds messages that were not handled; read them, "
                f"repair the cause, then {then}.",
            )

    def work(self, queues: Mapping[str, sqs.Queue]) -> None:
        """Rings when a message waits too long in a queue that a function reads."""
        for name, queue in queues.items():
            self._alarm(
                f"{name}Waits",
                queue.metric_approximate_age_of_oldest_message(period=_PERIOD, statistic="Maximum"),
                threshold=_MAX_AGE.to_seconds(),
                description=f"PassRole Guardrail: {name} has a message that waits for more than "
                f"{_MAX_AGE.to_minutes():.0f} minutes.",
            )

    def functions(self, functions: Mapping[str, lambda_.Function]) -> None:
        """Rings when a function fails as a whole or is throttled."""
        for name, function in functions.items():
            self._alarm(
                f"{name}Fails",
                function.metric_errors(period=_PERIOD, statistic="Sum"),
                threshold=0,
                description=f"PassRole Guardrail: the function {name} failed; its log says why.",
            )
            self._alarm(
                f"{name}Throttled",
                function.metric_throttles(period=_PERIOD, statistic="Sum"),
                threshold=0,
                description=f"PassRole Guardrail: the function {name} was throttled; the account's Lambda "
                "concurrency is used up.",
            )

    def breaker(self, service: str) -> None:
        """Rings when the breaker has stopped containment; ``service`` counts that."""
        self._alarm(
            "BreakerTripped",
            cloudwatch.Metric(
                namespace=PROJECT,
                metric_name="BreakerTripped",
                dimensions_map={"service": service},
                period=_PERIOD,
                statistic="Sum",
            ),
            threshold=0,
            description="PassRole Guardrail: the breaker has stopped containment; passrole quarantine status "
            "says why, and passrole quarantine reset lets it go on.",
        )

    def exemptions(self, service: str) -> None:
        """Rings while an exemption of the policy ends within two weeks; ``service`` counts them."""
        self._alarm(
            "ExemptionsEnding",
            cloudwatch.Metric(
                namespace=PROJECT,
                metric_name="ExemptionsEnding",
                dimensions_map={"service": service},
                period=Duration.minutes(5),
                statistic="Maximum",
            ),
            threshold=0,
            description="PassRole Guardrail: an exemption in guardrail.yaml ends within 14 days, and what it "
            "exempts comes back; passrole policy validate names it.",
        )

    def _alarm(
        self, construct_id: str, metric: cloudwatch.Metric, *, threshold: float, description: str
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            # Silence is health: these metrics are missing where nothing happens.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)
