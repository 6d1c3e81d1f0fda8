"""Statements, and what they say together, by tables.

The pages of the IAM User Guide: "Policy evaluation logic", "IAM JSON policy elements: Action", "… NotAction",
"… Resource", "… NotResource", "… Condition", "Grammar of the IAM JSON policy language".
"""

from typing import Any

import pytest

from passrole.language import Condition, Effect, FlatContext, Ruling, Statement, Truth, decide
from tests.unit.language.holding import F, T, U

ALLOWED, EXPLICIT, IMPLICIT, OPEN = (
    Ruling.ALLOWED,
    Ruling.EXPLICIT_DENY,
    Ruling.IMPLICIT_DENY,
    Ruling.UNDETERMINED,
)
WEB = "arn:aws:iam::111122223333:role/app/web"


def statement(effect: Effect, truth: Truth) -> Statement:
    """A statement that applies, does not, or is open, in the context of `CONTEXT`."""
    return Statement("s", effect, conditions=(Condition("StringEquals", str(truth), ("x",)),))


CONTEXT = FlatContext({"true": "x", "false": "y", "unknown": None})


@pytest.mark.parametrize(
    ("allows", "denies", "ruling"),
    [
        # "By default, all requests are implicitly denied."
        ([], [], IMPLICIT),
        ([F], [], IMPLICIT),
        ([], [F], IMPLICIT),
        ([F, F], [F], IMPLICIT),
        # "An explicit allow in a policy overrides the default implicit deny."
        ([T], [], ALLOWED),
        ([F, T], [F], ALLOWED),
        # "An explicit deny in any policy overrides any allows."
        ([T], [T], EXPLICIT),
        ([], [T], EXPLICIT),
        ([T, T], [F, T], EXPLICIT),
        # Unknown: only where it could change what is decided (rule 2 of the design).
        ([U], [], OPEN),
        ([U, T], [], ALLOWED),
        ([U], [T], EXPLICIT),
        ([T], [U], OPEN),
        ([U], [U], OPEN),
        ([T], [U, T], EXPLICIT),
        ([], [U], IMPLICIT),
        ([F], [U], IMPLICIT),
        ([U, F], [F], OPEN),
    ],
)
def test_what_statements_say_together(allows: list[Truth], denies: list[Truth], ruling: Ruling) -> None:
    """ "Policy evaluation logic": the order of the statements does not matter."""
    statements = [
        *(statement(Effect.ALLOW, truth) for truth in allows),
        *(statement(Effect.DENY, truth) for truth in denies),
    ]

    assert decide(statements, CONTEXT) is ruling
    assert decide(statements[::-1], CONTEXT) is ruling


@pytest.mark.parametrize(
    ("conditions", "result"),
    [
        ([], T),
        ([T, T], T),
        ([T, F], F),
        ([U, T], U),
        ([U, F], F),
        ([F, U], F),
        ([U, U], U),
    ],
)
def test_all_conditions_must_hold(conditions: list[Truth], result: Truth) -> None:
    """ "IAM JSON policy elements: Condition": several operators and keys are joined by a logical AND."""
    parts = tuple(Condition("StringEquals", str(truth), ("x",)) for truth in conditions)

    assert Statement("s", Effect.ALLOW, conditions=parts).applies(CONTEXT) is result


@pytest.mark.parametrize(
    ("pattern", "calling", "result"),
    [
        # "iam:PassRole", whatever the call that passes: names are compared without case, with wildcards.
        ("iam:PassRole", None, T),
        ("iam:passrole", "lambda:CreateFunction", T),
        ("IAM:PASSROLE", "lambda:CreateFunction", T),
        ("iam:*", "lambda:CreateFunction", T),
        ("iam:Pass*", "lambda:CreateFunction", T),
        ("iam:PassRol?", "lambda:CreateFunction", T),
        ("*", "lambda:CreateFunction", T),
        ("*:PassRole", "lambda:CreateFunction", T),
        ("iam:GetRole", "lambda:CreateFunction", F),
        ("iam:Pass", "lambda:CreateFunction", F),
        # The house's own: a statement about the call that passes the role is about the pass.
        ("lambda:CreateFunction", "lambda:CreateFunction", T),
        ("lambda:createfunction", "lambda:CreateFunction", T),
        ("lambda:*", "lambda:CreateFunction", T),
        ("lambda:*", "ec2:RunInstances", F),
        ("lambda:*", None, U),
        ("iam:GetRole", None, U),
    ],
)
def test_actions(pattern: str, calling: str | None, result: Truth) -> None:
    """ "IAM JSON policy elements: Action" and "… NotAction": all but those that are named."""
    context = FlatContext({"pass:Action": calling, "role:Arn": WEB})

    assert Statement("s", Effect.ALLOW, actions=(pattern,)).applies(context) is result
    negative = Statement("s", Effect.ALLOW, actions=None, not_actions=(pattern,))
    assert negative.applies(context) is {T: F, F: T, U: U}[result]


def test_one_of_several_actions_will_do() -> None:
    context = FlatContext({"role:Arn": WEB})

    assert Statement("s", Effect.ALLOW, actions=("s3:*", "iam:Pass*")).applies(context) is T
    assert Statement("s", Effect.ALLOW, actions=None, not_actions=("s3:*", "iam:Pass*")).applies(context) is F
    assert Statement("s", Effect.ALLOW, actions=None, not_actions=("s3:*", "ec2:*")).applies(context) is T


@pytest.mark.parametrize(
    ("resources", "arn", "result"),
    [
        (["*"], WEB, T),
        (["*"], None, T),  # whatever the role is
        ([WEB], WEB, T),
        (["arn:aws:iam::111122223333:role/app/*"], WEB, T),
        (["arn:aws:iam::*:role/a?p/web"], WEB, T),
        (["arn:aws:iam::111122223333:role/*"], WEB, T),  # a wildcard spans slashes
        (["arn:aws:iam::111122223333:role/App/*"], WEB, F),  # case counts
        (["arn:aws:iam::444455556666:role/app/*"], WEB, F),
        (["arn:aws:iam::111122223333:user/*"], WEB, F),
        (["arn:aws:s3:::x", WEB], WEB, T),
        (["arn:aws:iam::111122223333:role/x/*"], "arn:aws:iam::111122223333:role/y:role/x/web", F),
        ([WEB], None, U),
        ([WEB], [], F),
        ([WEB], [WEB], F),
    ],
)
def test_resources(resources: list[str], arn: Any, result: Truth) -> None:
    """ "IAM JSON policy elements: Resource" and "… NotResource": all but those that are named."""
    context = FlatContext({"role:Arn": arn})

    assert Statement("s", Effect.DENY, resources=tuple(resources)).applies(context) is result
    negative = Statement("s", Effect.DENY, resources=None, not_resources=tuple(resources))
    assert negative.applies(context) is {T: F, F: T, U: U}[result]


def test_what_a_statement_depends_on() -> None:
    condition = Condition("StringLike", "role:Tag/Team", ("${aws:username}", "x"))
    given = Statement("s", Effect.ALLOW, resources=("arn:${aws:PrincipalTag/P}",), conditions=(condition,))

    assert given.keys == {"role:tag/team", "aws:username", "aws:principaltag/p"}
