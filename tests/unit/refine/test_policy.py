"""The policy of what a role uses."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from passrole.refine.accessed import last_accessed_of
from passrole.refine.policy import Refined, Result, RolePolicy, refine
from passrole.refine.usage import Fate, Usage
from tests.unit.refine.recorded import ROLE, report_answer, service_answer

ACTIONS = {
    "s3": ("CreateBucket", "DeleteBucket", "GetBucketAcl", "GetObject", "GetObjectAcl", "PutObject"),
    "ec2": ("DescribeImages", "DescribeInstances", "RunInstances", "StopInstances"),
    "iam": ("GetRole", "ListRoles", "PassRole"),
    "rds-db": ("connect",),
    "sqs": ("ReceiveMessage", "SendMessage"),
}
LATELY, LONG_AGO = "2026-11-20T10:00:00Z", "2026-06-01T10:00:00Z"
# Of s3, the report tracks what IAM tracks: GetObject, GetObjectAcl and PutObject it does not.
REPORT = (
    service_answer("s3", LATELY, {"CreateBucket": LATELY, "DeleteBucket": None, "GetBucketAcl": LONG_AGO}),
    service_answer("ec2", LATELY, {"RunInstances": LATELY, "StopInstances": None}),
    service_answer("iam", None, {"GetRole": None, "ListRoles": None}),
    service_answer("sqs", LONG_AGO),
    service_answer("rds-db"),
)


def usage(*services: Mapping[str, Any], days: int = 90, **fields: Any) -> Usage:
    report = last_accessed_of([report_answer(*(services or REPORT), **fields)], ROLE)
    return Usage(report, report.made_at - timedelta(days=days), ACTIONS)


def refined(
    *statements: Mapping[str, Any], what: Usage | None = None, version: str = "2012-10-17"
) -> Refined:
    document = {"Version": version, "Statement": list(statements)}
    return refine([RolePolicy("work", document)], what or usage())


def allow(*actions: str, **fields: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions[0] if len(actions) == 1 else list(actions), **fields}


def became(*actions: str, what: Usage | None = None, resource: Any = "*") -> list[str]:
    """What the actions of one statement became."""
    result = refined(allow(*actions, Resource=resource), what=what)
    if result.document is None:
        return []
    action = result.document["Statement"][0]["Action"]
    return [action] if isinstance(action, str) else list(action)


@pytest.mark.parametrize(
    ("action", "kept", "fate"),
    [
        ("s3:CreateBucket", True, Fate.USED),
        ("S3:createbucket", True, Fate.USED),
        ("s3:DeleteBucket", False, Fate.DROPPED),
        ("s3:GetBucketAcl", False, Fate.DROPPED),
        ("s3:GetObject", True, Fate.NOT_TRACKED),
        ("s3:BrandNew", True, Fate.NOT_TRACKED),
        ("iam:GetRole", False, Fate.DROPPED),
        ("iam:PassRole", True, Fate.NO_CALL),
        ("sqs:SendMessage", False, Fate.DROPPED),
        ("rds-db:connect", True, Fate.NO_CALL),
        ("sns:Publish", True, Fate.NOT_LISTED),
    ],
)
def test_only_what_is_known_not_to_be_used_is_dropped(action: str, kept: bool, fate: Fate) -> None:
    result = refined(allow(action, Resource="*"))
    assert became(action) == ([action] if kept else [])
    assert list(result.fates.values()) == [fate]


@pytest.mark.parametrize(
    ("pattern", "actions"),
    [
        ("s3:*", ["s3:CreateBucket", "s3:GetObject*", "s3:PutObject"]),
        ("s3:Get*", ["s3:GetObject*"]),
        ("s3:Get*Acl", ["s3:GetObjectAcl"]),
        ("s3:?et*", ["s3:GetObject", "s3:GetObjectAcl"]),
        ("S3:get*", ["S3:GetObject*"]),
        ("s3:GetObject*", ["s3:GetObject*"]),
        ("s3:Delete*", []),
        ("ec2:*", ["ec2:Describe*", "ec2:RunInstances"]),
        ("iam:*", ["iam:PassRole"]),
        ("iam:Get*", []),
        ("sqs:*", []),
        ("rds-db:*", ["rds-db:*"]),
        ("sns:*", ["sns:*"]),
    ],
)
def test_a_wildcard_becomes_what_it_stands_for_and_is_kept(pattern: str, actions: list[str]) -> None:
    assert became(pattern) == actions


def test_all_actions_become_those_of_the_services_that_are_kept() -> None:
    assert became("*") == [
        *("ec2:Describe*", "ec2:RunInstances", "iam:PassRole", "rds-db:*"),
        *("s3:CreateBucket", "s3:GetObject*", "s3:PutObject"),
    ]


def test_of_what_the_report_does_not_list_only_what_the_resources_can_be_is_kept() -> None:
    only_s3 = usage(service_answer("s3", LATELY))
    assert became("*", what=only_s3, resource="arn:aws:s3:::bucket/*") == ["s3:*"]
    assert became("*", what=only_s3, resource=["arn:aws:s3:::b", "arn:aws:sqs:*:*:q"]) == ["s3:*", "sqs:*"]
    assert became("*", what=only_s3) == ["ec2:*", "iam:*", "rds-db:*", "s3:*", "sqs:*"]


def test_without_any_service_in_the_report_nothing_is_known_to_be_unused() -> None:
    nothing = Usage(last_accessed_of([report_answer()], ROLE), usage().since, ACTIONS)
    assert became("*", "s3:*", "sqs:SendMessage", what=nothing) == ["*", "s3:*", "sqs:SendMessage"]


def test_a_report_of_services_alone_drops_services_alone() -> None:
    alone = usage(service_answer("s3", LATELY), service_answer("sqs"), JobType="SERVICE_LEVEL")
    assert became("s3:*", "s3:DeleteBucket", "sqs:*", what=alone) == ["s3:*", "s3:DeleteBucket"]


def test_days_decide_what_counts_as_used() -> None:
    assert became("sqs:SendMessage", "s3:GetBucketAcl", what=usage(days=365)) == [
        *("sqs:SendMessage", "s3:GetBucketAcl"),
    ]


def test_resource_condition_and_sid_stay() -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}}
    statement = allow("s3:*", Sid="Data", Resource=["arn:aws:s3:::a", "arn:aws:s3:::b"], Condition=condition)

    result = refined(statement)

    assert result.document == {
        "Version": "2012-10-17",
        "Statement": [{**statement, "Action": ["s3:CreateBucket", "s3:GetObject*", "s3:PutObject"]}],
    }


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ({"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}, "it allows nothing"),
        ({"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}, "NotAction"),
        ({"Effect": "Allow", "Action": "sqs:*", "NotResource": "arn:aws:sqs:*:*:q"}, "NotResource"),
        ({"Effect": "Allow", "Resource": "*"}, "no Action"),
    ],
)
def test_what_cannot_be_narrowed_is_kept_as_it_is_and_said(statement: dict[str, Any], why: str) -> None:
    result = refined(statement)
    [told] = result.told
    assert list(result.statements) == [statement]
    assert told.result is Result.AS_IT_IS
    assert why in str(told.why)


def test_what_became_of_each_statement_is_told() -> None:
    result = refined(
        allow("s3:CreateBucket", Resource="*"),
        allow("s3:*", Resource="*", Sid="All"),
        allow("sqs:*", Resource="*"),
    )
    assert [told.to_json() for told in result.told] == [
        {
            "policy": "work",
            "statement": 1,
            "sid": None,
            "result": "kept",
            "why": None,
            "actions": ["s3:CreateBucket"],
        },
        {
            "policy": "work",
            "statement": 2,
            "sid": "All",
            "result": "narrowed",
            "why": None,
            "actions": ["s3:CreateBucket", "s3:GetObject*", "s3:PutObject"],
        },
        {
            "policy": "work",
            "statement": 3,
            "sid": None,
            "result": "dropped",
            "why": None,
            "actions": [],
        },
    ]
    assert result.of(Fate.USED) == ("s3:CreateBucket",)
    assert result.of(Fate.DROPPED) == (
        *("s3:DeleteBucket", "s3:GetBucketAcl", "sqs:ReceiveMessage", "sqs:SendMessage"),
    )
    assert result.of(Fate.NOT_TRACKED) == ("s3:GetObject", "s3:GetObjectAcl", "s3:PutObject")
    assert result.opened


def test_a_sid_stands_once() -> None:
    one = RolePolicy(
        "one", {"Version": "2012-10-17", "Statement": allow("s3:GetObject", Sid="A", Resource="*")}
    )
    two = RolePolicy(
        "two", {"Version": "2012-10-17", "Statement": [allow("s3:PutObject", Sid="A", Resource="*")]}
    )

    result = refine([one, two, two], usage())

    assert [statement["Sid"] for statement in result.statements] == ["A", "A2", "A3"]


@pytest.mark.parametrize("version", ["2008-10-17", ""])
def test_what_was_no_variable_becomes_none(version: str) -> None:
    condition = {"StringLike": {"aws:username": ["${aws:username}", "a"]}}
    statement = allow("s3:GetObject", Resource="arn:aws:s3:::${x}/*", Condition=condition)
    [kept] = refined(statement, version=version).statements
    assert kept["Resource"] == "arn:aws:s3:::${$}{x}/*"
    assert kept["Condition"] == {"StringLike": {"aws:username": ["${$}{aws:username}", "a"]}}


def test_where_nothing_is_used_no_policy_is_left() -> None:
    result = refined(allow("sqs:*", Resource="*"))
    assert (result.document, result.size) == (None, 0)


def test_its_size_is_counted_as_iam_counts() -> None:
    result = refined(allow("s3:GetObject", Resource="arn:aws:s3:::a b"))
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",'
    assert result.size == len(text + '"Resource":"arn:aws:s3:::ab"}]}')


@pytest.mark.parametrize("document", [{}, {"Statement": 5}, {"Statement": [None, "x"]}])
def test_a_document_without_statements_has_none(document: dict[str, Any]) -> None:
    assert refine([RolePolicy("p", document)], usage()).statements == ()
