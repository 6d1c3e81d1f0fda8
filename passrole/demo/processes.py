"""Child processes that never outlive the demonstration, and the signals that end it early."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE_SECONDS = 120.0
_GRACE_SECONDS = 3.0


class InterruptedRunError(BaseException):
    """The demonstration was asked to end; ``status`` is the exit status that says so."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.status = 128 + number


@contextlib.contextmanager
def ending_on_signals() -> Iterator[None]:
    """Raises `InterruptedRunError` at the first request to end; later ones do not disturb the cleaning up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        for each in _ENDING:
            signal.signal(each, signal.SIG_IGN)
        raise InterruptedRunError(number)

    # Whoever started us with nohup does not want us to end with the terminal.
    heeded = [n for n in _ENDING if n is not signal.SIGHUP or signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True)
class Finished:
    """How a child process ended; ``output`` is what it wrote to both streams."""

    status: int
    output: str


class Child:
    """A process in a group of its own. Leaving the block before its end interrupts, then kills, the group."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], cwd: Path, output: Path
    ) -> None:
        self._output = output
        with output.open("wb") as stream:
            self._process = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._signal_group(signal.SIGINT)
            self._await_end(_GRACE_SECONDS)
            self._signal_group(signal.SIGKILL)
            self._process.wait()

    def finish(self) -> Finished:
        """Waits for its end.

        Raises:
            subprocess.TimeoutExpired: it takes longer than two minutes.
        """
        status = self._process.wait(_PATIENCE_SECONDS)
        return Finished(status, self._output.read_text(encoding="utf-8", errors="replace"))

    def _signal_group(self, number: signal.Signals) -> None:
        # Until the leader is reaped its id cannot belong to anybody else's group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _await_end(self, patience: float) -> None:
        """Waits for the leader without reaping it."""
        deadline = time.monotonic() + patience
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        while os.waitid(os.P_PID, self._process.pid, how) is None and time.monotonic() < deadline:
            time.sleep(0.02)
