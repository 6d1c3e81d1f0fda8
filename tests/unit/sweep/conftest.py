"""Fixtures of the tests of the sweep."""

import pytest

from tests.unit.samples import FUNCTION, ROLE
from tests.unit.sweep.config import Config
from tests.unit.sweep.world import World


@pytest.fixture
def world() -> World:
    """An account in which the function `orders` holds a role that the policy does not approve."""
    made = World()
    made.functions[FUNCTION] = [ROLE]
    return made


@pytest.fixture
def config() -> Config:
    """AWS Config, which records everything and knows of nothing."""
    return Config()
