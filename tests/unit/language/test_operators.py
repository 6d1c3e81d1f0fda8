"""Condition operators by hand-made tables, after the IAM User Guide.

The pages, by their titles:
    OPERATORS: "IAM JSON policy elements: Condition operators"
    VARIABLES: "IAM policy elements: Variables and tags"
Where a page is silent, the rule is the house's own; those rows say HOUSE.
"""

from typing import Any

import pytest

from passrole.language import Truth, is_operator, operator_names
from tests.unit.language.holding import MISSING, F, T, U, holds

OPERATORS = "IAM JSON policy elements: Condition operators"
HOUSE = "no page says it: what is of another kind fits nothing"
ARN = "arn:aws:iam::111122223333:role/app/web"
NEGATIONS = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
}

Row = tuple[str, Any, Any, Truth, str]
TABLE: list[Row] = [
    # String: exact and by case, "Exact matching, case sensitive".
    ("StringEquals", "web", "web", T, OPERATORS),
    ("StringEquals", "web", "Web", F, OPERATORS),
    ("StringEquals", "web", "web ", F, OPERATORS),
    ("StringEquals", ["db", "web"], "web", T, OPERATORS),  # any of several values
    ("StringEquals", ["db", "app"], "web", F, OPERATORS),
    ("StringEquals", "w*", "web", F, OPERATORS),  # wildcards are for StringLike
    ("StringEquals", "w*", "w*", T, OPERATORS),
    ("StringEquals", "", "", T, HOUSE),
    ("StringEqualsIgnoreCase", "web", "WEB", T, OPERATORS),
    ("StringEqualsIgnoreCase", "web", "wed", F, OPERATORS),
    ("StringEqualsIgnoreCase", "STRASSE", "straße", T, HOUSE),
    # "The values can include multi-character match wildcards (*) and single-character (?) anywhere".
    ("StringLike", "w*", "web", T, OPERATORS),
    ("StringLike", "*b", "web", T, OPERATORS),
    ("StringLike", "w?b", "web", T, OPERATORS),
    ("StringLike", "w?b", "weeb", F, OPERATORS),
    ("StringLike", "w?", "web", F, OPERATORS),
    ("StringLike", "*", "", T, OPERATORS),
    ("StringLike", "?", "", F, OPERATORS),
    ("StringLike", "W*", "web", F, OPERATORS),
    ("StringLike", "a*z", "a/b\nc/z", T, OPERATORS),
    ("StringLike", "web", "web", T, OPERATORS),
    ("StringLike", "a.c", "abc", F, OPERATORS),  # no regular expression
    # "the exact same behaviour" of ArnEquals and ArnLike: six parts, each with wildcards.
    *(
        (operator, needed, ARN, result, OPERATORS)
        for operator in ("ArnEquals", "ArnLike")
        for needed, result in [
            (ARN, T),
            ("arn:aws:iam::111122223333:role/*", T),
            ("arn:aws:iam::*:role/app/w?b", T),
            ("arn:*:iam::111122223333:role/app/web", T),
            ("arn:aws:iam::1111222233??:role/app/web", T),
            ("arn:aws:iam::111122223333:role/web", F),
            ("arn:aws:iam::444455556666:role/app/web", F),
            ("arn:aws:iam::111122223333:user/*", F),
            ("arn:aws:*:role/app/web", F),  # a wildcard does not run over a colon
        ]
    ),
    ("ArnLike", "arn:aws:iam::*:role/app/*", "arn:aws:iam::1:role/x:role/app/web", F, OPERATORS),
    ("ArnLike", "arn:aws:sns:eu-*-1:1:*", "arn:aws:sns:eu-west-1:1:a:b", T, OPERATORS),
    ("ArnLike", "arn:aws:iam::1:role/a", "web", F, HOUSE),
    # Numbers: whole and decimal.
    ("NumericEquals", "10", "10", T, OPERATORS),
    ("NumericEquals", "10", "10.0", T, OPERATORS),
    ("NumericEquals", "0.1", "0.10", T, OPERATORS),
    ("NumericEquals", "-1", "-1", T, OPERATORS),
    ("NumericEquals", "10", "11", F, OPERATORS),
    ("NumericEquals", "10", "ten", F, HOUSE),
    ("NumericEquals", "ten", "ten", F, HOUSE),
    ("NumericEquals", "1", "1 ", F, HOUSE),
    ("NumericEquals", "1", "\N{ARABIC-INDIC DIGIT ONE}", F, HOUSE),
    ("NumericLessThan", "10", "9.99", T, OPERATORS),
    ("NumericLessThan", "10", "10", F, OPERATORS),
    ("NumericLessThan", "10", "9a", F, HOUSE),
    ("NumericLessThanEquals", "10", "10", T, OPERATORS),
    ("NumericLessThanEquals", "10", "10.1", F, OPERATORS),
    ("NumericGreaterThan", "9", "10", T, OPERATORS),  # as numbers: as text 10 is below 9
    ("NumericGreaterThan", "10", "10", F, OPERATORS),
    ("NumericGreaterThanEquals", "10", "10", T, OPERATORS),
    ("NumericGreaterThanEquals", ["100", "5"], "7", T, OPERATORS),
    # Dates: ISO 8601 as W3C has it, or seconds since 1970.
    ("DateEquals", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", T, OPERATORS),
    ("DateEquals", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", T, OPERATORS),
    ("DateEquals", "2024-01-01T00:00:00Z", "2024-01-01", T, OPERATORS),
    ("DateEquals", "2024-01-01T00:00:00Z", "2024-01", T, OPERATORS),
    ("DateEquals", "2024-01-01T00:00:00Z", "2024", T, OPERATORS),
    ("DateEquals", "2024-01-01T00:00:00Z", "1704067200", T, OPERATORS),
    ("DateEquals", "1704067200", "2024-01-01T00:00Z", T, OPERATORS),
    ("DateEquals", "2024-01-01T00:00:00.5Z", "2024-01-01T00:00:00Z", F, OPERATORS),
    ("DateEquals", "2024-02-30", "2024-02-30", F, HOUSE),
    ("DateEquals", "today", "today", F, HOUSE),
    ("DateLessThan", "2024-01-02", "2024-01-01", T, OPERATORS),
    ("DateLessThan", "2024-01-02", "2024-01-02", F, OPERATORS),
    ("DateLessThanEquals", "2024-01-02", "2024-01-02T00:00:00Z", T, OPERATORS),
    ("DateGreaterThan", "2024-01-02", "1717200000", T, OPERATORS),
    ("DateGreaterThan", "2024-01-02", "soon", F, HOUSE),
    ("DateGreaterThanEquals", "2024-01-02", "2024-01-02", T, OPERATORS),
    # Truth values.
    ("Bool", "true", "true", T, OPERATORS),
    ("Bool", "true", "false", F, OPERATORS),
    ("Bool", "false", "false", T, OPERATORS),
    ("Bool", "True", "true", T, HOUSE),
    ("Bool", "yes", "yes", F, HOUSE),
    # Bytes, "byte for byte".
    ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", T, OPERATORS),
    ("BinaryEquals", "QQ==", "Qg==", F, OPERATORS),
    ("BinaryEquals", "web!", "web!", F, HOUSE),
    # Addresses: one, or a range; 4 and 6.
    ("IpAddress", "203.0.113.0/24", "203.0.113.7", T, OPERATORS),
    ("IpAddress", "203.0.113.0/24", "203.0.114.7", F, OPERATORS),
    ("IpAddress", "203.0.113.7", "203.0.113.7", T, OPERATORS),  # "the default prefix is /32"
    ("IpAddress", "0.0.0.0/0", "203.0.113.7", T, OPERATORS),
    ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", T, OPERATORS),
    ("IpAddress", "2001:db8::/32", "203.0.113.7", F, OPERATORS),
    ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", T, OPERATORS),
    ("IpAddress", "10.0.0.0/8", "cloudformation.amazonaws.com", F, HOUSE),
    ("IpAddress", "everywhere", "10.0.0.1", F, HOUSE),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "needed", "seen", "result", "page"), TABLE)
def test_what_an_operator_compares(operator: str, needed: Any, seen: Any, result: Truth, page: str) -> None:
    assert holds(operator, needed, seen) is result, page


@pytest.mark.parametrize(
    ("operator", "needed", "seen", "result"), [row[:4] for row in TABLE if row[0] in NEGATIONS]
)
def test_a_negation_is_the_opposite(operator: str, needed: Any, seen: Any, result: Truth) -> None:
    """OPERATORS: "Negated matching". Of several values none may match."""
    assert holds(NEGATIONS[operator], needed, seen) is (F if result is T else T)


@pytest.mark.parametrize("operator", [name for name in operator_names() if name != "Null"])
def test_keys_without_a_value(operator: str) -> None:
    """OPERATORS: if the key is not present in the request context, the values do not match and the condition
    is false; "if the policy condition requires that the key is not matched, such as StringNotLike or
    ArnNotLike, and the right key is not present, the condition is true". And of IfExists: "If the key is not
    present, evaluate the condition element as true."
    """
    is_negated = operator in NEGATIONS.values()
    for missing in (MISSING, []):
        assert holds(operator, "1", missing) is (T if is_negated else F)
        assert holds(f"{operator}IfExists", "1", missing) is T


@pytest.mark.parametrize(("operator", "needed", "seen", "result"), [row[:4] for row in TABLE])
def test_if_exists_changes_nothing_for_keys_with_a_value(
    operator: str, needed: Any, seen: Any, result: Truth
) -> None:
    """OPERATORS: "If the condition key is present …, process the key as specified in the policy"."""
    assert holds(f"{operator}IfExists", needed, seen) is result


@pytest.mark.parametrize("operator", [name for name in operator_names() if name != "Null"])
@pytest.mark.parametrize("if_exists", ["", "IfExists"])
def test_what_is_unknown_stays_open(operator: str, if_exists: str) -> None:
    """The design's rule 2: unknown is not absent."""
    assert holds(operator + if_exists, "1", None) is U


@pytest.mark.parametrize(
    ("needed", "seen", "result"),
    [
        ("true", MISSING, T),
        ("true", "web", F),
        ("false", MISSING, F),
        ("false", "web", T),
        ("true", [], T),  # "the key exists and its value is not null"
        ("false", [], F),
        ("false", ["a", "b"], T),
        ("false", "", T),
        (["true", "false"], "web", T),
        (["true", "false"], MISSING, T),
        ("True", MISSING, T),
        ("yes", MISSING, F),
        ("true", None, U),
        ("false", None, U),
    ],
)
def test_null_asks_whether_there_is_a_value(needed: Any, seen: Any, result: Truth) -> None:
    """OPERATORS, "Condition operator to check existence of condition keys"."""
    assert holds("Null", needed, seen) is result


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("StringEquals", True),
        ("stringequalsifexists", True),
        ("ForAnyValue:StringLikeIfExists", True),
        ("forallvalues:arnlike", True),
        ("Null", True),
        ("ForAllValues:Null", True),
        ("NullIfExists", False),
        ("ForSomeValues:StringLike", False),
        ("BoolNot", False),
        ("StringEqualsIfExistsIfExists", False),
        ("", False),
        ("IfExists", False),
        ("\N{LATIN SMALL LETTER LONG S}tringEquals", False),
    ],
)
def test_names_of_operators(name: str, known: bool) -> None:
    """OPERATORS lists them; "any condition operator name except Null" takes IfExists."""
    assert is_operator(name) is known


