"""EventBridge patterns matched as AWS matches them, without a server: for tests of what we compile."""

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from passrole.emulator.environment import EmulatorError, run_in_emulator_environment, send_line


class PatternMatcher:
    """MiniStack's port of AWS's event-ruler, in a helper process that lives as long as the context.

    Raises:
        EmulatorError: on entry, when the emulator is not installed.
    """

    def __init__(self, python: Path | None = None) -> None:
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None
        self._directory: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        # MiniStack makes folders in its temporary directory when it is imported.
        self._directory = tempfile.TemporaryDirectory(prefix="passrole-matcher-")
        try:
            self._process = run_in_emulator_environment(
                "matcher",
                python=self._python,
                environment={
                    "TMPDIR": self._directory.name,
                    "STATE_DIR": self._directory.name,
                    "LANG": "C.UTF-8",
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except BaseException:
            self._directory.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        directory, self._directory = self._directory, None
        if process is not None:
            with contextlib.suppress(OSError), process:
                pass  # closes the pipes, whose end is the helper's end, and waits
        if directory is not None:
            directory.cleanup()

    def matches(self, pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
        """Whether a rule with this pattern would take this envelope (`source`, `detail-type`, `detail`, ...).

        Raises:
            ValueError: PutRule would refuse the pattern.
            EmulatorError: the helper is not running.
        """
        if self._process is None or self._process.stdout is None:
            raise EmulatorError("The pattern matcher is not running; use it as a context manager")
        send_line(self._process, [pattern, event])
        line = self._process.stdout.readline()
        if not line:
            raise EmulatorError(f"The pattern matcher ended with status {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return bool(answer["matches"])
