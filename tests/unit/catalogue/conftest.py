"""One matcher of event patterns for all tests that need one: it is a process."""

from collections.abc import Iterator

import pytest

from passrole.emulator import PatternMatcher


@pytest.fixture(scope="session")
def matcher() -> Iterator[PatternMatcher]:
    with PatternMatcher() as running:
        yield running
