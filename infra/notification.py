"""Notification: the function `notify` tells people, by the topic `alerts` and by Slack."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.core import Core
from infra.functions import FunctionShare, GuardFunction
from infra.names import Env, Part
from infra.queues import WorkQueue
from infra.topics import AlertsTopic

TIMEOUT = Duration.seconds(60)


class Notification(Construct):
    """Gets all news of findings; a receiver that is down delays no other function."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        share: FunctionShare,
        core: Core,
        alerts: AlertsTopic,
        slack_secret: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        # More receives than elsewhere: Slack may be down for longer than we are. With the pauses between them
        # (`lambdas/shared/redelivery.py`) they last for an hour and more.
        self.work = WorkQueue(
            self, "Findings", core.encryption.key, function_timeout=TIMEOUT, max_receives=20
        )
        core.findings.subscribe(self.work)
        environment: dict[str, str] = {
            Env.ALERTS_TOPIC_ARN: alerts.topic.topic_arn,
            Env.NOTIFY_QUEUE_URL: self.work.queue.queue_url,
        }
        if slack_secret:
            environment[Env.SLACK_SECRET_ID] = slack_secret
        self.notify = GuardFunction(
            self,
            "Notify",
            part=Part.NOTIFY,
            description="PassRole Guardrail: tells people of findings",
            share=share,
            timeout=TIMEOUT,
            environment=environment,
        )
        role = self.notify.role
        core.grant_record(role)
        core.ledger.grant_delete(role)
        alerts.grant_publish(role)
        if slack_secret:
            _grant_secret(role, slack_secret)
        # Slack takes about one message a second: more at once would only be turned away.
        self.notify.read(self.work.queue, batch_size=5, window=None, concurrency=2)


def _grant_secret(role: iam.Role, name: str) -> None:
    # Secrets Manager ends a secret's ARN with a hyphen and six characters of its own.
    arn = f"arn:{Aws.PARTITION}:secretsmanager:{Aws.REGION}:{Aws.ACCOUNT_ID}:secret:{name}-??????"
    role.add_to_principal_policy(
        iam.PolicyStatement(sid="SlackSecret", actions=["secretsmanager:GetSecretValue"], resources=[arn])
    )
