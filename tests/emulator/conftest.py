"""One emulator for all tests that need a server."""

from collections.abc import Iterator

import pytest

from passrole.emulator import Emulator


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator(delivery_seconds=0.05) as running:
        yield running
