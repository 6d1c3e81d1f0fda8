"""CloudTrail records of calls to the guard's things, in the shapes that CloudTrail writes them."""

from typing import Any

from passrole.selfwatch import OwnAct, OwnResources
from tests.unit.samples import ACCOUNT, REGION

STACK = "PassRoleGuardrail"
KEY = "0f3c1d2e-4b5a-6978-8899-aabbccddeeff"
LAYER = "PolicyLayer1A2B3C4D"
RULE = f"{STACK}-IntakeCalls01E97ED48-1TBAOF2WSJFVT"
FUNCTION = f"{STACK}-DetectionDetectFunctionBD3D973B-4C4177FF1D57"
QUEUE = f"{STACK}-IntakeEventsQueue5D8A5F3B-9Zk2VxQwErTy"
TOPIC = f"{STACK}-FindingsTopic4D9F1A2B-AbCdEfGhIjKl"
TABLE = f"{STACK}-LedgerTable3C5D7E9F-1A2B3C4D5E6F7"
ROLE = f"{STACK}-SweepingSweepRole8E7D6C5B-a1b2c3d4e5f6"
POLICY = f"{STACK}-QuarantineContainPolicy1-a1b2c3d4e5f6"
LOGS = f"{STACK}-DetectionDetectLogs0A1B2C3D-x9y8z7w6v5u4"
ALARM = f"{STACK}-MonitoringDetectFails7B8C9D0E-A1B2C3D4E5F6"
CANARY = f"{STACK}-CanaryRule5E6F7A8B-1TBAOF2WSJFVT"
CANARY_ROLE = f"arn:aws:iam::{ACCOUNT}:role/passrole-guardrail/{ROLE}"
QUEUE_URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{QUEUE}"
ALICE = f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/alice"

SECRET = "passrole/slack"

OWN = OwnResources(
    stack=STACK,
    identifiers=frozenset({KEY, LAYER}),
    secrets=frozenset({SECRET}),
    acts=frozenset({OwnAct(CANARY_ROLE, "events.amazonaws.com", "PutRule", CANARY)}),
)


def arn(service: str, resource: str) -> str:
    region = "" if service == "iam" else REGION
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


def call(service: str, name: str, request: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The record of a call that alice made."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:alice",
            "arn": ALICE,
            "accountId": ACCOUNT,
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/Developer"}
            },
        },
        "eventTime": "2026-11-22T12:00:00Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.9",
        "requestParameters": request,
        "responseElements": None,
        "eventID": "11111111-2222-3333-4444-555555555555",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        **fields,
    }


def denied(record: dict[str, Any], action: str, resource: str | None = None) -> dict[str, Any]:
    """The same call as IAM denies it: often without its request."""
    on = f" on resource: {resource}" if resource else ""
    return record | {
        "errorCode": "AccessDenied",
        "errorMessage": f"User: {ALICE} is not authorized to perform: {action}{on} because no "
        f"identity-based policy allows the {action} action",
        "requestParameters": None,
    }


def by(record: dict[str, Any], **identity: Any) -> dict[str, Any]:
    """The same call with other facts about who made it."""
    return record | {"userIdentity": record["userIdentity"] | identity}


