"""How the deployed guard is found: the name of its CloudFormation stack, and the outputs that it has."""

from enum import StrEnum

DEFAULT_STACK = "PassRoleGuardrail"


class Output(StrEnum):
    """Outputs of the guard's stack: ``infra/`` writes them, commands read them.

    The queues of the channels are named by `ChannelName` besides.
    """

    LEDGER_TABLE = "LedgerTable"
    FINDINGS_TOPIC_ARN = "FindingsTopicArn"
    ALERTS_TOPIC_ARN = "AlertsTopicArn"
    CHAT_TOPIC_ARN = "ChatTopicArn"
    INTAKE_QUEUE_URL = "IntakeQueueUrl"
    INTAKE_DEAD_LETTER_QUEUE_URL = "IntakeDeadLetterQueueUrl"
    RULE_DEAD_LETTER_QUEUE_URL = "RuleDeadLetterQueueUrl"
    SECOND_LOOKS_QUEUE_URL = "SecondLooksQueueUrl"
    SECOND_LOOKS_DEAD_LETTER_QUEUE_URL = "SecondLooksDeadLetterQueueUrl"
    CONTAIN_QUEUE_URL = "ContainQueueUrl"
    CONTAIN_DEAD_LETTER_QUEUE_URL = "ContainDeadLetterQueueUrl"
    SWEEP_DEAD_LETTER_QUEUE_URL = "SweepDeadLetterQueueUrl"
    TASKS_QUEUE_URL = "TasksQueueUrl"
    TASKS_DEAD_LETTER_QUEUE_URL = "TasksDeadLetterQueueUrl"
    SELF_WATCH_QUEUE_URL = "SelfWatchQueueUrl"
    SELF_WATCH_DEAD_LETTER_QUEUE_URL = "SelfWatchDeadLetterQueueUrl"
    OPERATOR_ROLE_ARN = "OperatorRoleArn"
    QUARANTINE_ROLE_ARN = "QuarantineRoleArn"
    PASSER_MAY_RELEASE = "PasserMayRelease"
    DETECT_FUNCTION_NAME = "DetectFunctionName"
    CONTAIN_FUNCTION_NAME = "ContainFunctionName"
    NOTIFY_FUNCTION_NAME = "NotifyFunctionName"
    SWEEP_FUNCTION_NAME = "SweepFunctionName"
    RULE_NAMES = "RuleNames"
    CANARY_RULE_NAME = "CanaryRuleName"
    SLACK_SECRET_ID = "SlackSecretId"  # noqa: S105 - the output's name, not a secret
    WEBHOOK_SECRET_ID = "WebhookSecretId"  # noqa: S105 - the output's name, not a secret
