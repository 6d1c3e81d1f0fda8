"""Which documents make an administrator; no document, however hostile, raises."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.evidence.administrator import allows_everything, is_administrator_access
from passrole.evidence.documents import allow_statements, document_of, names_action


def document(**elements: Any) -> dict[str, Any]:
    """One statement: all on all, but for ``elements``; those that are None are left out."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"} | elements
    return {"Statement": {name: value for name, value in statement.items() if value is not None}}


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"Action": ["s3:Get*", "*"]},
        {"Action": "*:*"},
        {"Action": "**"},
        {"Resource": ["arn:aws:s3:::x", "*"]},
        {"Condition": {}},
        {"Action": "iam:*"},
        {"Action": "IAM:*"},
        {"Action": "iam:?*"},
        {"Action": ["i*:*"]},
        {"Action": "iam:*", "Resource": "arn:aws:iam::111122223333:*"},
        {"Action": "iam:*", "Resource": "arn:*:iam::*:*"},
        {"Resource": "arn:aws:*"},
        {"Action": None, "NotAction": "s3:*"},
        {"Action": None, "NotAction": ["iam:DeleteUser", "s3:*"]},
        {"Resource": None, "NotResource": "arn:aws:s3:::secret/*"},
    ],
    ids=str,
)
def test_all_on_all_and_all_of_iam_make_an_administrator(elements: dict[str, Any]) -> None:
    assert allows_everything(document(**elements))


@pytest.mark.parametrize(
    "elements",
    [
        {"Effect": "Deny"},
        {"Action": "s3:*"},
        {"Action": "iam:Get*"},
        {"Action": "iam"},
        {"Action": "iamx:*"},
        {"Action": "?am:x*"},
        {"Action": []},
        {"Resource": "arn:aws:s3:::*"},
        {"Resource": "arn:aws:iam::111122223333:role/*"},
        {"Resource": "arn:aws:iam:eu-west-1:*:*"},
        {"Resource": ""},
        {"Resource": None},
        {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
        {"Action": None, "NotAction": ["iam:*", "organizations:*", "account:*"]},
        {"Action": None, "NotAction": "*"},
        {"Action": None, "NotAction": []},
        {"Resource": None, "NotResource": "*"},
        {"Resource": None, "NotResource": []},
    ],
    ids=str,
)
def test_less_makes_none(elements: dict[str, Any]) -> None:
    assert not allows_everything(document(**elements))


def test_one_statement_of_several_is_enough_whatever_the_case_of_its_elements() -> None:
    several = {
        "statement": [
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
            "no statement",
            {"effect": "Allow", "ACTION": ["*"], "resource": ["*"]},
        ]
    }
    assert allows_everything(several)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", True),
        ("arn:aws-cn:iam::aws:policy/AdministratorAccess", True),
        ("arn:aws:iam::111122223333:policy/AdministratorAccess", False),
        ("arn:aws:iam::aws:policy/AdministratorAccess-Amplify", False),
        ("arn:aws:iam::aws:policy/x/AdministratorAccess", False),
        ("AdministratorAccess", False),
    ],
)
def test_administrator_access_is_known_by_its_arn(arn: str, expected: bool) -> None:
    assert is_administrator_access(arn) is expected


@pytest.mark.parametrize("spelled", [json.dumps, lambda d: quote(json.dumps(d)), lambda d: d])
def test_a_document_is_read_as_text_encoded_text_or_object(spelled: Any) -> None:
    percent = document(Resource="arn:aws:s3:::a%7B")
    assert document_of(spelled(percent)) == percent


@pytest.mark.parametrize("text", ["", "{", "%7B", "[]", "7", "null", "no%20document", "{" * 100_000, "%"])
def test_what_is_no_document_is_none(text: str) -> None:
    assert document_of(text) is None


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": ["sts:AssumeRole", "sts:TagSession"]}, True),
        ({"Action": "STS:tag*"}, True),
        ({"Action": "sts:*"}, True),
        ({"Action": "*"}, True),
        ({"Action": "sts:AssumeRole"}, False),
        ({"Action": "sts:TagSession", "Effect": "Deny"}, False),
        ({"Action": None, "NotAction": "sts:AssumeRole"}, True),
        ({"Action": None, "NotAction": "sts:Tag*"}, False),
    ],
    ids=str,
)
def test_an_action_is_named_by_patterns_and_by_exceptions(elements: dict[str, Any], expected: bool) -> None:
    statements = allow_statements(document(**elements))
    assert any(names_action(statement, "sts:tagsession") for statement in statements) is expected


ELEMENTS = ("Statement", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "statement")
TEXTS = st.sampled_from(("Allow", "Deny", "*", "iam:*", "**", ":", "arn:*", "?" * 50 + "*")) | st.text(
    max_size=20
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ELEMENTS) | TEXTS, inner, max_size=5)
    ),
    max_leaves=20,
)


@given(ANY_JSON)
def test_any_json_is_judged(value: Any) -> None:
    for given_ in (value, {"Statement": value}, {"Statement": [{"Effect": "Allow", "Action": value}]}):
        read = document_of(given_)
        assert allows_everything(read) in (True, False)
        for statement in allow_statements(read):
            names_action(statement, "sts:tagsession")


@given(st.text())
def test_any_text_is_a_document_or_none(text: str) -> None:
    document_of(text)


def test_stars_without_end_keep_nobody_busy() -> None:
    assert not allows_everything(document(Action="*a" * 3000 + "b*", Resource="*:" * 3000))
