"""Who beyond the account may take a role, and what is wrong with it."""

from typing import Any

import pytest

from passrole.refine.access import Access, Kind, accesses_of
from tests.unit.samples import ACCOUNT

OTHER = "444455556666"
ROOT = f"arn:aws:iam::{OTHER}:root"
PROVIDERS = f"arn:aws:iam::{ACCOUNT}:oidc-provider"
GITHUB = f"{PROVIDERS}/token.actions.githubusercontent.com"
SUB = "token.actions.githubusercontent.com:sub"
BY_TOKEN = "sts:AssumeRoleWithWebIdentity"


def trust(principal: Any, action: Any = "sts:AssumeRole", **fields: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **fields}
    return {"Version": "2012-10-17", "Statement": [statement]}


def only(document: dict[str, Any]) -> Access:
    [access] = accesses_of(document, ACCOUNT)
    return access


@pytest.mark.parametrize(
    ("principal", "kind", "account"),
    [
        ("*", Kind.EVERYONE, None),
        ({"AWS": "*"}, Kind.EVERYONE, None),
        ({"AWS": OTHER}, Kind.ACCOUNT, OTHER),
        ({"AWS": ROOT}, Kind.ACCOUNT, OTHER),
        ({"aws": [f"arn:aws:iam::{OTHER}:role/x/ci"]}, Kind.ROLE, OTHER),
        ({"AWS": f"arn:aws:iam::{OTHER}:user/anna"}, Kind.USER, OTHER),
        ({"AWS": f"arn:aws:sts::{OTHER}:assumed-role/ci/one"}, Kind.SESSION, OTHER),
        ({"AWS": "AROAEXAMPLE123"}, Kind.DELETED, None),
        ({"AWS": "AIDAEXAMPLE123"}, Kind.DELETED, None),
        ({"AWS": "what?"}, Kind.OTHER, None),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}, Kind.OTHER, None),
        ({"Service": "lambda.amazonaws.com"}, Kind.SERVICE, None),
    ],
)
def test_what_a_principal_is(principal: Any, kind: Kind, account: str | None) -> None:
    access = only(trust(principal))
    assert (access.kind, access.account) == (kind, account)


def test_providers_let_in_whom_they_vouch_for() -> None:
    saml = trust({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"}, "sts:AssumeRoleWithSAML")
    assert (only(saml).kind, only(saml).problem) == (Kind.SAML, None)
    assert only(trust({"Federated": GITHUB}, BY_TOKEN)).kind is Kind.OIDC


def test_who_is_of_the_account_is_not_beyond_it() -> None:
    mine = [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:user/anna"]
    assert accesses_of(trust({"AWS": mine}), ACCOUNT) == ()


def test_all_but_some_is_everyone() -> None:
    document = {"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": ROOT}, "Action": "sts:*"}}
    assert only(document).kind is Kind.EVERYONE


@pytest.mark.parametrize(
    ("principal", "action"),
    [
        ({"AWS": ROOT}, "sts:TagSession"),
        ({"AWS": ROOT}, "sts:AssumeRoleWithSAML"),
        ({"Federated": GITHUB}, "sts:AssumeRole"),
    ],
)
def test_what_does_not_take_the_role_is_no_access(principal: Any, action: str) -> None:
    assert accesses_of(trust(principal, action), ACCOUNT) == ()
    assert len(accesses_of(trust(principal, "*"), ACCOUNT)) == 1


def test_denials_let_nobody_in() -> None:
    assert accesses_of(trust("*", Effect="Deny"), ACCOUNT) == ()


@pytest.mark.parametrize("document", [{}, {"Statement": 5}, trust(7), trust({"AWS": {}}, Condition=[1])])
def test_any_document_has_an_answer(document: Any) -> None:
    assert accesses_of(document, ACCOUNT) == ()


ORGANIZATION = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}