@pytest.mark.parametrize("key", ["AWS:PRINCIPALTAG/TEAM", "aws:principaltag/Team"])
def test_the_case_of_a_keys_name_does_not_count(key: str) -> None:
    """ "IAM JSON policy elements: Condition": "Condition key names are not case-sensitive"."""
    assert holds("StringEquals", "web", MISSING, **{key: "web"}) is T


def test_a_look_alike_of_a_keys_name_is_another_key() -> None:
    """HOUSE: names are compared without case in ASCII alone; the Kelvin sign is no k."""
    from passrole.language import Condition, FlatContext

    context = FlatContext({"aws:PrincipalTag/\N{KELVIN SIGN}": "x"})
    assert Condition("StringEquals", "aws:PrincipalTag/k", ("x",)).holds(context) is F


@pytest.mark.parametrize(
    "operator", ["StringEquals", "StringNotEquals", "StringLikeIfExists", "Bool", "NumericLessThan"]
)
@pytest.mark.parametrize("seen", [["web"], ["web", "db"], ["1"]])
def test_several_values_need_a_set_operator(operator: str, seen: list[str]) -> None:
    """ "Single-valued vs. multivalued context keys": multivalued ones "require a condition set operator"."""
    assert holds(operator, ["web", "1"], seen) is F
