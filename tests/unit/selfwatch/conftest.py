"""One matcher of patterns for all tests of these rules."""

from collections.abc import Iterator

import pytest

from passrole.emulator import PatternMatcher


@pytest.fixture(scope="session")
def matcher() -> Iterator[PatternMatcher]:
    with PatternMatcher() as running:
        yield running
