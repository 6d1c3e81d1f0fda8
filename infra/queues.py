"""Queues: encrypted, TLS only, and none without a place for what cannot be handled."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import acknowledge

# SQS counts a message's age from its first arrival, also in the dead-letter queue: it must keep longer.
WORK_RETENTION = Duration.days(4)
DEAD_LETTER_RETENTION = Duration.days(14)
# AWS's advice for queues that Lambda reads: six times the function's timeout.
VISIBILITY_TIMEOUTS = 6


class DeadLetterQueue(Construct):
    """Where messages go that could not be delivered or handled."""

    def __init__(self, scope: Construct, construct_id: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.queue = _queue(self, key, DEAD_LETTER_RETENTION)


class RuleDeadLetterQueue(DeadLetterQueue):
    """Where events go that a rule of this stack could not deliver to its target."""

    def __init__(self, scope: Construct, construct_id: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id, key)
        allow_rules(self.queue)
        acknowledge(
            self.queue,
            "AwsSolutions-SQS3",
            "It is the dead-letter queue of the rules' targets, which cdk-nag does not look at.",
        )


class WorkQueue(Construct):
    """A queue that a function reads, with its dead-letter queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        key: kms.IKey,
        *,
        function_timeout: Duration,
        max_receives: int = 5,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", key).queue
        self.queue = _queue(
            self,
            key,
            WORK_RETENTION,
            visibility_timeout=Duration.seconds(function_timeout.to_seconds() * VISIBILITY_TIMEOUTS),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=max_receives),
        )


def allow_rules(queue: sqs.Queue) -> None:
    """Lets the rules of this stack, and no others, send to a queue.

    They are named by the stack's prefix: so the queue's policy can exist before the rules do, and no event of
    a new rule is lost for want of permission, which EventBridge does not retry.
    """
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="RulesOfThisStack",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": rules_of_stack()},
            },
        )
    )


def rules_of_stack() -> str:
    """The ARN pattern of the rules that CloudFormation names for this stack."""
    return f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:rule/{Aws.STACK_NAME}-*"


def _queue(
    scope: Construct,
    key: kms.IKey,
    retention: Duration,
    *,
    visibility_timeout: Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        "Queue",
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=retention,
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
    )
