"""The ledger: one DynamoDB table for passes, findings, containments and what was told of them."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.names import Index, Key

# A transaction needs no right of its own: it is made of these (ConditionCheckItem among them).
_ITEM_ACTIONS = (
    "dynamodb:ConditionCheckItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)


class Ledger(Construct):
    """The table, its indexes, and the exact rights that functions and operators get."""

    def __init__(self, scope: Construct, construct_id: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string(Key.PARTITION),
            sort_key=_string(Key.SORT),
            time_to_live_attribute=Key.TTL,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            # It holds the prior state of contained resources: without it nothing can be released.
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self._index(Index.FINDINGS, Key.FINDINGS_PARTITION, Key.FINDINGS_SORT)
        self._index(Index.OUTBOX, Key.OUTBOX_PARTITION, Key.OUTBOX_SORT)

    def _index(self, name: Index, partition: Key, sort: Key) -> None:
        self.table.add_global_secondary_index(
            index_name=name,
            partition_key=_string(partition),
            sort_key=_string(sort),
            projection_type=dynamodb.ProjectionType.ALL,
        )

    def grant_read_write(self, role: iam.Role) -> None:
        """Rights to read, write and query records; none to delete or to scan."""
        role.add_to_principal_policy(
            iam.PolicyStatement(
                sid="LedgerItems", actions=list(_ITEM_ACTIONS), resources=[self.table.table_arn]
            )
        )
        indexes = [f"{self.table.table_arn}/index/{index}" for index in Index]
        role.add_to_principal_policy(
            iam.PolicyStatement(
                sid="LedgerQueries", actions=["dynamodb:Query"], resources=[self.table.table_arn, *indexes]
            )
        )

    def grant_delete(self, role: iam.Role) -> None:
        """The right to delete records, for those who end a lease or a release intent."""
        role.add_to_principal_policy(
            iam.PolicyStatement(
                sid="LedgerDeletes", actions=["dynamodb:DeleteItem"], resources=[self.table.table_arn]
            )
        )


def _string(name: Key) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
