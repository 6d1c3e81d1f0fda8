"""Sweeping: a schedule runs `sweep`; one queue brings it tasks, another what happens to the guard."""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.core import Core
from infra.functions import FunctionShare, GuardFunction
from infra.names import Env, Part
from infra.queues import DeadLetterQueue, WorkQueue, allow_rules
from passrole.channel import ChannelName
from passrole.ledger.keys import OUTBOX_INDEX

TIMEOUT = Duration.minutes(5)
EVERY = Duration.minutes(2)
# As few parts of a sweep at once as Lambda takes: they share the rate of requests (`passrole/sweep/pace.py`).
WORKERS = 2
# Of events about the guard. Most are of calls to other people's things, and judged by their record alone:
# who would have the one about the guard wait behind many must make more of them than these take.
WATCHERS = 5
# With the pauses between them (`lambdas/shared/redelivery.py`) they last for half an hour.
WATCH_RECEIVES = 12


class Sweeping(Construct):
    """The schedule, the function, its two queues, and a place for runs that failed."""

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
        self.tasks = WorkQueue(self, "Tasks", core.encryption.key, function_timeout=TIMEOUT)
        # Not among the tasks: whoever changes a thousand roles first would have the news of the guard wait.
        self.self_watch = WorkQueue(
            self,
            "SelfWatch",
            core.encryption.key,
            function_timeout=TIMEOUT,
            max_receives=WATCH_RECEIVES,
        )
        # What rules cannot deliver comes back from each queue's own dead-letter queue: that of the other
        # rules is returned to the intake.
        for work in (self.tasks, self.self_watch):
            for queue in (work.queue, work.dead_letters):
                allow_rules(queue)
        self.sweep = GuardFunction(
            self,
            "Sweep",
            part=Part.SWEEP,
            description="PassRole Guardrail: finishes what was left undone",
            share=share,
            timeout=TIMEOUT,
            dead_letters=self.dead_letters,
            environment={
                **{channel.queue_variable: work.queue.queue_url for channel, work in notifications},
                Env.TASKS_QUEUE_URL: self.tasks.queue.queue_url,
                Env.SELF_WATCH_QUEUE_URL: self.self_watch.queue.queue_url,
            },
        )
        role = self.sweep.role
        core.grant_record(role)
        core.ledger.grant_list(role, OUTBOX_INDEX)
        core.findings.grant_publish(role)
        # One at a time: a task goes on for as long as the function may.
        self.sweep.read(self.tasks.queue, batch_size=1, window=None, concurrency=WORKERS)
        self.sweep.read(self.self_watch.queue, batch_size=10, window=None, concurrency=WATCHERS)
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
