"""The account that quarantine tests act in."""

from typing import Any

import pytest

from tests.unit.quarantine.world import World
from tests.unit.samples import RecordedTopic


@pytest.fixture
def world(dynamodb: Any, topic: RecordedTopic) -> World:
    return World(topic)
