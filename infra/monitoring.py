"""Alarms of the guard's queues and functions, and of what the guard says of itself."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from infra.alarms import MINUTE, QUIET, Alarms, count_of, metric_of
from infra.names import Part

# A message that waits longer than two failed attempts is stuck rather than busy.
_MAX_AGE = Duration.minutes(15)


class Monitoring(Alarms):
    """Rings where something was lost, waits too long, or fails."""

    def dead_letters(self, queues: Mapping[str, sqs.Queue], then: str) -> None:
        """Rings when a dead-letter queue is not empty, and until it is.

        Args:
            then: what follows once the cause is mended.
        """
        for name, queue in queues.items():
            self.ring(
                f"{name}NotEmpty",
                queue.metric_approximate_number_of_messages_visible(period=MINUTE, statistic="Maximum"),
                section="DeadLettersNotEmpty",
                description=f"{name} holds messages that were not handled; read them, repair the cause, "
                f"then {then}.",
            )

    def work(self, queues: Mapping[str, sqs.Queue]) -> None:
        """Rings when a message waits too long in a queue that a function reads."""
        for name, queue in queues.items():
            self.ring(
                f"{name}Waits",
                queue.metric_approximate_age_of_oldest_message(period=MINUTE, statistic="Maximum"),
                section="QueueWaits",
                above=_MAX_AGE.to_seconds(),
                description=f"{name} has a message that waits for more than "
                f"{_MAX_AGE.to_minutes():.0f} minutes.",
            )

    def functions(self, functions: Mapping[str, lambda_.Function]) -> None:
        """Rings when a function fails as a whole or is throttled."""
        for name, function in functions.items():
            self.ring(
                f"{name}Fails",
                function.metric_errors(period=MINUTE, statistic="Sum"),
                section="FunctionFails",
                quiet=QUIET,
                description=f"the function {name} failed; its log says why.",
            )
            self.ring(
                f"{name}Throttled",
                function.metric_throttles(period=MINUTE, statistic="Sum"),
                section="FunctionThrottled",
                quiet=QUIET,
                description=f"the function {name} was throttled; the account's Lambda concurrency is used "
                "up.",
            )

    def breaker(self) -> None:
        """Rings when the breaker has stopped containment."""
        self.ring(
            "BreakerTripped",
            count_of(Part.CONTAIN, "BreakerTripped"),
            description="the breaker has stopped containment; passrole quarantine status says why, and "
            "passrole quarantine reset lets it go on.",
        )

    def exemptions(self) -> None:
        """Rings while an exemption of the policy ends within two weeks."""
        self.ring(
            "ExemptionsEnding",
            metric_of(Part.SWEEP, "ExemptionsEnding", Duration.minutes(5), "Maximum"),
            description="an exemption in guardrail.yaml ends within 14 days, and what it exempts comes back; "
            "passrole policy validate names it.",
        )
