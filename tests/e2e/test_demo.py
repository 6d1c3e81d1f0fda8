"""``passrole demo`` from start to end, and interrupted in the middle: nothing of it stays."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
# In the environment of all that the demonstration starts, and so a way to find it.
MARK = "PASSROLE_DEMO_TEST"


class Demonstration:
    """One run in a process of its own, with a place of its own for temporary files."""

    def __init__(self, directory: Path) -> None:
        self.report = directory / "report.html"
        self.temporary = directory / "tmp"
        self.temporary.mkdir()
        self.lines: list[str] = []
        self._mark = f"{MARK}={directory}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "passrole.cli", "demo", "--report", str(self.report)],
            cwd=ROOT,
            env=os.environ
            | {MARK: str(directory), "TMPDIR": str(self.temporary), "PYTHONUTF8": "1", "COLUMNS": "100"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + 60
        while words not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < deadline, self.printed
            time.sleep(0.05)

    def emulator_port(self) -> int:
        """Where the emulator listens; it does not get our environment, but our place for files."""
        for process in self._others():
            for variable in (process / "environ").read_bytes().split(b"\0"):
                if variable.startswith(b"GATEWAY_PORT="):
                    return int(variable.partition(b"=")[2])
        raise AssertionError("no emulator runs")

    def left(self) -> list[str]:
        """Command lines of what still runs, and names of temporary files."""
        running = [(process / "cmdline").read_text().replace("\0", " ") for process in self._others()]
        return [*running, *(path.name for path in self.temporary.iterdir())]

    def _others(self) -> Iterator[Path]:
        marks = (self._mark.encode(), str(self.temporary).encode())
        for process in Path("/proc").iterdir():
            if not process.name.isdigit() or int(process.name) == self.process.pid:
                continue
            try:
                environment = (process / "environ").read_bytes()
            except OSError:  # ended meanwhile
                continue
            if any(mark in environment for mark in marks):
                yield process


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[Demonstration]:
    running = Demonstration(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait(30)


def test_it_meets_every_expectation_leaves_a_report_and_nothing_else(demonstration: Demonstration) -> None:
    status = demonstration.process.wait(180)

    assert status == 0, demonstration.printed
    assert "expectations met" in demonstration.printed
    assert "✗ " not in demonstration.printed.replace("✗ violation", "")
    assert "\x1b" not in demonstration.printed
    assert demonstration.left() == []
    page = demonstration.report.read_text(encoding="utf-8")
    assert "21 passes judged, 11 not approved, 5 contained" in page
    assert "changed since the containment" in page
    for name in ("ledger-export", "resize-image", "invoice-mailer", "orders-worker", "mika.berg@example.com"):
        assert name in page
    assert [path.name for path in demonstration.report.parent.iterdir() if path.is_file()] == ["report.html"]


@pytest.mark.parametrize("moment", ["waiting for the CDK app", "waiting for 1 verdict"])
def test_an_interruption_leaves_nothing_running_and_nothing_listening(
    demonstration: Demonstration, moment: str
) -> None:
    demonstration.wait_for(moment)
    port = demonstration.emulator_port()

    demonstration.process.send_signal(signal.SIGINT)

    assert demonstration.process.wait(15) == 130, demonstration.printed
    assert demonstration.left() == []
    assert not listens(port)
    assert not demonstration.report.exists()


def listens(port: int) -> bool:
    local = f"0100007F:{port:04X}"
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(fields[1] == local and fields[3] == "0A" for fields in sockets)