# A call of each kind to the guard's things: its record, and the name of the thing.
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "rule deleted": (call("events", "DeleteRule", {"name": RULE, "force": False}), RULE),
    "rule disabled": (call("events", "DisableRule", {"name": RULE, "eventBusName": "default"}), RULE),
    "rule replaced": (call("events", "PutRule", {"name": RULE, "state": "DISABLED"}), RULE),
    "target removed": (call("events", "RemoveTargets", {"rule": RULE, "ids": ["Guard"]}), RULE),
    "target replaced": (call("events", "PutTargets", {"rule": RULE, "targets": [{"id": "Guard"}]}), RULE),
    "function deleted": (call("lambda", "DeleteFunction20150331", {"functionName": FUNCTION}), FUNCTION),
    "code by ARN": (
        call(
            "lambda",
            "UpdateFunctionCode20150331v2",
            {"functionName": arn("lambda", f"function:{FUNCTION}"), "publish": True, "dryRun": False},
        ),
        FUNCTION,
    ),
    "configuration by partial ARN": (
        call(
            "lambda",
            "UpdateFunctionConfiguration20150331v2",
            {"functionName": f"{ACCOUNT}:function:{FUNCTION}:live", "environment": {}},
        ),
        FUNCTION,
    ),
    "concurrency zero": (
        call(
            "lambda",
            "PutFunctionConcurrency20171031",
            {"functionName": FUNCTION, "reservedConcurrentExecutions": 0},
        ),
        FUNCTION,
    ),
    "concurrency without a date": (
        call("lambda", "DeleteFunctionConcurrency", {"functionName": FUNCTION}),
        FUNCTION,
    ),
    "permission added": (
        call(
            "lambda",
            "AddPermission20150331v2",
            {"functionName": FUNCTION, "statementId": "x", "action": "lambda:*", "principal": "*"},
        ),
        FUNCTION,
    ),
    "mapping disabled": (
        call(
            "lambda",
            "UpdateEventSourceMapping20150331",
            {"uUID": "7c0f8a52-1111-2222-3333-444455556666", "enabled": False},
            responseElements={
                "uUID": "7c0f8a52-1111-2222-3333-444455556666",
                "functionArn": arn("lambda", f"function:{FUNCTION}"),
                "eventSourceArn": arn("sqs", QUEUE),
            },
        ),
        FUNCTION,
    ),
    "mapping that takes the queue's messages": (
        call(
            "lambda",
            "CreateEventSourceMapping20150331",
            {"functionName": "thief", "eventSourceArn": arn("sqs", QUEUE)},
        ),
        QUEUE,
    ),
    "layer deleted": (
        call("lambda", "DeleteLayerVersion20181031", {"layerName": LAYER, "versionNumber": 3}),
        LAYER,
    ),
    "queue deleted": (call("sqs", "DeleteQueue", {"queueUrl": QUEUE_URL}), QUEUE),
    "queue purged": (call("sqs", "PurgeQueue", {"queueUrl": QUEUE_URL}), QUEUE),
    "queue's policy": (
        call("sqs", "SetQueueAttributes", {"queueUrl": QUEUE_URL, "attributes": {"Policy": ""}}),
        QUEUE,
    ),
    "topic deleted": (call("sns", "DeleteTopic", {"topicArn": arn("sns", TOPIC)}), TOPIC),
    "topic's policy": (
        call("sns", "SetTopicAttributes", {"topicArn": arn("sns", TOPIC), "attributeName": "Policy"}),
        TOPIC,
    ),
    "stranger subscribed": (
        call("sns", "Subscribe", {"topicArn": arn("sns", TOPIC), "protocol": "email"}),
        TOPIC,
    ),
    "unsubscribed": (
        call("sns", "Unsubscribe", {"subscriptionArn": arn("sns", f"{TOPIC}:f248de18-2cf6-578c")}),
        TOPIC,
    ),
    "filter changed": (
        call(
            "sns",
            "SetSubscriptionAttributes",
            {"subscriptionArn": arn("sns", f"{TOPIC}:f248de18"), "attributeName": "FilterPolicy"},
        ),
        TOPIC,
    ),
    "table deleted": (call("dynamodb", "DeleteTable", {"tableName": TABLE}), TABLE),
    "deletion protection off": (
        call("dynamodb", "UpdateTable", {"tableName": TABLE, "deletionProtectionEnabled": False}),
        TABLE,
    ),
    "recovery off": (call("dynamodb", "UpdateContinuousBackups", {"tableName": TABLE}), TABLE),
    "records expire": (call("dynamodb", "UpdateTimeToLive", {"tableName": TABLE}), TABLE),
    "the table takes one write a second": (
        call("dynamodb", "UpdateTable", {"tableName": arn("dynamodb", f"table/{TABLE}")}),
        TABLE,
    ),
    "table's policy": (
        call("dynamodb", "PutResourcePolicy", {"resourceArn": arn("dynamodb", f"table/{TABLE}")}),
        TABLE,
    ),
    "key disabled": (call("kms", "DisableKey", {"keyId": KEY}), KEY),
    "key to be deleted": (
        call("kms", "ScheduleKeyDeletion", {"keyId": arn("kms", f"key/{KEY}"), "pendingWindowInDays": 7}),
        KEY,
    ),
    "key's policy, by its alias": (
        call(
            "kms",
            "PutKeyPolicy",
            {"keyId": "alias/some", "policyName": "default"},
            resources=[{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn("kms", f"key/{KEY}")}],
        ),
        KEY,
    ),
    "role deleted": (call("iam", "DeleteRole", {"roleName": ROLE}), ROLE),
    "denied all": (call("iam", "PutRolePolicy", {"roleName": ROLE, "policyName": "deny"}), ROLE),
    "boundary": (call("iam", "PutRolePermissionsBoundary", {"roleName": ROLE}), ROLE),
    "trust": (call("iam", "UpdateAssumeRolePolicy", {"roleName": ROLE, "policyDocument": "{}"}), ROLE),
    "managed policy": (
        call("iam", "CreatePolicyVersion", {"policyArn": arn("iam", f"policy/{POLICY}")}),
        POLICY,
    ),
    "all is denied to the role": (
        call(
            "iam", "AttachRolePolicy", {"roleName": ROLE, "policyArn": "arn:aws:iam::aws:policy/AWSDenyAll"}
        ),
        ROLE,
    ),
    "another version of the managed policy": (
        call("iam", "SetDefaultPolicyVersion", {"policyArn": arn("iam", f"policy/{POLICY}")}),
        POLICY,
    ),
    "the rules' permission removed": (
        call("sqs", "RemovePermission", {"queueUrl": QUEUE_URL, "label": "RulesOfThisStack"}),
        QUEUE,
    ),
    "the alarms' permission removed": (
        call("sns", "RemovePermission", {"topicArn": arn("sns", TOPIC), "label": "AlarmsOfThisAccount"}),
        TOPIC,
    ),
    "the schedule's permission removed": (
        call("lambda", "RemovePermission20150331v2", {"functionName": FUNCTION, "statementId": "x"}),
        FUNCTION,
    ),
    "rule deleted by Cloud Control": (
        call(
            "cloudcontrolapi",
            "DeleteResource",
            {"typeName": "AWS::Events::Rule", "identifier": arn("events", f"rule/{RULE}")},
        ),
        RULE,
    ),
    "role's policy deleted by Cloud Control": (
        call(
            "cloudcontrolapi",
            "DeleteResource",
            {"typeName": "AWS::IAM::RolePolicy", "identifier": f"DefaultPolicy|{ROLE}"},
        ),
        ROLE,
    ),
    "logs deleted": (call("logs", "DeleteLogGroup", {"logGroupName": LOGS}), LOGS),
    "logs kept a day": (
        call("logs", "PutRetentionPolicy", {"logGroupName": LOGS, "retentionInDays": 1}),
        LOGS,
    ),
    "one of several alarms deleted": (
        call("monitoring", "DeleteAlarms", {"alarmNames": ["TargetTracking-x", ALARM]}),
        ALARM,
    ),
    "alarm's actions disabled": (
        call("monitoring", "DisableAlarmActions", {"alarmNames": [ALARM]}),
        ALARM,
    ),
    "alarm replaced": (
        call("monitoring", "PutMetricAlarm", {"alarmName": ALARM, "threshold": 1e9}),
        ALARM,
    ),
    "alarm muted": (
        call("monitoring", "PutAlarmMuteRule", {"name": "m", "muteTargets": {"alarmNames": [ALARM]}}),
        ALARM,
    ),
    "alarm set to OK": (
        call("monitoring", "SetAlarmState", {"alarmName": ALARM, "stateValue": "OK"}),
        ALARM,
    ),
    "stack deleted": (call("cloudformation", "DeleteStack", {"stackName": STACK}), STACK),
    "secret with Slack's address replaced": (
        call("secretsmanager", "PutSecretValue", {"secretId": SECRET, "clientRequestToken": "x"}),
        SECRET,
    ),
    "secret deleted, by ARN": (
        call(
            "secretsmanager", "DeleteSecret", {"secretId": arn("secretsmanager", f"secret:{SECRET}-AbCdEf")}
        ),
        SECRET,
    ),
    "stack updated": (
        call("cloudformation", "UpdateStack", {"stackName": STACK, "usePreviousTemplate": True}),
        STACK,
    ),
    "change set executed": (
        call(
            "cloudformation",
            "ExecuteChangeSet",
            {"stackName": STACK, "changeSetName": "cdk-deploy-change-set"},
        ),
        STACK,
    ),
    "stack's policy": (
        call("cloudformation", "SetStackPolicy", {"stackName": STACK, "stackPolicyBody": "{}"}),
        STACK,
    ),
    "resources taken out of the stack": (
        call("cloudformation", "CreateStackRefactor", {"stackDefinitions": [{"stackName": STACK}]}),
        STACK,
    ),
    "stack of a region deleted, by ARN": (
        call(
            "cloudformation",
            "DeleteStack",
            {"stackName": arn("cloudformation", f"stack/{STACK}-us-east-1/0a1b2c3d-1111")},
        ),
        f"{STACK}-us-east-1",
    ),
}
# Of another stack, or of the guard's: a change set's ARN does not tell.
CHANGE_SET = call(
    "cloudformation", "ExecuteChangeSet", {"changeSetName": arn("cloudformation", "changeSet/mine/0a1b2c3d")}
)
# Who disables this key afterwards stops all rules of the bus.
BUS = call("events", "UpdateEventBus", {"name": "default", "kmsKeyIdentifier": "alias/strangers"})
TRAILS = {
    name: call("cloudtrail", name, {member: arn("cloudtrail", "trail/management-events")})
    for name, member in (
        ("StopLogging", "name"),
        ("DeleteTrail", "name"),
        ("UpdateTrail", "name"),
        ("PutEventSelectors", "trailName"),
    )
}
