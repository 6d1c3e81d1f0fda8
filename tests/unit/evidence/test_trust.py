"""Whom a trust policy trusts, by a table."""

from typing import Any

import pytest

from passrole.evidence.trust import Trust, trust_of

ALLOW = {"Effect": "Allow", "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Principal": {"Service": "lambda.amazonaws.com"}}, Trust(("lambda.amazonaws.com",), ())),
        ({"Principal": {"AWS": ["arn:aws:iam::444455556666:root", "*"]}}, Trust((), ("444455556666", "*"))),
        ({"Principal": "*"}, Trust((), ("*",))),
        ({"NotPrincipal": {"AWS": "444455556666"}}, Trust((), ("*",))),
        ({"Effect": "Deny", "Principal": "*"}, Trust((), ())),
        ({"Principal": {"Service": [7, None]}}, Trust((), ())),
        # IAM takes the names of elements in any case.
        ({"principal": {"aws": "444455556666", "SERVICE": "x"}}, Trust(("x",), ("444455556666",))),
    ],
)
def test_whom_a_statement_trusts(statement: dict[str, Any], expected: Trust) -> None:
    assert trust_of({"Statement": [ALLOW | statement]}) == expected
    assert trust_of({"statement": ALLOW | statement}) == expected
