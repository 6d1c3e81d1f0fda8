"""The pictures in docs/alerts.md are of the alerts as they are now."""

import json
import re
from pathlib import Path

import pytest

from passrole.preview import pictures

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / pictures.FOLDER


def test_pictures_are_of_the_alerts_as_they_are() -> None:
    made_from = json.loads((FOLDER / pictures.MADE_FROM).read_text(encoding="utf-8"))

    assert made_from == pictures.made_from(pictures.pages()), "run: make pictures"


@pytest.mark.parametrize("name", pictures.pages())
def test_each_picture_is_there_and_in_the_docs(name: str) -> None:
    assert (FOLDER / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert f"pictures/{name}.png" in (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", pictures.pages().values(), ids=pictures.pages())
def test_a_page_needs_nothing_else(page: str) -> None:
    assert not re.search(r"<(script|img|iframe)|@import|url\(|\bsrc=", page)


def test_without_a_browser_one_line_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert pictures.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "no Chromium is installed: pictures need chromium, fonts-lato and fonts-noto-color-emoji\n"
    )
    assert list(tmp_path.iterdir()) == []
