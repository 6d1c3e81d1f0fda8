"""IAM's wildcards: against a naive reference, on ARNs, and against names made to keep the matcher busy."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.language.wildcards import arn_matches, matches

ALPHABET = "aab:/.\n*?[]^$\\{}\N{KELVIN SIGN}"


def naive(pattern: str, text: str) -> bool:
    """The definition, by recursion."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return naive(pattern[1:], text) or (bool(text) and naive(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


def naive_arn(pattern: str, arn: str) -> bool:
    wanted, given_ = pattern.split(":", 5), arn.split(":", 5)
    if len(wanted) == 1:
        return naive(pattern, arn)
    wanted += ["*"] * (6 - len(wanted))
    return len(given_) == 6 and all(map(naive, wanted, given_))


@given(st.text(ALPHABET, max_size=8), st.text(ALPHABET, max_size=10))
@settings(max_examples=500)
def test_agrees_with_the_definition(pattern: str, text: str) -> None:
    assert matches(pattern, text) == naive(pattern, text)
    assert arn_matches(pattern, text) == naive_arn(pattern, text)


@given(st.data())
@settings(max_examples=300)
def test_a_pattern_made_from_a_text_matches_it(data: st.DataObject) -> None:
    text = data.draw(st.text("ab/:", max_size=12))
    pattern = ""
    for character in text:
        pattern += data.draw(st.sampled_from([character, "?", "*", "*" + character, character + "*"]))
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:*:iam::*:role/app/*", "arn:aws:iam::111122223333:role/app/web", True),
        ("arn:*:iam::*:role/app/*", "arn:aws-cn:iam::111122223333:role/app/deep/er/web", True),
        ("arn:*:iam::*:role/app/*", "arn:aws:iam::111122223333:role/App/web", False),
        ("arn:*:iam::*:role/app/*", "arn:aws:iam::111122223333:role/app", False),
        ("arn:*:iam::*:role/app/*", "arn:aws:iam::111122223333:role/evil/app/web", False),
        ("arn:*:iam::*:role/app/*", "arn:aws:iam::111122223333:role/x:role/app/web", False),
        ("arn:*:iam::*:role/app/*", "arn:aws:iam::111122223333:role/:iam::1:role/app/web", False),
        ("arn:aws:iam::1111222233??:role/a", "arn:aws:iam::111122223333:role/a", True),
        ("arn:aws:iam::111122223333:role/*:x", "arn:aws:iam::111122223333:role/a:b:x", True),
        ("arn:aws:iam::*", "arn:aws:iam::111122223333:role/a", True),
        ("arn:aws:iam:*", "arn:aws:iam::111122223333:role/a", True),
        ("arn:aws:iam:*role/a", "arn:aws:iam::111122223333:role/a", False),
        ("arn:aws", "arn:aws:iam::111122223333:role/a", True),
        ("*", "arn:aws:iam::111122223333:role/a", True),
        ("arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/a\n", False),
    ],
)
def test_the_parts_of_an_arn_are_matched_apart(pattern: str, arn: str, expected: bool) -> None:
    assert arn_matches(pattern, arn) is expected


def test_no_name_keeps_the_matcher_busy() -> None:
    began = time.process_time()
    assert not matches("*a" * 30 + "b", "a" * 2000)
    assert not arn_matches("arn:*:iam::*:role/" + "*a" * 30 + "b", "arn:aws:iam::1:role/" + "a" * 2000)
    assert time.process_time() - began < 1
