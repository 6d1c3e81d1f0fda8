"""The emulator as a context manager: started on a free loopback port, stopped with all that it started."""

import contextlib
import datetime
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import botocore.session
from botocore.config import Config

from passrole.emulator import events
from passrole.emulator.environment import EmulatorError, run_in_emulator_environment, send_line

__all__ = ["ACCOUNT", "REGION", "Credentials", "Emulator", "EmulatorError"]

ACCOUNT = "111122223333"
REGION = "us-east-1"
_START_TIMEOUT_SECONDS = 30.0
_LOOPBACK_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Credentials:
    """A key pair for the emulator; a 12-digit key id is the root user of that account."""

    access_key_id: str
    secret_access_key: str = "test"  # noqa: S105  the secret of every root user of the emulator
    session_token: str | None = None

    @classmethod
    def from_response(cls, answer: Mapping[str, Any]) -> Self:
        """Take them from what CreateAccessKey (`AccessKey`) or AssumeRole (`Credentials`) answered."""
        found = answer.get("AccessKey") or answer.get("Credentials") or answer
        return cls(found["AccessKeyId"], found["SecretAccessKey"], found.get("SessionToken"))


class Emulator:
    """A running MiniStack. Entering starts it; leaving ends it with its Lambda functions and their files.

    Args:
        python: interpreter of the emulator's environment (default: beside the running one).
        account: the account of keys that do not name one themselves.
        region: the region of clients that do not name one.
        record_calls: put a CloudTrail-shaped event on the bus for each management call that writes.
        check_pass_role: refuse calls of users and roles that pass a role without `iam:PassRole`.
        enforce_iam: have MiniStack check signatures and every action against IAM policies.
        delivery_seconds: how long after a call its event comes.
        log_file: where the log goes; by default into a directory that goes away at the end.

    Raises:
        EmulatorError: on entry, when it is not installed or does not come up.
    """

    def __init__(
        self,
        python: Path | None = None,
        *,
        account: str = ACCOUNT,
        region: str = REGION,
        record_calls: bool = True,
        check_pass_role: bool = True,
        enforce_iam: bool = False,
        delivery_seconds: float = 0.2,
        log_file: Path | None = None,
    ) -> None:
        self.account = account
        self.region = region
        self.endpoint_url = ""
        self._python = python
        self._enforce_iam = enforce_iam
        self._log_file = log_file
        # Known to this process and the server alone: functions that run there cannot forge AWS's own events.
        self._injection_mark = secrets.token_hex(16)
        self._settings = {
            "record_calls": record_calls,
            "check_pass_role": check_pass_role,
            "delivery_seconds": delivery_seconds,
            "injection_mark": self._injection_mark,
        }
        self._directory: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._session = _session_without_user_configuration()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, Exception):
                error.add_note(f"The emulator's log ends with:\n{self.log_tail()}")
        finally:
            self.stop()

    def client(self, service: str, region: str | None = None, credentials: Credentials | None = None) -> Any:
        """A boto3 client for the emulator. Without credentials it acts as the account's root user."""
        keys = credentials or Credentials(self.account)
        make: Any = self._session.client  # typed by overloads on literal names
        return make(
            service,
            region_name=region or self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=Config(
                connect_timeout=5,
                read_timeout=60,
                retries={"total_max_attempts": 2, "mode": "standard"},
                proxies={},
            ),
        )

    def put_event(
        self,
        record: Mapping[str, Any],
        *,
        source: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> str:
        """Put a CloudTrail record on a default bus the way AWS does it, and return the envelope's id.

        Account and region of the bus are the record's own (`recipientAccountId`, `awsRegion`) unless given;
        the envelope's source is derived from `eventSource` unless given.
        """
        client = self.client(
            "events",
            region or record.get("awsRegion") or self.region,
            Credentials(account or record.get("recipientAccountId") or self.account),
        )
        return events.put_record(client, record, source, self._injection_mark)

    def put_raw_event(
        self,
        source: str,
        detail: Mapping[str, Any],
        *,
        detail_type: str = events.DETAIL_TYPE,
        bus: str = "default",
        region: str | None = None,
        credentials: Credentials | None = None,
    ) -> str:
        """Put an event as any customer can, and return its id.

        Raises:
            events.EventRefusedError: the bus did not take it, as it takes no `aws.` source from a customer.
        """
        client = self.client("events", region, credentials)
        return events.put_customer_event(client, source, detail_type, detail, bus)

    def evaluate_alarms(self, after: datetime.timedelta = datetime.timedelta()) -> dict[str, str]:
        """Have CloudWatch evaluate every metric alarm; the new states of those that changed, by ARN.

        Alarms are also evaluated when data of their metric comes, but not as time goes by.

        Args:
            after: evaluate as of so much later, as if no further data came until then.
        """
        request = urllib.request.Request(  # noqa: S310  the emulator's own address
            f"{self.endpoint_url}/_passrole/evaluate-alarms",
            data=json.dumps({"after": after.total_seconds()}).encode(),
            headers={"x-passrole-mark": self._injection_mark, "content-type": "application/json"},
            method="POST",
        )
        with _LOOPBACK_OPENER.open(request, timeout=60) as answer:
            changed: dict[str, str] = json.load(answer)
        return changed

    def log_tail(self, lines: int = 40) -> str:
        """The end of the server's log; empty before the start and after the stop of an unnamed log."""
        path = self._log_file or (self._directory and self._directory / "emulator.log")
        if path is None or not path.exists():
            return ""
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """End the server and every process that it started, and remove their files. Safe to call twice."""
        process, self._process = self._process, None
        directory, self._directory = self._directory, None
        try:
            if process is not None:
                _end_group(process)
        finally:
            if directory is not None:
                shutil.rmtree(directory, ignore_errors=True)

    def _start(self) -> None:
        directory = self._directory = Path(tempfile.mkdtemp(prefix="passrole-emulator-"))
        # The listening socket is made here and handed over: no other process can take the port in between.
        with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            port = listener.getsockname()[1]
            self.endpoint_url = f"http://127.0.0.1:{port}"
            with (self._log_file or directory / "emulator.log").open("wb") as log:
                process = self._process = run_in_emulator_environment(
                    "main",
                    python=self._python,
                    environment=self._environment(port, directory),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=[listener.fileno()],
                )
            send_line(process, {**self._settings, "listener": listener.fileno(), "directory": str(directory)})
        self._wait_until_healthy(process)

    def _environment(self, port: int, directory: Path) -> dict[str, str]:
        """A clean environment: the Lambda functions inherit it, so nothing of the caller's may be in it."""
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(directory),
            "TMPDIR": str(directory),
            "STATE_DIR": str(directory / "state"),
            "LANG": "C.UTF-8",
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "MINISTACK_ACCOUNT_ID": self.account,
            "MINISTACK_REGION": self.region,
            "AUTH": "true" if self._enforce_iam else "false",
            "AWS_EC2_METADATA_DISABLED": "true",
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "1",
        }

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if (status := process.poll()) is not None:
                raise EmulatorError(f"The emulator ended with status {status} at start:\n{self.log_tail()}")
            try:
                with _LOOPBACK_OPENER.open(f"{self.endpoint_url}/_ministack/health", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise EmulatorError(
            f"The emulator did not answer in {_START_TIMEOUT_SECONDS:.0f} s:\n{self.log_tail()}"
        )


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group that a process leads, then take its exit status.

    The leader is reaped last: until then its id cannot belong to anybody else's group.
    """
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _session_without_user_configuration() -> boto3.session.Session:
    """A boto3 session that reads neither the user's profile nor the files in `~/.aws`."""
    nothing = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return boto3.session.Session(botocore_session=botocore.session.Session(session_vars=nothing))
