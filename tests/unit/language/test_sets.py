"""ForAllValues and ForAnyValue by tables, after the IAM User Guide.

The page is "Set operators for multivalued context keys"; where it is silent (IfExists with ForAnyValue, on a
key without a value), "IAM JSON policy elements: Condition operators" decides: "If the key is not present,
evaluate the condition element as true."
"""

from typing import Any

import pytest

from passrole.language import Truth
from tests.unit.language.holding import MISSING, F, T, U, holds

ALL, ANY = "ForAllValues:", "ForAnyValue:"


@pytest.mark.parametrize(
    ("operator", "needed", "seen", "for_all", "for_any"),
    [
        # "every member of the request set is a subset of the condition key set"; "at least one".
        ("StringEquals", ["a", "b"], ["a"], T, T),
        ("StringEquals", ["a", "b"], ["a", "b"], T, T),
        ("StringEquals", ["a", "b"], ["a", "c"], F, T),
        ("StringEquals", ["a", "b"], ["c"], F, F),
        ("StringEquals", ["a"], ["A"], F, F),
        ("StringEqualsIgnoreCase", ["a"], ["A", "b"], F, T),
        ("StringLike", ["a*"], ["ab", "ac"], T, T),
        ("StringLike", ["a*", "b*"], ["ab", "bc"], T, T),
        ("StringLike", ["a*"], ["ab", "bc"], F, T),
        ("NumericLessThan", ["5"], ["1", "9"], F, T),
        ("ArnLike", ["arn:aws:iam::1:role/*"], ["arn:aws:iam::1:role/a", "arn:aws:iam::1:user/a"], F, T),
        ("Bool", ["true"], ["true", "false"], F, T),
        # Negations, value by value: none of the policy's values may match it.
        ("StringNotEquals", ["a", "b"], ["a"], F, F),
        ("StringNotEquals", ["a", "b"], ["c"], T, T),
        ("StringNotEquals", ["a", "b"], ["a", "c"], F, T),
        ("StringNotLike", ["a*"], ["ab", "b"], F, T),
        # A key with one value is a set of one.
        ("StringEquals", ["a", "b"], "a", T, T),
        ("StringEquals", ["a", "b"], "c", F, F),
        # Unknown.
        ("StringEquals", ["a"], None, U, U),
    ],
)
def test_keys_with_values(operator: str, needed: Any, seen: Any, for_all: Truth, for_any: Truth) -> None:
    assert holds(ALL + operator, needed, seen) is for_all
    assert holds(ANY + operator, needed, seen) is for_any
    assert holds(f"{ALL}{operator}IfExists", needed, seen) is for_all
    assert holds(f"{ANY}{operator}IfExists", needed, seen) is for_any


@pytest.mark.parametrize(
    "operator", ["StringEquals", "StringNotEquals", "StringLike", "ArnNotLike", "NumericEquals"]
)
@pytest.mark.parametrize("missing", [MISSING, []])
def test_keys_without_values(operator: str, missing: Any) -> None:
    """ForAllValues "also returns true if there are no context keys in the request"; ForAnyValue false."""
    assert holds(ALL + operator, "a", missing) is T
    assert holds(ANY + operator, "a", missing) is F
    assert holds(f"{ALL}{operator}IfExists", "a", missing) is T
    assert holds(f"{ANY}{operator}IfExists", "a", missing) is T


def test_what_is_unknown_in_the_needed_values_matters_only_where_it_can() -> None:
    needed = ["a", "${aws:username}"]

    assert holds(f"{ANY}StringEquals", needed, ["a", "b"], **{"aws:username": None}) is T
    assert holds(f"{ANY}StringEquals", needed, ["b"], **{"aws:username": None}) is U
    assert holds(f"{ALL}StringEquals", needed, ["a"], **{"aws:username": None}) is T
    assert holds(f"{ALL}StringEquals", needed, ["a", "b"], **{"aws:username": None}) is U
    assert holds(f"{ALL}StringNotEquals", needed, ["a", "b"], **{"aws:username": None}) is F
