"""Policy variables by tables, after "IAM policy elements: Variables and tags" of the IAM User Guide."""

from typing import Any

import pytest

from passrole.language import Effect, FlatContext, Statement, Truth
from tests.unit.language.holding import MISSING, F, T, U, holds

NAME = "aws:username"
ROLE = "arn:aws:iam::111122223333:role/"


@pytest.mark.parametrize(
    ("operator", "needed", "seen", "name", "result"),
    [
        # The key's value stands in the variable's place; its name is compared without case.
        ("StringEquals", "${aws:username}", "ann", "ann", T),
        ("StringEquals", "${AWS:UserName}", "ann", "ann", T),
        ("StringEquals", "${aws:username}", "ann", "bob", F),
        ("StringEquals", "x-${aws:username}-y", "x-ann-y", "ann", T),
        ("StringEquals", "${aws:username}${aws:username}", "annann", "ann", T),
        ("StringEquals", "${aws:username}", "Ann", "ann", F),
        ("StringEqualsIgnoreCase", "${aws:username}", "Ann", "ann", T),
        ("StringLike", "${aws:username}-*", "ann-1", "ann", T),
        ("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/ann", "ann", T),
        ("ArnEquals", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/ann", "bob", F),
        ("Bool", "${aws:username}", "true", "true", T),
        # What a variable stands for is text: wildcards in it are none.
        ("StringLike", "${aws:username}", "web", "w*", F),
        ("StringLike", "${aws:username}", "w*", "w*", T),
        ("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/ann", "*", F),
        # "If the key has no value ... There is no equal or like value": negations hold.
        ("StringEquals", "${aws:username}", "ann", MISSING, F),
        ("StringEquals", "${aws:username}", "${aws:username}", MISSING, F),
        ("StringLike", "*${aws:username}", "ann", MISSING, F),
        ("StringNotEquals", "${aws:username}", "ann", MISSING, T),
        ("StringNotLike", "${aws:username}", "ann", MISSING, T),
        ("ArnNotLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/ann", MISSING, T),
        ("StringEquals", ["${aws:username}", "ann"], "ann", MISSING, T),
        ("StringNotEquals", ["${aws:username}", "ann"], "ann", MISSING, F),
        # A default, in single quotes, stands where the key has no value.
        ("StringEquals", "${aws:username, 'ann'}", "ann", MISSING, T),
        ("StringEquals", "${aws:username, 'ann'}", "ann", "bob", F),
        ("StringEquals", "${aws:username, 'ann'}", "bob", "bob", T),
        ("StringEquals", "${aws:username,'ann'}", "ann", MISSING, T),
        ("StringEquals", "${aws:username, 'a, b'}", "a, b", MISSING, T),
        ("StringEquals", "${aws:username, ''}", "", MISSING, T),
        ("StringLike", "${aws:username, 'a*'}", "ann", MISSING, F),  # text, too
        ("StringEquals", "${aws:username, 'ann'}", "ann", [], T),
        # A key with several values is no variable.
        ("StringEquals", "${aws:username}", "ann", ["ann"], F),
        ("StringEquals", "${aws:username, 'ann'}", "ann", ["bob", "eve"], T),
        # "${*}", "${?}" and "${$}" stand for the signs themselves.
        ("StringLike", "${*}", "*", "-", T),
        ("StringLike", "${*}", "web", "-", F),
        ("StringLike", "w${?}b", "web", "-", F),
        ("StringLike", "w${?}b", "w?b", "-", T),
        ("StringEquals", "${$}{aws:username}", "${aws:username}", "-", T),
        ("StringEquals", "${*}", "*", "-", T),
        # What is no variable is text.
        ("StringEquals", "${aws:username", "${aws:username", "ann", T),
        ("StringEquals", "$aws:username", "$aws:username", "ann", T),
        ("StringEquals", "{aws:username}", "{aws:username}", "ann", T),
        # Unknown, where it matters.
        ("StringEquals", "${aws:username}", "ann", None, U),
        ("StringNotEquals", "${aws:username}", "ann", None, U),
        ("StringEquals", "${aws:username, 'ann'}", "ann", None, U),
        ("StringEquals", ["ann", "${aws:username}"], "ann", None, T),
        ("StringNotEquals", ["ann", "${aws:username}"], "ann", None, F),
        ("StringEqualsIfExists", "${aws:username}", MISSING, None, T),
        ("StringEquals", "${aws:username}", MISSING, None, F),
    ],
)
def test_variables_in_conditions(operator: str, needed: Any, seen: Any, name: Any, result: Truth) -> None:
    others = {} if name is MISSING else {NAME: name}

    assert holds(operator, needed, seen, **others) is result


@pytest.mark.parametrize(
    ("operator", "seen"),
    [
        ("NumericEquals", "5"),
        ("DateEquals", "2024-01-01"),
        ("IpAddress", "10.0.0.1"),
        ("BinaryEquals", "QQ=="),
    ],
)
def test_operators_that_take_no_variables(operator: str, seen: str) -> None:
    """Of operators the page names "any condition that involves the string operators or the ARN operators";
    Bool has them on the page of the operators.
    """
    assert holds(operator, "${aws:username}", seen, **{NAME: seen}) is F
    assert holds("Null", "${aws:username}", MISSING, **{NAME: "true"}) is F


@pytest.mark.parametrize("text", ["${aws:username}", "${*}", "${aws:username, 'ann'}"])
def test_before_2012_variables_are_text(text: str) -> None:
    """Without a Version of 2012-10-17 "variables … are treated as literal strings in the policy"."""
    assert holds("StringEquals", text, "ann", variables=False, **{NAME: "ann"}) is F
    assert holds("StringEquals", text, text, variables=False, **{NAME: "ann"}) is T


@pytest.mark.parametrize(
    ("resource", "name", "result"),
    [
        (ROLE + "${aws:username}", "web", T),
        (ROLE + "${aws:username}", "db", F),
        (ROLE + "${aws:username}", "*", F),
        (ROLE + "${aws:username}", MISSING, F),
        (ROLE + "${aws:username, 'web'}", MISSING, T),
        (ROLE + "w${*}", "-", F),
        (ROLE + "w*", None, T),
        (ROLE + "${aws:username}", None, U),
        ("arn:aws:iam::${aws:username}:role/web", "111122223333", T),
    ],
)
def test_variables_in_resources(resource: str, name: Any, result: Truth) -> None:
    context = {"role:Arn": ROLE + "web"} | ({} if name is MISSING else {NAME: name})

    for statement, expected in (
        (Statement("s", Effect.ALLOW, resources=(resource,)), result),
        (
            Statement("s", Effect.ALLOW, resources=None, not_resources=(resource,)),
            {T: F, F: T, U: U}[result],
        ),
    ):
        assert statement.applies(FlatContext(context)) is expected


def test_before_2012_variables_in_resources_are_text() -> None:
    statement = Statement("s", Effect.ALLOW, resources=(ROLE + "${aws:username}",), variables=False)

    assert statement.applies(FlatContext({"role:Arn": ROLE + "web", NAME: "web"})) is F
