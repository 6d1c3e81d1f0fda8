"""What the Lambda functions have in common: bundle, policy layer, log group, a role with exact rights."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import acknowledge
from infra.names import PROJECT, ROLE_PATH, Env, Part

RUNTIME = lambda_.Runtime.PYTHON_3_13
ARCHITECTURE = lambda_.Architecture.ARM_64


@dataclass(frozen=True)
class FunctionShare:
    """What the functions of a stack share."""

    code: lambda_.Code
    policy_layer: lambda_.LayerVersion
    key: kms.Key
    environment: Mapping[str, str]


class GuardFunction(Construct):
    """One function of the guard; the constructs that own it add the rights that it needs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        part: Part,
        description: str,
        share: FunctionShare,
        timeout: Duration,
        environment: Mapping[str, str] | None = None,
        dead_letters: sqs.Queue | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            encryption_key=share.key,
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(
            self,
            "Role",
            path=ROLE_PATH,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"PassRole Guardrail: {part}",
        )
        # In place of AWSLambdaBasicExecutionRole, which may write to every log group.
        self.role.add_to_principal_policy(
            iam.PolicyStatement(
                sid="WriteLogs",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[self.log_group.log_group_arn],
            )
        )
        self.function = lambda_.Function(
            self,
            "Function",
            description=description,
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            handler=part.handler,
            code=share.code,
            layers=[share.policy_layer],
            role=self.role,
            memory_size=512,
            timeout=timeout,
            log_group=self.log_group,
            dead_letter_queue=dead_letters,
            environment={
                **share.environment,
                **(environment or {}),
                Env.STACK_NAME: Aws.STACK_NAME,
                Env.SERVICE_NAME: part,
                Env.METRICS_NAMESPACE: PROJECT,
                Env.LOG_LEVEL: "INFO",
            },
            # No reserved concurrency: it fails to deploy in accounts with a small quota. Queues cap instead.
        )
        acknowledge(
            self.function,
            "AwsSolutions-L1",
            "The bundle is resolved for Python 3.13; the runtime moves on with it, not by itself.",
        )

    def read(self, queue: sqs.Queue, *, batch_size: int, window: Duration | None, concurrency: int) -> None:
        """Feeds a queue to the function, and to nobody else; messages that fail come back alone."""
        self._take_alone(queue)
        self.function.add_event_source(
            event_sources.SqsEventSource(
                queue,
                batch_size=batch_size,
                max_batching_window=window,
                max_concurrency=concurrency,
                report_batch_item_failures=True,
            )
        )

    def _take_alone(self, queue: sqs.Queue) -> None:
        """Denies taking messages to all principals of the account but the function's role.

        CloudTrail's events of what is taken out of a queue are events for data, which no rule gets: so
        whoever took an event before the function would do so unheard. Lambda reads the queue in the role
        ("Using Lambda with Amazon SQS"). The conditions are those of `infra/redrives.py`.
        """
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyItsFunctionTakes",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
                resources=[queue.queue_arn],
                conditions={
                    "ArnNotEquals": {"aws:PrincipalArn": self.role.role_arn},
                    "Null": {"aws:PrincipalArn": "false"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            )
        )
