"""Where the emulator's interpreter is, and how our code is run on it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

SERVER_PARENT = Path(__file__).resolve().parent
"""The directory that makes `server` importable for the emulator's interpreter, and `passrole` not."""


class EmulatorError(Exception):
    """The emulator is not installed, did not start, or stopped unasked."""


def default_python() -> Path:
    """The interpreter of the emulator's own environment, inside the environment that runs this."""
    return Path(sys.prefix) / "emulator" / "bin" / "python"


def run_in_emulator_environment(
    module: str,
    *,
    python: Path | None = None,
    environment: dict[str, str],
    stdout: int | IO[bytes],
    stderr: int | IO[bytes],
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `main()` of a module of `server/` in a session of its own, with a pipe as its standard input.

    The interpreter runs isolated (`-I`) and gets the path of `server/` as an argument, so that nothing of
    ours reaches the Lambda functions that it starts through their environment.

    Raises:
        EmulatorError: the interpreter is not there.
    """
    interpreter = python or default_python()
    if not interpreter.is_file():
        raise EmulatorError(f"{interpreter}: the emulator is not installed here; run `make setup`")
    starter = f"import sys; sys.path.insert(0, sys.argv[1]); from server.{module} import main; main()"
    return subprocess.Popen(
        [os.fspath(interpreter), "-I", "-c", starter, os.fspath(SERVER_PARENT)],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        env=environment,
        cwd=environment.get("TMPDIR", "/"),
        pass_fds=tuple(pass_fds),
        start_new_session=True,
    )


def send_line(process: subprocess.Popen[bytes], value: Any) -> None:
    """Write a value as one line of JSON to what `run_in_emulator_environment` started.

    Raises:
        EmulatorError: the process does not read any more.
    """
    if process.stdin is None:
        raise EmulatorError("The process has no standard input")
    try:
        process.stdin.write(json.dumps(value).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError as error:
        raise EmulatorError(f"The process ended with status {process.wait()}") from error
