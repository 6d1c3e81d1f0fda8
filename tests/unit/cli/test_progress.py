"""How far a long command is: a bar that is gone at the end on a terminal, else a line now and then."""

import os
import pty
import sys
from collections.abc import Callable
from io import StringIO

import pytest

from passrole.cli import progress
from passrole.cli.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress.time, "monotonic", clock)
    return clock


def on_a_terminal(do: Callable[[], None]) -> str:
    """What a terminal gets on both of its streams."""
    child, terminal = pty.fork()
    if child == 0:
        sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1)
        do()
        os._exit(0)
    seen = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # Linux's way to say that the other end is closed
            part = b""
        if not part:
            os.waitpid(child, 0)
            return seen.decode()
        seen += part


def test_without_a_terminal_a_line_comes_now_and_then(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress() as shown:
        for number in range(100):
            clock.now += 1
            shown.show(f"{number} \x1b[31m", number, 100)

    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [rf"{number} \x1b[31m" for number in (29, 59, 89)]


def test_without_a_terminal_nothing_is_said_twice(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as shown:
        for _ in range(100):
            clock.now += 10
            shown.show("the same")

    assert capsys.readouterr().err == "the same\n"


def test_a_terminal_sees_a_bar_and_rows_above_it() -> None:
    def do() -> None:
        with Progress() as shown:
            shown.show("half [red]\x1b[35m", 1, 2)
            with shown.above():
                print("a row")
            shown.show("nobody knows how much", 3)
        print("the end")

    seen = on_a_terminal(do)

    assert "a row\r\n" in seen
    assert r"half [red]\x1b[35m" in seen
    assert seen.endswith("\x1b[2Kthe end\r\n")


def test_a_file_gets_rows_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    file = StringIO()
    monkeypatch.setattr(sys, "stdout", file)
    with Progress() as shown, shown.above():
        print("a row")

    assert file.getvalue() == "a row\n"
