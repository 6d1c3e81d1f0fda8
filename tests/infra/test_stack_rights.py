"""Least privilege: exact actions, resources named, and a written reason for every wildcard."""

import pytest

from passrole.evidence.grants import ADMINISTRATOR_GRANTS, PASSER_GRANTS
from passrole.references import REFERENCE_GRANTS
from passrole.sweep.grants import ROLE_CHANGE_GRANTS, listing_grants
from tests.infra.granted import ACCOUNT, actions_of, contain_grants, patterns, release_grants
from tests.infra.stack_template import BUS, StackTemplate, listed, text

ANY_ROLE = f"arn:${{AWS::Partition}}:iam::{ACCOUNT}:role/*"
ANY_PROFILE = f"arn:${{AWS::Partition}}:iam::{ACCOUNT}:instance-profile/*"
OWN_STACKS = {
    f"arn:${{AWS::Partition}}:cloudformation:*:{ACCOUNT}:stack/${{AWS::StackName}}{end}"
    for end in ("/*", "-*/*")
}

LEDGER = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}
KEY = {
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
READ_QUEUE = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}
REDRIVE = {
    "sqs:CancelMessageMoveTask",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ListMessageMoveTasks",
    "sqs:ReceiveMessage",
    "sqs:StartMessageMoveTask",
}
FUNCTION = LEDGER | KEY | LOGS
ASKED_FOR = (*ADMINISTRATOR_GRANTS, *PASSER_GRANTS)
ASKING = actions_of(ASKED_FOR)
LOOK_UPS = actions_of(REFERENCE_GRANTS)


def test_no_statement_allows_all_actions_of_anything(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for statement in stack.statements():
            if statement.effect == "Allow":
                assert not [action for action in statement.actions if "*" in action]


def test_no_role_has_a_policy_that_is_not_the_stacks_own(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for role in stack.of_type("AWS::IAM::Role").values():
            assert "ManagedPolicyArns" not in role


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            "Detect",
            FUNCTION
            | READ_QUEUE
            | LOOK_UPS
            | ASKING
            | {"sns:Publish", "sqs:SendMessage", "iam:GetRole", "iam:GetInstanceProfile"},
        ),
        (
            "Contain",
            FUNCTION
            | READ_QUEUE
            | {"sns:Publish", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
            | actions_of(contain_grants()),
        ),
        (
            "Notify",
            FUNCTION
            | READ_QUEUE
            | {"sns:Publish", "dynamodb:DeleteItem", "secretsmanager:GetSecretValue"}
            | {"account:GetAccountInformation", "events:PutEvents"}
            | {"securityhub:BatchImportFindings", "securityhub:BatchUpdateFindings"},
        ),
        (
            "Sweep",
            FUNCTION
            | READ_QUEUE
            | {"sns:Publish", "sqs:SendMessage", "events:PutRule", "iam:PassRole"}
            | ASKING
            | {"iam:GetRole", "iam:GetInstanceProfile"}
            | {"cloudformation:DescribeStackEvents"}
            | actions_of((*ROLE_CHANGE_GRANTS, *listing_grants())),
        ),
        (
            "Operator",
            LEDGER
            | KEY
            | REDRIVE
            | {"sns:Publish", "sqs:SendMessage", "dynamodb:DeleteItem"}
            | actions_of(release_grants()),
        ),
    ],
)
def test_each_part_has_these_rights_and_no_others(
    guard: StackTemplate, part: str, expected: set[str]
) -> None:
    assert guard.actions(part) == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("Detect", {ANY_ROLE, ANY_PROFILE} | patterns(REFERENCE_GRANTS) | patterns(ASKED_FOR)),
        ("Contain", patterns(contain_grants())),
        ("Notify", set()),
        (
            "Sweep",
            {ANY_ROLE, ANY_PROFILE, "*"} | OWN_STACKS | patterns(ASKED_FOR) | patterns(ROLE_CHANGE_GRANTS),
        ),
        ("Operator", patterns(release_grants())),
    ],
)
def test_wildcards_are_those_of_a_list_and_carry_their_reason(
    guard: StackTemplate, part: str, expected: set[str]
) -> None:
    # Given the statements of a part that name resources by a pattern
    open_statements = [s for s in guard.statements(part) if any("*" in r for r in s.resources)]
    # When they are put together, then they are the ones known here, and each policy says why
    assert {resource for s in open_statements for resource in s.resources} == expected
    assert all(statement.reasons for statement in open_statements)
    assert all(len(reason) > 20 for statement in open_statements for reason in statement.reasons)


def test_what_no_condition_asks_for_may_not_be_read(guard: StackTemplate, plain: StackTemplate) -> None:
    assert guard.actions("Detect") - plain.actions("Detect") == actions_of(PASSER_GRANTS)
    assert not plain.actions("Detect") - guard.actions("Detect")


def test_what_findings_need_may_be_read_whatever_the_policy_asks(plain: StackTemplate) -> None:
    assert plain.actions("Detect") >= actions_of(ADMINISTRATOR_GRANTS)
    assert {r for s in plain.statements("Detect") for r in s.resources} >= patterns(ADMINISTRATOR_GRANTS)


