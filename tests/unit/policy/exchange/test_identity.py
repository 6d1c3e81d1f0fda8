"""The exported identity policy: what is written, what is left out, and why."""

import json
from dataclasses import replace

import pytest

from passrole.policy import Condition, Effect, PolicyStatement, Stage
from passrole.policy.exchange import export_identity
from tests.unit.policy.builders import LAMBDA, a_policy, allow, approving, deny, service_is, tag_is

ANY = "arn:*:iam::*:role/*"


def condition(operator: str, key: str, *values: str) -> Condition:
    return Condition(operator, key, values)


def test_an_approved_entry_is_an_allow() -> None:
    policy = approving(f'{{name: apps for Lambda, roles: ["/app/*"], services: [{LAMBDA}]}}')

    assert export_identity(policy, "aws").document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AppsForLambda",
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": "arn:*:iam::*:role/app/*",
                "Condition": {"StringEquals": {"iam:PassedToService": LAMBDA}},
            }
        ],
    }


@pytest.mark.parametrize(
    ("given", "resource"),
    [
        (condition("StringEquals", "role:Name", "web"), ["arn:*:iam::*:role/web", "arn:*:iam::*:role/*/web"]),
        (condition("StringLike", "role:Name", "*-web"), "arn:*:iam::*:role/*-web"),
        (condition("StringLike", "role:Path", "/app/*"), "arn:*:iam::*:role/app/*"),
        (condition("ArnLike", "role:Arn", "arn:aws:iam::*:role/x*"), "arn:aws:iam::*:role/x*"),
        (condition("StringEquals", "role:Account", "111122223333"), "arn:*:iam::111122223333:role/*"),
        (condition("Bool", "role:ServiceLinked", "true"), "arn:*:iam::*:role/aws-service-role/*"),
    ],
)
@pytest.mark.parametrize("resources", [("*",), (ANY,)])
def test_conditions_on_the_role_become_resources(
    given: Condition, resource: object, resources: tuple[str, ...]
) -> None:
    (written,) = export_identity(a_policy(allow("a", given, resources=resources)), "aws").statements

    assert (written["Resource"], "Condition" in written) == (resource, False)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (allow("a", tag_is("web")), "IAM cannot decide iam:PassRole by the role's tags (role:Tag/team)"),
        (deny("a", tag_is("web")), "IAM cannot decide iam:PassRole by the role's tags (role:Tag/team)"),
        (allow("a", condition("StringEquals", "aws:ResourceTag/t", "x")), "by the role's tags"),
        (allow("a", condition("StringLike", "role:Name", "deploy-*")), "* spans slashes (role:Name)"),
        (allow("a", condition("StringLike", "role:Name", "*web*")), "* spans slashes (role:Name)"),
        (
            allow("a", condition("StringEquals", "role:Name", "web"), resources=("arn:aws:iam::*:role/a*",)),
            "* spans slashes (role:Name)",
        ),
        (allow("a", condition("StringEquals", "role:Path", "/app/")), "* spans slashes (role:Path)"),
        (allow("a", condition("StringNotEquals", "role:Name", "web")), "(role:Name)"),
        (allow("a", condition("StringEquals", "pass:Outcome", "denied")), "before there is an outcome"),
        (allow("a", condition("Bool", "role:Administrator", "true")), "IAM does not know it"),
        (allow("a", resources=("arn:aws:iam::*:role/${role:Tag/team}",)), "by the role's tags"),
        (allow("a", resources=("arn:aws-cn:iam::*:role/x",)), "no role of the partition aws"),
        (replace(allow("a"), actions=("lambda:CreateFunction",)), "which call passes the role"),
        (replace(allow("a"), actions=None, not_actions=("lambda:*",)), "which call passes the role"),
        (replace(allow("a"), actions=None, not_actions=("iam:*",)), "not about iam:PassRole"),
        (replace(deny("a"), response=Stage.OBSERVE), "only observes"),
    ],
)
def test_what_iam_cannot_express_is_left_out_and_told(statement: PolicyStatement, why: str) -> None:
    exported = export_identity(a_policy(statement), "aws")

    (line,) = exported.notes
    assert exported.statements == ()
    assert line.startswith('"a": left out: ')
    assert why in line


def test_two_conditions_on_one_key_do_not_become_one() -> None:
    patterns = ("arn:aws:iam::*:role/a*",), ("arn:aws:iam::*:role/*b",)
    both = (Condition("ArnLike", "aws:PrincipalArn", values) for values in patterns)
    (written,) = export_identity(a_policy(allow("a", *both)), "aws").statements

    assert written["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a*"},
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/*b"},
    }


def test_what_looked_like_a_variable_before_there_were_any_stays_text() -> None:
    old = PolicyStatement(
        "a",
        Effect.ALLOW,
        resources=("arn:aws:iam::*:role/${aws:username}/*",),
        conditions=(Condition("StringEquals", "aws:PrincipalTag/x", ("${y}",), variables=False),),
        variables=False,
    )
    (written,) = export_identity(a_policy(old), "aws").statements

    assert written["Resource"] == "arn:aws:iam::*:role/${$}{aws:username}/*"
    assert written["Condition"] == {"StringEquals": {"aws:PrincipalTag/x": "${$}{y}"}}


def test_names_of_statements_are_made_fit_for_iam_and_unique() -> None:
    exported = export_identity(a_policy(allow("web apps"), allow("web-apps"), allow("é!")), "aws")

    assert [s["Sid"] for s in exported.document["Statement"]] == ["WebApps", "WebApps2", "Statement3"]


def test_the_size_is_without_white_space() -> None:
    exported = export_identity(a_policy(allow("a b", service_is(LAMBDA))), "aws")

    assert exported.size == len(json.dumps(exported.document).replace(" ", ""))
