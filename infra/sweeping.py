"""Sweeping: a schedule runs `sweep`, which publishes what stayed in the outbox."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.encryption import Encryption
from infra.functions import FunctionShare, GuardFunction
from infra.ledger import Ledger
from infra.names import Part
from infra.queues import DeadLetterQueue
from infra.topics import FindingsTopic

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
        encryption: Encryption,
        ledger: Ledger,
        findings: FindingsTopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", encryption.key).queue
        self.sweep = GuardFunction(
            self,
            "Sweep",
            part=Part.SWEEP,
            description="PassRole Guardrail: finishes what was left undone",
            share=share,
            timeout=TIMEOUT,
            dead_letters=self.dead_letters,
        )
        role = self.sweep.role
        ledger.grant_read_write(role)
        findings.grant_publish(role)
        encryption.grant_use(role, ("dynamodb", "sns", "sqs"))
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
