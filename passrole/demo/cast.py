"""Who and what is in the account of the demonstration: people, roles, functions, an instance profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passrole.emulator import ACCOUNT

REGION = "eu-west-1"
STACK = "PassRoleGuardrail"
SLACK_SECRET = "passrole/slack-webhook"  # noqa: S105 - the secret's name

DEVELOPER = "dana.novak"
ON_CALL = "sam.okafor"
IMAGE = "ami-0c1f9b6d2a7e4c853"


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role, as the account's administrators made it."""

    path: str
    name: str
    service: str
    tags: Mapping[str, str]
    is_admin: bool = False

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role{self.path}{self.name}"

    @property
    def shown(self) -> str:
        """Path and name, as people say it."""
        return f"{self.path}{self.name}".removeprefix("/")


@dataclass(frozen=True, slots=True)
class InstanceProfile:
    """An instance profile and the role in it, whose name is another."""

    path: str
    name: str
    role: Role

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:instance-profile{self.path}{self.name}"


_LAMBDA, _EC2, _ECS, _GLUE = (f"{name}.amazonaws.com" for name in ("lambda", "ec2", "ecs-tasks", "glue"))
ORDERS_API = Role(
    "/application_role/", "orders-api", _LAMBDA, {"approved-for": "lambda", "team": "fulfilment"}
)
INVOICE_MAILER = Role("/application_role/", "invoice-mailer", _LAMBDA, {"approved-for": "lambda"})
IMAGE_RESIZER = Role("/application_role/", "image-resizer", _EC2, {"approved-for": "ec2", "team": "media"})
LEDGER_EXPORT = Role("/finance/", "ledger-export", _LAMBDA, {"team": "finance"})
PAYMENTS_ADMIN = Role("/finance/", "payments-admin", _LAMBDA, {"team": "finance"})
APP_SERVER = Role("/legacy/", "app-server-2019", _EC2, {})
BREAK_GLASS = Role("/admin/", "break-glass", _LAMBDA, {"owner": "platform"})
CHECKOUT_TASK = Role("/application_role/", "checkout-task", _ECS, {"approved-for": "ecs"})
TASK_EXECUTION = Role("/", "ecsTaskExecutionRole", _ECS, {})
GLUE_ORDERS = Role("/", "AWSGlueServiceRole-orders", _GLUE, {"team": "analytics"})
CUSTOMER_EXPORT = Role(
    "/application_role/", "customer-export", _LAMBDA, {"approved-for": "lambda", "data": "personal"}
)
BUILD_HELPER = Role("/application_role/", "build-helper", _LAMBDA, {"approved-for": "lambda"}, is_admin=True)
REPORT_SENDER = Role("/legacy/", "report-sender", _LAMBDA, {"team": "finance"})
ORDER_FLOW = Role("/application_role/", "order-flow", "states.amazonaws.com", {})
"""Named in a recorded event, but not in the account any more."""

ROLES = (
    ORDERS_API,
    INVOICE_MAILER,
    IMAGE_RESIZER,
    LEDGER_EXPORT,
    PAYMENTS_ADMIN,
    APP_SERVER,
    BREAK_GLASS,
    CHECKOUT_TASK,
    TASK_EXECUTION,
    GLUE_ORDERS,
    CUSTOMER_EXPORT,
    BUILD_HELPER,
    REPORT_SENDER,
)
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
WEB_FRONTEND = InstanceProfile("/web/", "web-frontend", APP_SERVER)

FUNCTION_FROM_BEFORE = "orders-worker"
"""Holds `BREAK_GLASS` since before the guard was deployed."""


def trust(role: Role) -> dict[str, Any]:
    """The trust policy that lets the role's service use it."""
    return _document({"Effect": "Allow", "Principal": {"Service": role.service}, "Action": "sts:AssumeRole"})


def developer_policy() -> dict[str, Any]:
    """What the developer may do. IAM knows paths of roles here but not their tags: it cannot be narrower."""
    return _document(
        {
            "Sid": "Deploy",
            "Effect": "Allow",
            "Action": [
                "lambda:CreateFunction",
                "lambda:GetFunction*",
                "lambda:InvokeFunction",
                "lambda:UpdateFunction*",
                "ec2:RunInstances",
                "ec2:Describe*",
            ],
            "Resource": "*",
        },
        {
            "Sid": "PassRolesOfApplications",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": [
                f"arn:aws:iam::{ACCOUNT}:role/{path}/*" for path in ("application_role", "finance", "legacy")
            ],
        },
    )


def on_call_policy() -> dict[str, Any]:
    """What the person on call may do: find the guard and take its operator role."""
    return _document(
        {"Effect": "Allow", "Action": "cloudformation:DescribeStacks", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": f"arn:aws:iam::{ACCOUNT}:role/{STACK}-OperatorRole*",
        },
    )


def inbox_policy(queue_arn: str, topic_arn: str) -> dict[str, Any]:
    """Lets a topic send to a queue."""
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
        }
    )


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
