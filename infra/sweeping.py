"""Sweeping: a schedule runs `sweep`, which publishes what stayed in the outbox and has digests sent."""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.core import Core
from infra.functions import FunctionShare, GuardFunction
from infra.names import Env, Part
from infra.queues import DeadLetterQueue, WorkQueue
from passrole.channel import ChannelName
from passrole.ledger.keys import OUTBOX_INDEX

TIMEOUT = Duration.minutes(2)
EVERY = Duration.minutes(2)


class Sweeping(Construct):
    """The schedule, the function, and a place for runs that failed."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        share: FunctionShare,
        core: Core,
        notifications: Iterable[tuple[ChannelName, WorkQueue]],
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", core.encryption.key).queue
        self.sweep = GuardFunction(
            self,
            "Sweep",
            part=Part.SWEEP,
            description="PassRole Guardrail: finishes what was left undone",
            share=share,
            timeout=TIMEOUT,
            dead_letters=self.dead_letters,
            environment={channel.queue_variable: work.queue.queue_url for channel, work in notifications},
        )
        role = self.sweep.role
        core.grant_record(role)
        core.ledger.grant_list(role, OUTBOX_INDEX)
        core.findings.grant_publish(role)
        self.schedule = events.Rule(
            self,
            "Schedule",
            description="PassRole Guardrail: runs the sweep",
            schedule=events.Schedule.rate(EVERY),
            # A run that comes late is of no use: the next one is due.
            targets=[
                targets.LambdaFunction(
                    self.sweep.function,
                    dead_letter_queue=self.dead_letters,
                    max_event_age=EVERY,
                    retry_attempts=2,
                )
            ],
        )

    def have_contained(self, work: WorkQueue) -> None:
        """Tells `sweep` where findings wait for `contain`: those that are due by time."""
        self.sweep.function.add_environment(Env.CONTAIN_QUEUE_URL, work.queue.queue_url)