def test_operators_return_dead_letters_to_the_queues_that_they_were_meant_for(guard: StackTemplate) -> None:
    # Given the queues that functions read, their dead-letter queues, and the one of the rules
    queues = guard.of_type("AWS::SQS::Queue")
    work = {name: queue["RedrivePolicy"] for name, queue in queues.items() if "RedrivePolicy" in queue}
    dead = {text(policy["deadLetterTargetArn"]) for policy in work.values()}
    (rules,) = (f"${{{name}.Arn}}" for name in queues if "RuleDeadLetters" in name)
    (sweep,) = (f"${{{name}.Arn}}" for name in queues if "SweepingDeadLetters" in name)
    # When an operator returns messages, then from these and to those; what is the sweep's may be deleted
    granted_by = {s.sid: s for s in guard.statements("Operator")}
    assert set(granted_by["MoveDeadLetters"].resources) == dead
    assert set(granted_by["TakeDeadLetters"].resources) == dead | {rules, sweep}
    assert set(granted_by["SendAgain"].resources) == {f"${{{name}.Arn}}" for name in work}
    # and with the key of both, through SQS
    services = granted_by["UseKey"].conditions["StringEquals"]["kms:ViaService"]
    assert "sqs" in {text(service).split(".")[0] for service in services}


def test_conditions_of_grants_are_filled_in(guard: StackTemplate) -> None:
    for statement in guard.statements():
        for keys in statement.conditions.values():
            for values in keys.values():
                assert not [value for value in listed(values) if "{account}" in text(value)]


def test_the_ledger_is_not_scanned_and_indexes_are_listed_by_those_who_need_them(
    guard: StackTemplate,
) -> None:
    listing = {
        (part, resource.rsplit("/", 1)[1])
        for part in ("Detect", "Contain", "Notify", "Sweep", "Operator")
        for statement in guard.statements(part)
        for resource in statement.resources
        if "/index/" in resource
    }
    people = ("findings", "standing", "held", "roles", "passers", "services", "days")
    listed_by_people = {("Operator", index) for index in people}
    swept = {("Sweep", index) for index in ("outbox", "standing", "held", "roles")}
    assert listing == listed_by_people | swept | {("Contain", "roles")}


def test_the_key_is_used_through_services_only(guard: StackTemplate) -> None:
    for statement in guard.statements():
        if statement.sid == "UseKey":
            services = {text(s).split(".")[0] for s in statement.conditions["StringEquals"]["kms:ViaService"]}
            assert services <= {"dynamodb", "sns", "sqs"}
        elif any(action.startswith("kms:") for action in statement.actions):
            # What the event source needs to read an encrypted queue.
            assert statement.actions == ("kms:Decrypt",)


def test_slack_is_read_from_the_one_secret_of_that_name(guard: StackTemplate, plain: StackTemplate) -> None:
    (statement,) = (s for s in guard.statements("Notify") if s.sid == "SlackSecret")
    (resource,) = statement.resources
    assert resource.endswith(f":{ACCOUNT}:secret:passrole/slack-??????")
    assert "secretsmanager:GetSecretValue" not in plain.actions("Notify")


def test_notify_may_send_only_to_the_channels_that_are_configured(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    assert guard.actions("Notify") - plain.actions("Notify") == {
        "secretsmanager:GetSecretValue",
        "events:PutEvents",
        "securityhub:BatchImportFindings",
        "securityhub:BatchUpdateFindings",
    }
    to = {s.sid: s.resources for s in guard.statements("Notify")}
    assert to["PutEvents"] == (BUS,)
    assert to["ImportFindings"][0].endswith(f":product/{ACCOUNT}/default")
    assert to["WebhookSecret"][0].endswith(":secret:passrole/webhook-??????")


def test_operators_of_the_policy_may_take_the_role(guard: StackTemplate) -> None:
    trust = guard.of_type("AWS::IAM::Role")[guard.role_of("Operator")]["AssumeRolePolicyDocument"][
        "Statement"
    ]
    principals = {arn for statement in trust for arn in listed(statement["Principal"]["AWS"])}
    assert principals == {
        "arn:aws:iam::111122223333:role/security/responders",
        "arn:aws:iam::111122223333:user/alice",
    }
    assert {action for statement in trust for action in listed(statement["Action"])} == {"sts:AssumeRole"}


def test_without_operators_the_account_decides_who_may_take_the_role(plain: StackTemplate) -> None:
    role = plain.of_type("AWS::IAM::Role")[plain.role_of("Operator")]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert text(statement["Principal"]["AWS"]) == f"arn:${{AWS::Partition}}:iam::{ACCOUNT}:root"
    assert role["MaxSessionDuration"] == 3600


def test_nobody_writes_into_the_ledger_but_functions_and_operators(
    guard: StackTemplate, plain: StackTemplate
) -> None:
    """CloudTrail's events of what is written are events for data: of forged records no rule tells."""
    for stack in (guard, plain):
        # Given the table
        ((_, table),) = stack.of_type("AWS::DynamoDB::Table").items()
        (denied,) = table["ResourcePolicy"]["PolicyDocument"]["Statement"]
        # When an IAM principal writes a record, in whichever way, then it is denied
        assert (denied["Effect"], denied["Principal"], denied["Resource"]) == ("Deny", {"AWS": "*"}, "*")
        assert set(denied["Action"]) == {
            f"dynamodb:{action}"
            for action in (
                *("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"),
                *("PartiQLDelete", "PartiQLInsert", "PartiQLUpdate"),
            )
        }
        # but those whose work it is
        writers = {s.role for s in stack.statements() if LEDGER & set(s.actions) - {"dynamodb:Query"}}
        allowed = {text(arn) for arn in denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]}
        assert allowed == {f"${{{role}.Arn}}" for role in writers}
        assert denied["Condition"]["Null"] == {"aws:PrincipalArn": "false"}
        assert denied["Condition"]["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}
