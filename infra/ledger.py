"""The ledger: one DynamoDB table for passes, findings, containments and what was told of them."""

from collections.abc import Iterable, Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from passrole.ledger import keys

# Transactions are made of these ("Actions, resources, and condition keys for Amazon DynamoDB").
_WRITING = (
    "BatchWriteItem",
    "DeleteItem",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLUpdate",
    "PutItem",
    "UpdateItem",
)


class Ledger(Construct):
    """The table, its indexes, and the exact rights that functions and operators get."""

    def __init__(self, scope: Construct, construct_id: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string(keys.PARTITION_KEY),
            sort_key=_string(keys.SORT_KEY),
            time_to_live_attribute=keys.TIME_TO_LIVE,
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
        for index, (partition, sort) in keys.INDEXES.items():
            self.table.add_global_secondary_index(
                index_name=index,
                partition_key=_string(partition),
                sort_key=_string(sort),
                projection_type=dynamodb.ProjectionType.ALL,
            )

    def grant_read_write(self, role: iam.Role) -> None:
        """Rights to read records, one or many at once, to put them, and to query one record's parts.

        A transaction needs no right of its own: it is made of puts.
        """
        self._grant(role, "LedgerRecords", ("BatchGetItem", "GetItem", "PutItem", "Query"))

    def restrict_writers(self, roles: Iterable[iam.Role]) -> None:
        """Denies writing to every other principal of the account, administrators included.

        What is written here is believed: when the canary was seen, what is contained, whether anything is.
        CloudTrail's events of it are events for data, which no rule gets. The conditions are those of
        `infra/redrives.py`. In a policy of the table's own, its ARN would stand in a circle.
        """
        self.table.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyTheGuardWrites",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=[f"dynamodb:{action}" for action in _WRITING],
                resources=["*"],
                conditions={
                    "ArnNotEquals": {"aws:PrincipalArn": [role.role_arn for role in roles]},
                    "Null": {"aws:PrincipalArn": "false"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            )
        )

    def grant_count(self, role: iam.Role) -> None:
        """The right to count acts in the hour's budget."""
        self._grant(role, "LedgerBudget", ("UpdateItem",))

    def grant_delete(self, role: iam.Role) -> None:
        """The right to delete records, for those who end a lease or give a claim back."""
        self._grant(role, "LedgerDeletes", ("DeleteItem",))

    def grant_list(self, role: iam.Role, index: str) -> None:
        """The right to list what is in one index."""
        self._grant(role, f"LedgerIndex{index.capitalize()}", ("Query",), f"/index/{index}")

    def _grant(self, role: iam.Role, sid: str, actions: Sequence[str], below: str = "") -> None:
        role.add_to_principal_policy(
            iam.PolicyStatement(
                sid=sid,
                actions=[f"dynamodb:{action}" for action in actions],
                resources=[f"{self.table.table_arn}{below}"],
            )
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
