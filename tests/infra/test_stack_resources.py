"""What the stack is made of: encrypted, recoverable, without names that could clash."""

from typing import Any

import pytest

from passrole.channel import ChannelName
from tests.infra.stack_template import StackTemplate, listed, text

# A template with any other type is rejected as a whole by the emulator that the demonstration runs on.
TYPES = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::DynamoDB::Table",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
}
NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}
OUTPUTS = {
    "LedgerTable",
    "FindingsTopicArn",
    "AlertsTopicArn",
    "IntakeQueueUrl",
    "IntakeDeadLetterQueueUrl",
    "RuleDeadLetterQueueUrl",
    "SecondLooksQueueUrl",
    "SecondLooksDeadLetterQueueUrl",
    "ContainQueueUrl",
    "ContainDeadLetterQueueUrl",
    "EmailQueueUrl",
    "EmailDeadLetterQueueUrl",
    "SweepDeadLetterQueueUrl",
    "TasksQueueUrl",
    "TasksDeadLetterQueueUrl",
    "SelfWatchQueueUrl",
    "SelfWatchDeadLetterQueueUrl",
    "CanaryRuleName",
    "OperatorRoleArn",
    "PasserMayRelease",
    "DetectFunctionName",
    "ContainFunctionName",
    "NotifyFunctionName",
    "SweepFunctionName",
    "RuleNames",
}


def test_stacks_are_made_of_types_that_the_emulator_takes(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        assert stack.types() <= TYPES


def test_nothing_has_a_name_that_could_clash_in_another_stack_or_region(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for kind, name in NAMES.items():
            for resource in stack.of_type(kind).values():
                assert name not in resource


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::SNS::Topic", "KmsMasterKeyId"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
    ],
)
def test_what_holds_messages_is_encrypted_with_the_stacks_own_key(
    stacks: list[StackTemplate], kind: str, member: str
) -> None:
    for stack in stacks:
        (key,) = stack.of_type("AWS::KMS::Key")
        for resource in stack.of_type(kind).values():
            assert text(resource[member]) in (f"${{{key}.Arn}}", f"${{{key}}}")


def test_the_key_rotates_and_outlives_the_stack(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        ((name, key),) = stack.of_type("AWS::KMS::Key").items()
        assert key["EnableKeyRotation"] is True
        assert stack.template["Resources"][name]["DeletionPolicy"] == "Retain"


def test_services_use_the_key_for_this_account_only(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        (key,) = stack.of_type("AWS::KMS::Key").values()
        services = set()
        for statement in key["KeyPolicy"]["Statement"]:
            if "Service" not in statement["Principal"]:
                continue
            service = text(statement["Principal"]["Service"]).split(".")[0]
            services.add(service)
            (condition,) = statement["Condition"].values()
            ((name, value),) = condition.items()
            expected = (
                "kms:EncryptionContext:aws:logs:arn" if service == "logs" else "aws:SourceAccount",
                True,
            )
            # The account itself, or an ARN that holds it.
            assert (name, any(a in text(value) for a in ("${AWS::AccountId}", "111122223333"))) == expected
            assert not [action for action in listed(statement["Action"]) if "*" in action]
        assert services == {"cloudwatch", "events", "logs", "sns"}


def test_the_ledger_is_on_demand_recoverable_and_kept(guard: StackTemplate) -> None:
    ((name, table),) = guard.of_type("AWS::DynamoDB::Table").items()
    (key,) = guard.of_type("AWS::KMS::Key")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert text(table["SSESpecification"]["KMSMasterKeyId"]) == f"${{{key}.Arn}}"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert guard.template["Resources"][name]["DeletionPolicy"] == "Retain"


def test_the_ledger_has_the_keys_and_indexes_of_its_design(guard: StackTemplate) -> None:
    (table,) = guard.of_type("AWS::DynamoDB::Table").values()
    assert _keys(table["KeySchema"]) == ("pk", "sk")
    indexes = {
        i["IndexName"]: (*_keys(i["KeySchema"]), i["Projection"]["ProjectionType"])
        for i in table["GlobalSecondaryIndexes"]
    }
    assert indexes == {
        "findings": ("findings_pk", "findings_sk", "ALL"),
        "roles": ("roles_pk", "roles_sk", "ALL"),
        "outbox": ("outbox_pk", "outbox_sk", "ALL"),
        "passers": ("passers_pk", "passers_sk", "ALL"),
        "services": ("services_pk", "services_sk", "ALL"),
        "days": ("days_pk", "days_sk", "ALL"),
        "standing": ("standing_pk", "standing_sk", "ALL"),
        "held": ("held_pk", "held_sk", "ALL"),
    }
    assert {a["AttributeType"] for a in table["AttributeDefinitions"]} == {"S"}


def test_people_and_tests_find_what_they_need_in_the_outputs(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    assert set(plain.template["Outputs"]) == OUTPUTS
    queues = {name for c in ChannelName for name in (c.queue_output, c.dead_letter_output)}
    more = {"SlackSecretId", "WebhookSecretId", "ChatTopicArn", "QuarantineRoleArn"}
    assert set(guard.template["Outputs"]) == OUTPUTS | queues | more
    assert guard.template["Outputs"]["SlackSecretId"]["Value"] == "passrole/slack"
    held = guard.template["Outputs"]["QuarantineRoleArn"]["Value"]
    assert text(held) == f"${{{guard.role_of('Held')}.Arn}}"
    rules = [name for name in guard.of_type("AWS::Events::Rule") if name.startswith("Intake")]
    assert text(guard.template["Outputs"]["RuleNames"]["Value"]) == ",".join(f"${{{rule}}}" for rule in rules)


def test_whether_passers_may_release_is_in_the_outputs(guard: StackTemplate, plain: StackTemplate) -> None:
    told = [stack.template["Outputs"]["PasserMayRelease"]["Value"] for stack in (guard, plain)]
    assert told == ["true", "false"]


def _keys(schema: list[dict[str, str]]) -> tuple[str, str]:
    by_type = {key["KeyType"]: key["AttributeName"] for key in schema}
    return by_type["HASH"], by_type["RANGE"]


def test_nothing_waits_for_itself(stacks: list[StackTemplate]) -> None:
    """CloudFormation refuses a template whose resources refer to one another in a circle."""
    for stack in stacks:
        resources = stack.template["Resources"]
        waits = {name: _referred(resource) & set(resources) for name, resource in resources.items()}
        while free := {name for name, others in waits.items() if not others & set(waits)}:
            waits = {name: others for name, others in waits.items() if name not in free}
        assert not waits


def _referred(value: Any) -> set[str]:
    """The names of resources in a part of a template."""
    if isinstance(value, list):
        return {name for one in value for name in _referred(one)}
    if not isinstance(value, dict):
        return set()
    found = {name for one in value.values() for name in _referred(one)}
    for member in ("Ref", "DependsOn"):
        named = value.get(member, [])
        found |= {named} if isinstance(named, str) else {name for name in named if isinstance(name, str)}
    if "Fn::GetAtt" in value:
        found.add(value["Fn::GetAtt"][0])
    if "Fn::Sub" in value:
        text = value["Fn::Sub"] if isinstance(value["Fn::Sub"], str) else value["Fn::Sub"][0]
        found |= {part.partition("}")[0].partition(".")[0] for part in text.split("${")[1:]}
    return found
