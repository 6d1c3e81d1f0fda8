"""``passrole audit``, interrupted: what is done is kept for the same audit, and for no other."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from passrole.audit.sources import contents
from passrole.audit.sources.errors import UnreadableError
from passrole.audit.sources.units import Unit
from passrole.audit.spool import Kept, Spool
from passrole.audit.tally import Tally
from passrole.trail.documents import Kind
from tests.unit.cli.conftest import Run
from tests.unit.cli.logs import UNWRITABLE, passing, write_log


def test_an_interrupted_audit_goes_on_where_it_stopped(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("passrole.audit.sources.units._MOST_FILES", 1)
    folder = logs(*([passing(1 + number)] for number in range(6)))
    finish, finished = Spool.finish, list[object]()

    def interrupted(self: Spool, *about: Any) -> None:
        finish(self, *about)
        finished.append(about)
        if len(finished) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(Spool, "finish", interrupted)
    first = run("audit", folder, "--format", "json")
    assert (first.status, first.out) == (130, "")
    assert "They are kept: the same command goes on from there" in first.err

    # Meanwhile one of the files that were read changes, and one goes
    write_log(folder / "000.json.gz", [passing(20)])
    (folder / "001.json.gz").unlink()
    second = run("audit", folder, "--format", "json")

    assert len(finished) == 7  # the two that were left, and the one that changed
    assert "2 files were read by the run that was interrupted" in second.err
    assert [each["event_id"] for each in second.rows] == [f"event-{number}" for number in (3, 4, 5, 6, 20)]
    assert "5 passes in 5 records of 5 files" in second.err
    assert not list((tmp_path / "cache").rglob("*.jsonl"))


def test_what_could_not_be_read_is_tried_again(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = logs([passing(1)])
    monkeypatch.setattr(contents, "_local", lambda unit: UnreadableError(unit.name, Kind.UNREADABLE))
    assert run("audit", folder, "--out", UNWRITABLE).status == 2
    monkeypatch.undo()

    assert len(run("audit", folder, "--format", "json").rows) == 1


def test_files_that_two_workers_are_given_at_once_are_whole(tmp_path: Path) -> None:
    spool, units = Spool(tmp_path), [Unit("/logs/a", 1, "2")]

    def lines() -> Iterator[bytes]:
        yield b"one\n"
        with pytest.MonkeyPatch.context() as other:  # who is faster
            other.setattr(os, "getpid", lambda: 1)
            spool.write("batch", [b"one\n", b"two\n"])
        assert spool.rows_of("batch").read_bytes() == b"one\ntwo\n"
        yield b"two\n"

    spool.write("batch", lines())
    spool.finish("batch", Tally(files=1), units)

    assert spool.rows_of("batch").read_bytes() == b"one\ntwo\n"
    assert list(spool.done()) == [Kept("batch", Tally(files=1), units)]


def test_a_process_that_is_ended_is_told_and_what_is_done_is_kept(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passrole.cli.audit.sources._ENOUGH", 0)
    monkeypatch.setattr("passrole.audit.sources.units._MOST_FILES", 1)
    folder = logs(*([passing(1 + number)] for number in range(4)))
    finish = Spool.finish

    def killed(self: Spool, batch: str, tally: Any, units: Any) -> None:
        finish(self, batch, tally, units)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(Spool, "finish", killed)
    ran = run("audit", folder, "--jobs", 2)
    assert (ran.status, "a process that read logs was ended" in ran.err) == (2, True)

    monkeypatch.setattr(Spool, "finish", finish)
    assert len(run("audit", folder, "--format", "json", "--jobs", 1).rows) == 4


def test_what_is_done_is_kept_until_the_passes_are_written(
    run: Run, logs: Callable[..., Path], tmp_path: Path
) -> None:
    folder, told = logs([passing(1)]), tmp_path / "told"

    assert run("audit", folder, "--format", "json", "--out", UNWRITABLE).status == 2

    ran = run("audit", folder, "--format", "json", "--out", told)
    assert (ran.status, "1 file was read by the run that was interrupted" in ran.err) == (0, True)
    assert not list((tmp_path / "cache").rglob("*.tally"))


def test_times_that_are_relative_mean_the_same_when_an_audit_goes_on(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passrole.audit.sources.units._MOST_FILES", 1)
    folder = logs([passing(1)], [passing(2)], [passing(3)])
    finish = Spool.finish

    def interrupted(self: Spool, *about: Any) -> None:
        finish(self, *about)
        raise KeyboardInterrupt

    monkeypatch.setattr(Spool, "finish", interrupted)
    command = ("audit", folder, "--since", "12h", "--until", "1h", "--format", "json")
    monkeypatch.setattr("passrole.cli.audit.command.utc_now", lambda: datetime(2026, 3, 1, 11, tzinfo=UTC))
    assert run(*command).status == 130

    monkeypatch.setattr(Spool, "finish", finish)
    monkeypatch.setattr("passrole.cli.audit.command.utc_now", lambda: datetime(2026, 3, 2, 11, tzinfo=UTC))
    assert [each["event_id"] for each in run(*command).rows] == ["event-1"]


def test_two_of_the_same_audit_at_once_both_tell_all(run: Run, logs: Callable[..., Path]) -> None:
    folder, others = logs([passing(1)], [passing(2)]), list[Any]()
    write = Spool.write

    def at_once(self: Spool, *about: Any) -> None:
        write(self, *about)
        if not others:
            others.append(None)
            others.append(run("audit", folder, "--format", "json", "--jobs", 1))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Spool, "write", at_once)
        ran = run("audit", folder, "--format", "json", "--jobs", 1)

    assert (ran.status, ran.out) == (0, others[1].out)
    assert len(ran.rows) == 2


def test_what_another_release_found_is_not_taken_up(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = logs([passing(1)])
    assert run("audit", folder, "--out", UNWRITABLE).status == 2

    monkeypatch.setattr("passrole.audit.spool.release", lambda: "another")
    assert "read by the run that was interrupted" not in run("audit", folder).err
