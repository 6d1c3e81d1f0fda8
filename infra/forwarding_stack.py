"""A further region: the same rules, forwarding to the home region's bus."""

from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.alarm_news import add_alarm_rule
from infra.deployment import Deployment
from infra.encryption import Encryption
from infra.monitoring import Monitoring
from infra.names import ROLE_PATH
from infra.queues import RuleDeadLetterQueue, rules_of_stack
from infra.rule_alarms import rules_in, watch_rules
from infra.rules import add_rules
from infra.self_watch import add_self_watch, names_in
from infra.topics import AlertsTopic


class ForwardingStack(Stack):
    """Rules, the role that EventBridge puts events home with, and alarms for what did not get there.

    Rules are regional, and an intruder takes the region that nobody uses. The home bus is named by its ARN:
    it always exists, so the stacks need no reference between regions. Events of the same account need no
    policy on it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        deployment: Deployment,
        *,
        stack: str,
        region: str,
        **options: Any,
    ) -> None:
        """``stack`` is the name of the home region's stack, with which the names of all its things begin."""
        super().__init__(scope, construct_id, **options)
        home = deployment.home
        bus = f"arn:{Aws.PARTITION}:events:{home.region}:{home.account}:event-bus/default"
        encryption = Encryption(self, "Encryption")
        key = encryption.key
        dead_letters = RuleDeadLetterQueue(self, "RuleDeadLetters", key).queue
        role = self._forwarder(bus)
        add_rules(
            self,
            deployment.patterns_in(region),
            target_arn=bus,
            dead_letters=dead_letters,
            role=role,
            after=(role, dead_letters),
        )
        add_alarm_rule(
            self,
            (Aws.STACK_NAME,),
            target_arn=bus,
            dead_letters=dead_letters,
            role=role,
            after=(role, dead_letters),
        )
        # An alarm can only tell a topic of its own region.
        alerts = AlertsTopic(self, "Alerts", encryption, deployment.settings.alerts.email)
        alerts.keep_for()
        add_self_watch(
            self,
            names_in(stack, key.key_id),
            alerts,
            target_arn=bus,
            dead_letters=dead_letters,
            role=role,
            after=(role, dead_letters),
        )
        monitoring = Monitoring(self, "Monitoring", alerts.topic)
        monitoring.dead_letters(
            {"RuleDeadLetters": dead_letters}, then="send them to the home region, as docs/deploy.md says"
        )
        watch_rules(monitoring, rules_in(self))

    def _forwarder(self, bus: str) -> iam.Role:
        role = iam.Role(
            self,
            "Forwarder",
            path=ROLE_PATH,
            description="PassRole Guardrail: puts events on the home region's bus",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": rules_of_stack()},
                },
            ),
        )
        role.add_to_principal_policy(
            iam.PolicyStatement(sid="PutEventsHome", actions=["events:PutEvents"], resources=[bus])
        )
        return role
