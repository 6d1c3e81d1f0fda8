"""The customer-managed key: with no other can AWS services publish to encrypted queues and topics."""

from collections.abc import Iterable

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

# What a principal of ours does with the key, always through another service (kms:ViaService). The names are
# those that DynamoDB documents for customer-managed keys, spelled out; SQS and SNS need a part of them.
_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
# Services that put messages into our queues and topics by themselves.
_PUBLISHERS = ("cloudwatch", "events", "sns")


class Encryption(Construct):
    """One key for the ledger, the queues, the topics and the logs of a stack."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description="PassRole Guardrail: ledger, queues, topics and logs",
            enable_key_rotation=True,
            # Without the key the ledger, which outlives the stack, could not be read.
            removal_policy=RemovalPolicy.RETAIN,
        )
        for service in _PUBLISHERS:
            self.key.add_to_resource_policy(_publisher_statement(service))
        self.key.add_to_resource_policy(_logs_statement())

    def grant_use(self, role: iam.Role, services: Iterable[str]) -> None:
        """Lets a role use the key through these services of this region, and not by itself."""
        role.add_to_principal_policy(
            iam.PolicyStatement(
                sid="UseKey",
                actions=list(_USE),
                resources=[self.key.key_arn],
                conditions={
                    "StringEquals": {
                        "kms:ViaService": [
                            f"{service}.{Aws.REGION}.amazonaws.com" for service in sorted(services)
                        ]
                    }
                },
            )
        )


def _publisher_statement(service: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=f"Publish{service.capitalize()}",
        principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=["*"],  # in a key policy: this key
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )


def _logs_statement() -> iam.PolicyStatement:
    """CloudWatch Logs names the log group in the encryption context; ours begin with the stack's name."""
    groups = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:{Aws.STACK_NAME}-*"
    return iam.PolicyStatement(
        sid="EncryptLogs",
        principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com")],
        actions=list(_USE),
        resources=["*"],  # in a key policy: this key
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )
