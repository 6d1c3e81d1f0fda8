"""Which calls change a part of the guard or blind CloudTrail, and which members of the record name the part.

Sources: the API references of the services; "AWS Cloud Control API events" (EventBridge Events Reference);
"Encrypting EventBridge event buses with AWS KMS keys" (EventBridge User Guide); "Logging Lambda API calls
with CloudTrail" (Lambda's event names end in the date of its API, and some in ``v2``). Names of members
count in any case, as CloudTrail writes some otherwise than the APIs do.

Left out is what makes nothing worse: a rule that is enabled, a key that is, logs that are kept longer. So is
reading.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passrole.finding.guard import Trouble

_LAMBDA = "lambda.amazonaws.com"
# All rules are on the default one, and whoever has the key of their patterns and targets can stop them.
BUS = "events:event-bus"
STACK = "cloudformation:stack"
SECRET = "secretsmanager:secret"  # noqa: S105 - a kind of thing
_DATE = re.compile(r"20[0-9]{6}(?:v[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Watched:
    """Calls of one service to one kind of thing.

    Attributes:
        part: the kind of thing, as IAM names resource types.
        names: event names, without what Lambda puts behind them.
        members: of the request and of the response, with dots for members of members.
        is_opaque: the request names the thing by an id that does not tell whose it is.
        is_deployment: people make such calls when they deploy the guard.
        kind: what such a call to a thing of the guard is.
    """

    source: str
    part: str
    names: tuple[str, ...]
    members: tuple[str, ...]
    is_opaque: bool = False
    is_deployment: bool = False
    kind: Trouble = Trouble.GUARD_CHANGED


WATCHED = (
    Watched("events.amazonaws.com", "events:rule", ("DeleteRule", "DisableRule", "PutRule"), ("name",)),
    Watched("events.amazonaws.com", "events:rule", ("PutTargets", "RemoveTargets"), ("rule",)),
    # Without a name either is about the default bus.
    Watched("events.amazonaws.com", BUS, ("UpdateEventBus",), ("name",)),
    Watched("events.amazonaws.com", BUS, ("PutPermission",), ("eventBusName",)),
    Watched(
        _LAMBDA,
        "lambda:function",
        (
            "AddPermission",
            "CreateFunctionUrlConfig",
            "DeleteFunction",
            "DeleteFunctionConcurrency",
            "DeleteFunctionEventInvokeConfig",
            "PutFunctionConcurrency",
            "PutFunctionEventInvokeConfig",
            "PutFunctionRecursionConfig",
            "PutRuntimeManagementConfig",
            "RemovePermission",
            "UpdateFunctionCode",
            "UpdateFunctionConfiguration",
            "UpdateFunctionEventInvokeConfig",
        ),
        ("functionName",),
    ),
    Watched(
        _LAMBDA,
        "lambda:event-source-mapping",
        ("CreateEventSourceMapping",),
        ("functionName", "eventSourceArn"),
    ),
    Watched(
        _LAMBDA,
        "lambda:event-source-mapping",
        ("DeleteEventSourceMapping", "UpdateEventSourceMapping"),
        ("functionArn", "eventSourceArn"),  # of the response
        is_opaque=True,
    ),
    Watched(
        _LAMBDA,
        "lambda:layer",
        ("AddLayerVersionPermission", "DeleteLayerVersion", "RemoveLayerVersionPermission"),
        ("layerName",),
    ),
    Watched(
        "sqs.amazonaws.com",
        "sqs:queue",
        ("AddPermission", "DeleteQueue", "PurgeQueue", "RemovePermission", "SetQueueAttributes"),
        ("queueUrl",),
    ),
    Watched(
        "sns.amazonaws.com",
        "sns:topic",
        (
            "AddPermission",
            "DeleteTopic",
            "PutDataProtectionPolicy",
            "RemovePermission",
            "SetTopicAttributes",
            "Subscribe",
        ),
        ("topicArn", "resourceArn"),
    ),
    Watched(
        "sns.amazonaws.com",
        "sns:subscription",
        ("SetSubscriptionAttributes", "Unsubscribe"),
        ("subscriptionArn",),
    ),
    Watched(
        "dynamodb.amazonaws.com",
        "dynamodb:table",
        (
            "DeleteResourcePolicy",
            "DeleteTable",
            "EnableKinesisStreamingDestination",
            "PutResourcePolicy",
            "UpdateContinuousBackups",
            "UpdateTable",
            "UpdateTimeToLive",
        ),
        ("tableName", "resourceArn"),
    ),
    Watched(
        "kms.amazonaws.com",
        "kms:key",
        ("DisableKey", "DisableKeyRotation", "PutKeyPolicy", "RevokeGrant", "ScheduleKeyDeletion"),
        ("keyId",),
    ),
    Watched(
        "iam.amazonaws.com",
        "iam:role",
        (
            "AttachRolePolicy",
            "DeleteRole",
            "DeleteRolePermissionsBoundary",
            "DeleteRolePolicy",
            "DetachRolePolicy",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
            "UpdateRole",
        ),
        ("roleName",),
    ),
    Watched(
        "iam.amazonaws.com",
        "iam:policy",
        ("CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"),
        ("policyArn",),
    ),
    Watched(
        "logs.amazonaws.com",
        "logs:log-group",
        (
            "AssociateKmsKey",
            "DeleteLogGroup",
            "DeleteLogStream",
            "DeleteSubscriptionFilter",
            "DisassociateKmsKey",
            "PutRetentionPolicy",
            "PutSubscriptionFilter",
        ),
        ("logGroupName", "resourceIdentifier"),
    ),
    Watched(
        "monitoring.amazonaws.com",
        "cloudwatch:alarm",
        ("DeleteAlarms", "DisableAlarmActions", "PutAlarmMuteRule", "PutMetricAlarm", "SetAlarmState"),
        ("alarmName", "alarmNames", "muteTargets.alarmNames"),
    ),
    # Whoever changes one of the guard's diverts a channel.
    Watched(
        "secretsmanager.amazonaws.com",
        SECRET,
        (
            "DeleteSecret",
            "PutResourcePolicy",
            "PutSecretValue",
            "RotateSecret",
            "UpdateSecret",
            "UpdateSecretVersionStage",
        ),
        ("secretId",),
    ),
    Watched("monitoring.amazonaws.com", "cloudwatch:dashboard", ("DeleteDashboards",), ("dashboardNames",)),
    Watched(
        "cloudformation.amazonaws.com",
        STACK,
        ("DeleteStack", "SetStackPolicy", "UpdateTerminationProtection"),
        ("stackName",),
    ),
    # It takes resources out of a stack, so that another's deletion is theirs.
    Watched("cloudformation.amazonaws.com", STACK, ("CreateStackRefactor",), ("stackDefinitions.stackName",)),
    Watched(
        "cloudformation.amazonaws.com",
        STACK,
        ("CancelUpdateStack", "ContinueUpdateRollback", "ExecuteChangeSet", "RollbackStack", "UpdateStack"),
        ("stackName",),
        is_deployment=True,
    ),
    # It makes the calls of whatever service in CloudFormation's way.
    Watched(
        "cloudcontrolapi.amazonaws.com",
        "cloudcontrol:resource",
        ("DeleteResource", "UpdateResource"),
        ("identifier",),
    ),
    Watched(
        "cloudtrail.amazonaws.com",
        "cloudtrail:trail",
        ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"),
        ("name", "trailName"),
        kind=Trouble.TRAIL_BLINDED,
    ),
)
_BY_CALL = {(watched.source, name): watched for watched in WATCHED for name in watched.names}


def watched_by(record: Mapping[str, Any]) -> Watched | None:
    """The row of a record's call; None for all calls that change nothing of the guard, whoever makes them."""
    source, name = record.get("eventSource"), record.get("eventName")
    if not isinstance(source, str) or not isinstance(name, str):
        return None
    return _BY_CALL.get((source, bare_name(source, name)))


def bare_name(source: str, name: str) -> str:
    """An event's name without what Lambda puts behind it."""
    if source != _LAMBDA:
        return name
    found = _DATE.search(name)
    return name[: found.start()] if found and found.end() == len(name) else name


def names_with_suffixes(source: str) -> bool:
    """Whether a service's event names may have something behind the API's."""
    return source == _LAMBDA
