"""The emulator's life: whatever happens to the process that started it, nothing stays behind."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from passrole.emulator import Credentials, Emulator, EmulatorError

# Starts an emulator with a live Lambda worker, prints the server's process id and directory, and waits.
STARTER = """
import io, sys, time, zipfile
from passrole.emulator import Emulator
buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as archive:
    archive.writestr("f.py", "def handler(event, context): return 1")
with Emulator() as emulator:
    functions = emulator.client("lambda")
    functions.create_function(FunctionName="f", Runtime="python3.13", Handler="f.handler",
        Role="arn:aws:iam::111122223333:role/r", Code={"ZipFile": buffer.getvalue()})
    functions.invoke(FunctionName="f")
    print(emulator._process.pid, emulator._directory, flush=True)
    time.sleep(60)
"""


def members(group: int) -> list[int]:
    """Live processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, NotADirectoryError):
            continue
        if entry.name.isdigit() and int(fields[2]) == group and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def wait_until_gone(group: int, directory: Path, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not members(group) and not directory.exists():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_the_starter_leaves_nothing_behind(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as starter:
        assert starter.stdout is not None
        pid, _, directory = starter.stdout.readline().strip().partition(" ")
        group = int(pid)
        assert len(members(group)) == 2, "the server and one worker"

        starter.send_signal(number)
        starter.wait(timeout=10)

    assert wait_until_gone(group, Path(directory))


def test_leaving_the_context_ends_the_server_and_removes_its_files() -> None:
    with Emulator() as emulator:
        assert emulator._process is not None
        assert emulator._directory is not None
        group, directory = emulator._process.pid, emulator._directory
        assert urllib.request.urlopen(f"{emulator.endpoint_url}/_ministack/health").status == 200

    assert wait_until_gone(group, directory, seconds=0.5)


def test_an_error_in_the_context_carries_the_end_of_the_log() -> None:
    with pytest.raises(ValueError, match="oops") as caught, Emulator():
        raise ValueError("oops")

    assert "Ready" in caught.value.__notes__[0]


def test_a_named_log_is_kept(tmp_path: Path) -> None:
    with Emulator(log_file=tmp_path / "log"):
        pass

    assert "Ready" in (tmp_path / "log").read_text()


def test_a_missing_installation_is_answered_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match="the emulator is not installed here; run `make setup`"):
        Emulator(tmp_path / "python").__enter__()


def test_a_server_that_ends_at_start_is_told_with_its_log() -> None:
    stranger = Path(sys.executable)  # has no MiniStack

    with pytest.raises(EmulatorError, match=r"(?s)status 1 .*No module named 'ministack'"):
        Emulator(stranger).__enter__()


def test_two_emulators_run_side_by_side(emulator: Emulator) -> None:
    with Emulator() as other:
        other.client("sqs").create_queue(QueueName="only-here")

        assert not emulator.client("sqs").list_queues(QueueNamePrefix="only-here").get("QueueUrls")


def test_a_client_ignores_the_caller_s_own_aws_configuration(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1")
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1")

    identity = Emulator.client(emulator, "sts").get_caller_identity()

    assert identity["Arn"] == "arn:aws:iam::111122223333:root"


def test_a_12_digit_key_is_the_root_of_that_account(emulator: Emulator) -> None:
    identity = emulator.client("sts", credentials=Credentials("999988887777")).get_caller_identity()

    assert identity["Account"] == "999988887777"
