"""The topics: `findings` for machines, `alerts` for people; owner only, TLS only."""

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.encryption import Encryption
from infra.names import ROLE_PATH
from infra.queues import WorkQueue, rules_of_stack
from passrole.selfwatch.rules import DIRECT_RULES


class FindingsTopic(Construct):
    """Carries pointers to findings that have news; receivers read the findings themselves in the ledger."""

    def __init__(self, scope: Construct, construct_id: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)

    def grant_publish(self, role: iam.Role) -> None:
        _grant_publish(role, "PublishFindings", self.topic)

    def restrict_publishers(self, roles: Iterable[iam.Role]) -> None:
        """Denies publishing to every other principal of the account, administrators included."""
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyTheGuardPublishes",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": [role.role_arn for role in roles]}},
            )
        )

    def subscribe(self, work: WorkQueue, attributes: Mapping[str, Sequence[str]] | None = None) -> None:
        """Sends the topic's messages, or those with such attributes, to a work queue.

        Deliveries are raw: the queue's body is the pointer. What SNS cannot deliver goes to the queue's
        dead-letter queue.
        """
        work.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="FindingsTopic",
                principals=[iam.ServicePrincipal("sns.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[work.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": self.topic.topic_arn}},
            )
        )
        filters = {
            name: sns.SubscriptionFilter.string_filter(allowlist=list(values))
            for name, values in (attributes or {}).items()
        }
        sns.Subscription(
            work,
            "Subscription",
            topic=self.topic,
            protocol=sns.SubscriptionProtocol.SQS,
            endpoint=work.queue.queue_arn,
            raw_message_delivery=True,
            filter_policy=filters or None,
            dead_letter_queue=work.dead_letters,
        )


class PeoplesTopic(Construct):
    """Carries what people read."""

    def __init__(self, scope: Construct, construct_id: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        self._publishers: tuple[iam.Role, ...] = ()

    def give_to(self, role: iam.Role, sid: str) -> None:
        """Lets a role publish, and no other principal of the account but what the topic has of its own."""
        _grant_publish(role, sid, self.topic)
        self.keep_for(role)

    def keep_for(self, *roles: iam.Role) -> None:
        """Denies publishing to all principals of the account but these, and what the topic has of its own.

        Services come with principals of their own, as the alarms do: see `infra/redrives.py`.
        """
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyTheGuardPublishes",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "ArnNotEquals": {
                        "aws:PrincipalArn": [each.role_arn for each in (*roles, *self._publishers)]
                    },
                    "Null": {"aws:PrincipalArn": "false"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            )
        )


class AlertsTopic(PeoplesTopic):
    """Carries alerts as e-mails, the alarms of the guard itself, and what rules tell without any code.

    Attributes:
        rule_role: what EventBridge publishes with for the rules that watch the guard. In the policies of a
            topic and of its key no condition tells a rule ("Using resource-based policies for Amazon
            EventBridge"; "Key management" of Amazon SNS): who may pass this role is told by IAM.
    """

    def __init__(
        self, scope: Construct, construct_id: str, encryption: Encryption, emails: Iterable[str]
    ) -> None:
        super().__init__(scope, construct_id, encryption.key)
        self.rule_role = _rule_role(self)
        self._publishers = (self.rule_role,)
        _grant_publish(self.rule_role, "PublishAlarms", self.topic)
        encryption.grant_use(self.rule_role, ("sns",))
        alarms = f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:*"
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )
        for number, email in enumerate(emails, start=1):
            sns.Subscription(
                self,
                f"Email{number}",
                topic=self.topic,
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=email,
            )


def _rule_role(scope: Construct) -> iam.Role:
    """The role of the rules that publish by themselves, and of no others of this stack."""
    rules = [f"{rules_of_stack()}{rule}*" for rule in DIRECT_RULES]
    return iam.Role(
        scope,
        "Rules",
        path=ROLE_PATH,
        description="PassRole Guardrail: rules that tell people by themselves",
        assumed_by=iam.ServicePrincipal(
            "events.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": rules},
            },
        ),
    )


def _grant_publish(role: iam.Role, sid: str, topic: sns.Topic) -> None:
    role.add_to_principal_policy(
        iam.PolicyStatement(sid=sid, actions=["sns:Publish"], resources=[topic.topic_arn])
    )
