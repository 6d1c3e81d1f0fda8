"""The command itself: help, usage, and how it ends when it is not let to end by itself."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from passrole.cli import main
from tests.unit.cli.conftest import Run
from tests.unit.samples import create_function_record

PASSROLE = (sys.executable, "-m", "passrole.cli")
COMMANDS = ("extract", "check", "policy", "findings", "sweep", "backfill", "doctor", "demo")


def start(*args: object) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return subprocess.Popen([*PASSROLE, *map(str, args)], stdin=pipe, stdout=pipe, stderr=pipe)


def test_help_lists_every_command_and_loads_none(run: Run) -> None:
    ran = run("--help")
    code = "import sys; from passrole.cli import main; main(['--help'])"
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True
    ).stderr

    assert all(f"  {command}  " in ran.out for command in COMMANDS)
    assert not any(name in loaded for name in ("rich", "boto3", "botocore", "pydantic", "passrole.cli.check"))


def test_extract_needs_no_aws_library(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(create_function_record()))
    code = f"import sys; from passrole.cli import main; main(['extract', {str(path)!r}, '--json'])"

    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True
    ).stderr

    assert not any(name in loaded for name in ("boto3", "botocore", "pydantic", "rich"))


@pytest.mark.parametrize("command", [*COMMANDS, "policy validate", "policy diff", "findings release"])
def test_every_command_has_help(run: Run, command: str) -> None:
    ran = run(*command.split(), "-h")

    assert ran.status == 0
    assert ran.out.startswith(f"Usage: passrole {command}")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["frobnicate"], "passrole: no such command 'frobnicate'; see passrole --help"),
        (["extract"], "passrole extract: missing argument 'FILE...'; see passrole extract --help"),
        (["check", "x", "--frob"], "passrole check: no such option '--frob'; see passrole check --help"),
        (["findings", "list", "--state", "lost"], "passrole findings list: invalid value for '--state'"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(run: Run, args: list[str], line: str) -> None:
    ran = run(*args)

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(line)
    assert ran.err.count("\n") == 1


def test_no_command_shows_help(run: Run) -> None:
    ran = run()

    assert ran.status == 2
    assert "Commands:" in ran.err


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").out.startswith("passrole ")


def test_a_mistake_of_our_own_is_one_line_and_no_verdict(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("passrole.cli.reading.passes_of", broken)

    ran = run("extract", "-", stdin=json.dumps(create_function_record()))

    assert ran.status == 2
    assert ran.err == "a mistake of passrole itself (KeyError: 'oops'); PASSROLE_DEBUG=1 shows where\n"


def test_a_closed_pipe_ends_it_quietly(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(f"{json.dumps(create_function_record())}\n" * 5000)
    for options in ([], ["--json"]):
        process = start("extract", path, *options)
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()

        assert process.stderr.read() == b""
        assert process.wait(20) == 141


def test_ctrl_c_ends_it_quietly() -> None:
    process = start("extract", "-", "--json")
    assert process.stdin
    assert process.stderr
    # Its complaints show that it is at work; it then waits for more.
    process.stdin.write(b"42\n42\n")
    process.stdin.flush()
    for number in (b"1", b"2"):
        assert process.stderr.readline().startswith(b"standard input:" + number + b": a number; expected")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert err.strip() == b""


def test_a_terminal_that_knows_no_unicode_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "guardrail.yaml").write_text("version: 1\napproved: []\n")

    ran = subprocess.run(
        [*PASSROLE, "policy", "validate"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.getcwd()},
        capture_output=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.startswith((b"!", b"\\u2713"))


def test_the_commands_are_one_public_name() -> None:
    assert main.name == "passrole"


def test_demo_says_what_it_needs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passrole.cli.demo.find_spec", lambda _: None)

    ran = run("demo")

    assert ran.status == 2
    assert "make demo" in ran.err


def test_demo_ends_as_the_demonstration_ends(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[Path] = []
    demonstration = ModuleType("passrole.demo")
    demonstration.run = lambda report: reports.append(report) or 7  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "passrole.demo", demonstration)
    monkeypatch.setattr("passrole.cli.demo.find_spec", lambda _: True)

    assert run("demo", "--report", "my.html").status == 7
    assert reports == [Path("my.html")]
