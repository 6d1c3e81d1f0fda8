"""The pattern matcher that tests of compiled rules rest on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from passrole.emulator import EmulatorError, PatternMatcher

EVENT = {
    "source": "aws.lambda",
    "detail-type": "AWS API Call via CloudTrail",
    "detail": {
        "eventName": "CreateFunction20150331",
        "errorMessage": "… perform: iam:PassRole on …",
        "n": [1, 2],
    },
}


@pytest.fixture(scope="module")
def matcher() -> Iterator[PatternMatcher]:
    with PatternMatcher() as running:
        yield running


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": [{"prefix": "aws."}]}, True),
        ({"source": ["my.lambda"]}, False),
        ({"detail": {"eventName": [{"prefix": "CreateFunction"}]}}, True),
        ({"detail": {"errorMessage": [{"wildcard": "*iam:PassRole*"}]}}, True),
        ({"detail": {"errorCode": [{"exists": False}]}}, True),
        ({"detail": {"n": [2]}}, True),
        ({"detail": {"missing": [{"anything-but": "x"}]}}, False),
    ],
)
def test_a_pattern_matches_as_on_aws(
    matcher: PatternMatcher, pattern: dict[str, Any], expected: bool
) -> None:
    assert matcher.matches(pattern, EVENT) is expected


def test_a_pattern_that_put_rule_would_refuse_is_an_error(matcher: PatternMatcher) -> None:
    with pytest.raises(ValueError, match="must be an object or an array"):
        matcher.matches({"source": "aws.lambda"}, EVENT)


def test_a_matcher_that_was_not_entered_says_so() -> None:
    with pytest.raises(EmulatorError, match="use it as a context manager"):
        PatternMatcher().matches({}, EVENT)


def test_a_missing_emulator_is_answered_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match="run `make setup`"), PatternMatcher(tmp_path / "python"):
        pass
