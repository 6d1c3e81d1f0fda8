"""What a channel needs beyond its queue: where it sends to, and the right to."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from infra.functions import GuardFunction
from infra.names import Env
from infra.topics import PeoplesTopic
from passrole.policy.settings import Alerts


def configure_channels(
    notify: GuardFunction, settings: Alerts, alerts: PeoplesTopic, chat: PeoplesTopic | None
) -> None:
    """Tells `notify` of each configured channel, and lets it send there."""
    role = notify.role
    _tell(notify, Env.ALERTS_TOPIC_ARN, alerts.topic.topic_arn)
    alerts.give_to(role, "PublishAlerts")
    if chat:
        _tell(notify, Env.CHAT_TOPIC_ARN, chat.topic.topic_arn)
        chat.give_to(role, "PublishChat")
    if settings.slack_secret:
        _tell(notify, Env.SLACK_SECRET_ID, settings.slack_secret)
        _allow(role, "SlackSecret", "secretsmanager:GetSecretValue", _secret(settings.slack_secret))
    if settings.webhook_secret:
        _tell(notify, Env.WEBHOOK_SECRET_ID, settings.webhook_secret)
        _allow(role, "WebhookSecret", "secretsmanager:GetSecretValue", _secret(settings.webhook_secret))
    if settings.security_hub:
        # The default product of the account: findings of its own making.
        product = _arn("securityhub", f"product/{Aws.ACCOUNT_ID}/default")
        _tell(notify, Env.SECURITY_HUB_PRODUCT_ARN, product)
        _allow(role, "ImportFindings", "securityhub:BatchImportFindings", product)
        _allow(role, "UpdateFindings", "securityhub:BatchUpdateFindings", _arn("securityhub", "hub/default"))
    if settings.event_bus:
        _tell(notify, Env.EVENT_BUS_ARN, settings.event_bus)
        _allow(role, "PutEvents", "events:PutEvents", settings.event_bus)
    # What the account is called, for the alerts: of itself only.
    account = f"arn:{Aws.PARTITION}:account::{Aws.ACCOUNT_ID}:account"
    _allow(role, "AccountName", "account:GetAccountInformation", account)


def _tell(notify: GuardFunction, name: Env, value: str) -> None:
    notify.function.add_environment(name, value)


def _secret(name: str) -> str:
    # Secrets Manager ends a secret's ARN with a hyphen and six characters of its own.
    return _arn("secretsmanager", f"secret:{name}-??????")


def _arn(service: str, resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


def _allow(role: iam.Role, sid: str, action: str, resource: str) -> None:
    role.add_to_principal_policy(iam.PolicyStatement(sid=sid, actions=[action], resources=[resource]))
