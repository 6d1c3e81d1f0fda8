"""Pages as a browser shows them: pictures by a headless Chromium."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60
_TALL = 4_000  # pixels: more than any page of ours
_HEIGHT = re.compile(r'data-height="(\d+)"')
# What the page's height is, the page tells itself.
_MEASURE = (
    "<script>document.documentElement.dataset.height ="
    " Math.ceil(document.body.getBoundingClientRect().height)</script>"
)


class NoBrowserError(RuntimeError):
    """There is no Chromium, or it took no picture; the message says what to do."""


def take_picture(page: str, to: Path, width: int) -> None:
    """Writes a PNG of a page, as high as the page is, at one and a half times the resolution.

    Args:
        page: HTML that needs nothing else, and that ends in ``</html>``.
        width: in CSS pixels.

    Raises:
        NoBrowserError: no Chromium is installed, or it failed.
    """
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "page.html"
        file.write_text(page.replace("</html>", f"{_MEASURE}</html>"), encoding="utf-8")
        measured = _HEIGHT.search(_run("--dump-dom", f"--window-size={width},{_TALL}", file.as_uri()))
        if measured is None:
            raise NoBrowserError("the browser did not tell the page's height")
        _run(f"--screenshot={to}", f"--window-size={width},{measured.group(1)}", file.as_uri())
    if not to.is_file():
        raise NoBrowserError(f"the browser wrote no {to}")


def find_browser() -> str | None:
    """The program of the Chromium that is installed; None if there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _run(*arguments: str) -> str:
    browser = find_browser()
    if browser is None:
        raise NoBrowserError(
            "no Chromium is installed: pictures need chromium, fonts-lato and fonts-noto-color-emoji"
        )
    done = subprocess.run(
        [
            browser,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-lcd-text", "--hide-scrollbars"),
            *("--force-device-scale-factor=1.5", "--virtual-time-budget=2000"),
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise NoBrowserError(f"{browser} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.stdout
