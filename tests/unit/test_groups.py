"""Tests of a group share a worker: what they share takes long to make, or must not be there twice."""

import os

import pytest


@pytest.mark.xdist_group("groups")
def test_workers_are_told_of_groups(request: pytest.FixtureRequest) -> None:
    """There are versions of pytest with which pytest-xdist divides them, and says nothing."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("one process runs all tests")
    assert request.node.nodeid.endswith("@groups")