@pytest.mark.parametrize(
    ("condition", "is_wrong"),
    [
        ({}, True),
        ({"StringEquals": {"sts:ExternalId": "3c1"}}, False),
        ({"StringEquals": {"STS:externalid": ["3c1", "4d2"]}}, False),
        ({"StringLike": {"sts:ExternalId": "acme-*"}}, False),
        ({"StringLike": {"sts:ExternalId": "*"}}, True),
        ({"StringLike": {"sts:ExternalId": ["acme", "**"]}}, True),
        ({"StringEqualsIfExists": {"sts:ExternalId": "3c1"}}, True),
        ({"StringNotEquals": {"sts:ExternalId": "3c1"}}, True),
        ({"ForAllValues:StringEquals": {"sts:ExternalId": "3c1"}}, True),
        ({"ForAnyValue:StringEquals": {"sts:ExternalId": "3c1"}}, False),
        ({"Null": {"sts:ExternalId": "false"}}, True),
        ({"StringEquals": {"sts:ExternalId": []}}, True),
        ({"StringEquals": ORGANIZATION}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ],
)
def test_another_account_must_say_for_whom_it_works(condition: Any, is_wrong: bool) -> None:
    for principal in (ROOT, f"arn:aws:iam::{OTHER}:role/ci"):
        problem = only(trust({"AWS": principal}, Condition=condition)).problem
        assert (problem is not None and "sts:ExternalId" in problem) is is_wrong


@pytest.mark.parametrize(
    ("condition", "is_wrong"),
    [
        ({}, True),
        ({"StringEquals": ORGANIZATION}, False),
        ({"StringEquals": {"sts:ExternalId": "3c1"}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": OTHER}}, False),
        ({"StringLike": {"aws:PrincipalAccount": "4444*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/ci-*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": [f"arn:aws:iam::{OTHER}:role/ci", "arn:*"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
    ],
)
def test_everyone_must_be_narrowed_to_some(condition: Any, is_wrong: bool) -> None:
    problem = only(trust("*", Condition=condition)).problem
    assert (problem is not None and "anybody" in problem) is is_wrong


def test_who_was_deleted_is_needed_by_nobody() -> None:
    problem = only(trust({"AWS": "AROAEXAMPLE123"}, Condition={"StringEquals": ORGANIZATION})).problem
    assert problem is not None
    assert "deleted" in problem


def test_services_are_told_with_their_conditions() -> None:
    condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": "arn:*:sns:*"}}
    access = only(trust({"Service": "sns.amazonaws.com"}, Condition=condition))

    assert access.problem is None
    assert [c.to_json() for c in access.conditions] == [
        {"operator": "StringEquals", "key": "aws:SourceAccount", "values": [ACCOUNT]},
        {"operator": "ArnLike", "key": "aws:SourceArn", "values": ["arn:*:sns:*"]},
    ]


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ({}, "is not asked for"),
        ({"StringEquals": {SUB.replace("sub", "aud"): "sts.amazonaws.com"}}, "is not asked for"),
        ({"StringEqualsIfExists": {SUB: "repo:acme/web:ref:refs/heads/main"}}, "is not asked for"),
        ({"StringLike": {SUB: "*"}}, "is not asked for"),
        ({"StringEquals": {SUB: "repo:acme/web:ref:refs/heads/main"}}, None),
        ({"StringEquals": {SUB: "repo:acme/*"}}, None),
        ({"StringLike": {SUB: "repo:acme/web:environment:prod"}}, None),
        ({"StringLike": {SUB: "repo:acme/web:*"}}, "all that fits it"),
        ({"StringLike": {SUB: "repo:acme/*"}}, "all that fits it"),
        ({"StringLike": {SUB: "repo:acme*"}}, "more than one owner"),
        ({"StringLike": {SUB: "repo:*"}}, "more than one owner"),
        ({"StringLike": {SUB: "repo:?cme/web:*"}}, "more than one owner"),
        ({"StringLike": {SUB: ["repo:acme/web:*", "repo:*/web:*"]}}, "more than one owner"),
        ({"StringLike": {SUB: ["repo:acme/web:ref:refs/heads/main", "repo:acme/web:*"]}}, "all that fits it"),
        ({"StringLike": {SUB: "repo:*"}, "StringEquals": {SUB: "repo:acme/web:pull_request"}}, None),
    ],
)
def test_whom_a_provider_vouches_for_must_be_named(condition: Any, problem: str | None) -> None:
    found = only(trust({"Federated": GITHUB}, BY_TOKEN, Condition=condition)).problem
    assert (problem is None) is (found is None)
    assert problem is None or problem in str(found)


@pytest.mark.parametrize(
    ("provider", "subject", "problem"),
    [
        ("gitlab.com", "project_path:acme/web:*", "all that fits it"),
        ("gitlab.com", "project_path:*", "more than one owner"),
        ("app.terraform.io", "organization:acme:project:*", "all that fits it"),
        ("app.terraform.io", "organization:*", "more than one owner"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED5", "system:serviceaccount:web:*", "all that fits it"),
    ],
)
def test_providers_write_their_subjects_each_in_their_way(provider: str, subject: str, problem: str) -> None:
    condition = {"StringLike": {f"{provider}:sub": subject}}
    found = only(trust({"Federated": f"{PROVIDERS}/{provider}"}, BY_TOKEN, Condition=condition)).problem
    assert problem in str(found)


@pytest.mark.parametrize(
    ("provider", "claim"),
    [
        ("cognito-identity.amazonaws.com", "aud"),
        ("accounts.google.com", "aud"),
        ("graph.facebook.com", "app_id"),
        ("www.amazon.com", "app_id"),
    ],
)
def test_where_everybody_signs_in_the_application_must_be_named(provider: str, claim: str) -> None:
    named = {"StringEquals": {f"{provider}:{claim}": "eu-west-1:1a2b"}}
    assert only(trust({"Federated": provider}, BY_TOKEN, Condition=named)).problem is None
    found = only(trust({"Federated": provider}, BY_TOKEN)).problem
    assert f"{provider}:{claim} is not asked for" in str(found)
