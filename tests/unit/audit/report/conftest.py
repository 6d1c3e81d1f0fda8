"""The browser that pages are opened in: missing on a machine of one's own it is skipped, never in CI."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from passrole.preview.browser import find_browser
from tests.unit.audit.report.chromium import Chromium, Page


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = find_browser()
    if program is None and os.environ.get("CI"):
        pytest.fail("no Chromium is installed: apt-get install --no-install-recommends chromium")
    if program is None:
        pytest.skip("no Chromium is installed")
    with Chromium(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(chromium: Chromium) -> Page:
    """A new page."""
    return chromium.page()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go."""
    return tmp_path
