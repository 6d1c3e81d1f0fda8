"""Every name that the stacks give or rely on, so that none is spelled in two places.

Resources get no physical names: CloudFormation makes them, so that two stacks, or two regions, never clash.
"""

from enum import StrEnum

PROJECT = "PassRoleGuardrail"
DEFAULT_POLICY = "guardrail.yaml"

# CloudFormation names a rule <stack>-<logical id>-<13 characters> and shortens what is longer than 64. The
# queues know the stack's rules by that prefix: of others, they would refuse events and dead letters alike.
LONGEST_RULE_NAME = 64
LONGEST_STACK_NAME = 20  # a forwarding stack's name has a region's at its end

CONTEXT_POLICY = "policy"
CONTEXT_STACK = "stack"
CONTEXT_LOOKS = "second_looks"

# The path of the roles of functions and rules: a deployment passes them, and guardrail.yaml approves it.
ROLE_PATH = "/passrole-guardrail/"

POLICY_PACKAGE = "passrole_policy"
POLICY_FILE = "policy.json"


class Part(StrEnum):
    """The Lambda functions; each is the package under ``lambdas/`` that holds its handler."""

    DETECT = "detect"
    CONTAIN = "contain"
    NOTIFY = "notify"
    SWEEP = "sweep"

    @property
    def handler(self) -> str:
        return f"lambdas.{self.value}.handler.handler"


class Env(StrEnum):
    """Environment variables of the functions."""

    LEDGER_TABLE = "LEDGER_TABLE"
    FINDINGS_TOPIC_ARN = "FINDINGS_TOPIC_ARN"
    ALERTS_TOPIC_ARN = "ALERTS_TOPIC_ARN"
    SLACK_SECRET_ID = "SLACK_SECRET_ID"  # noqa: S105 - the variable's name, not a secret
    GUARD_ROLES = "GUARD_ROLES"
    CONTAIN_ROLE_ARN = "CONTAIN_ROLE_ARN"
    QUARANTINE_ROLE_ARN = "QUARANTINE_ROLE_ARN"
    CONTAIN_QUEUE_URL = "CONTAIN_QUEUE_URL"
    TASKS_QUEUE_URL = "TASKS_QUEUE_URL"
    SELF_WATCH_QUEUE_URL = "SELF_WATCH_QUEUE_URL"
    SWEEP_REGIONS = "SWEEP_REGIONS"
    SWEEP_RATE = "SWEEP_RATE"
    SWEEP_TYPES = "SWEEP_TYPES"
    PROTECTED_RESOURCES = "PROTECTED_RESOURCES"
    MAX_RECEIVES = "MAX_RECEIVES"
    SECOND_LOOKS_QUEUE_URL = "SECOND_LOOKS_QUEUE_URL"
    LOOK_DELAYS = "LOOK_DELAYS"
    CANARY_RULE_ARN = "CANARY_RULE_ARN"
    CANARY_ROLE_ARN = "CANARY_ROLE_ARN"
    CANARY_PASSER_ROLE_ARN = "CANARY_PASSER_ROLE_ARN"
    OWN_RESOURCES = "OWN_RESOURCES"
    CHAT_TOPIC_ARN = "CHAT_TOPIC_ARN"
    SECURITY_HUB_PRODUCT_ARN = "SECURITY_HUB_PRODUCT_ARN"
    EVENT_BUS_ARN = "EVENT_BUS_ARN"
    WEBHOOK_SECRET_ID = "WEBHOOK_SECRET_ID"  # noqa: S105 - the variable's name, not a secret
    STACK_NAME = "STACK_NAME"
    SERVICE_NAME = "POWERTOOLS_SERVICE_NAME"
    METRICS_NAMESPACE = "POWERTOOLS_METRICS_NAMESPACE"
    LOG_LEVEL = "POWERTOOLS_LOG_LEVEL"


class Attribute(StrEnum):
    """Message attributes of the topic ``findings`` that subscriptions filter by."""

    RESPONSE = "response"
    NEWS = "news"


# What `notify` is told of: nobody hears of what is only observed.
TOLD_RESPONSES = ("alert", "quarantine")
# What `contain` is told of: it reloads the finding and decides by the ledger, not by these words.
CONTAIN_RESPONSES = ("quarantine",)
CONTAIN_NEWS = ("opened", "reopened", "exemption_ended", "approved", "undone")


def forwarding_stack(stack: str, region: str) -> str:
    """The name of the stack that forwards a further region's events home."""
    return f"{stack}-{region}"
