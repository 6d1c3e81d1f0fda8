"""``passrole audit``: every form tells the same passes, and nothing that was passed over is silent."""

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from passrole.audit.sources import contents
from tests.unit.cli.conftest import Run
from tests.unit.cli.logs import passing

POLICY = """
version: 1
approved:
  - {name: application roles, roles: ["/application_role/*"]}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return path


def test_all_forms_hold_the_same_passes(
    run: Run, logs: Callable[..., Path], policy: Path, tmp_path: Path
) -> None:
    folder = logs([passing(3), passing(1, "dev/bad")], [passing(2), {"eventSource": "a", "eventName": "b"}])
    ran = {
        form: run("audit", folder, "--policy", policy, "--format", form, "--out", tmp_path / form)
        for form in ("table", "json", "csv", "parquet", "html")
    }

    assert {each.status for each in ran.values()} == {1}
    assert "3 passes in 4 records of 2 files: 2 approved, 1 violation" in ran["json"].err
    expected = [("event-1", "violation"), ("event-2", "approved"), ("event-3", "approved")]
    told = [json.loads(line) for line in (tmp_path / "json").read_text().splitlines()]
    assert [(each["event_id"], each["verdict"]) for each in told] == expected
    rows = list(csv.DictReader(io.StringIO((tmp_path / "csv").read_text())))
    assert [(each["event_id"], each["verdict"]) for each in rows] == expected
    found = duckdb.execute(f"SELECT event_id, verdict FROM read_parquet('{tmp_path / 'parquet'}')").fetchall()  # noqa: S608
    assert found == expected
    assert [line.split()[2] for line in (tmp_path / "table").read_text().splitlines()[1:]] == [
        verdict for _, verdict in expected
    ]
    assert all(event in (tmp_path / "html").read_text() for event, _ in expected)


def test_it_tells_what_check_tells(run: Run, logs: Callable[..., Path], policy: Path) -> None:
    folder = logs([passing(1), passing(2, "dev/bad")])

    audited = run("audit", folder, "--policy", policy, "--format", "json")
    checked = run("check", folder, "--policy", policy, "--json")

    assert audited.rows == checked.rows
    assert (audited.status, checked.status) == (1, 1)


def test_without_a_policy_it_tells_the_passes_alone(run: Run, logs: Callable[..., Path]) -> None:
    folder = logs([passing(1)])

    audited, extracted = run("audit", folder, "--format", "json"), run("extract", folder, "--json")

    assert audited.rows == extracted.rows
    assert audited.status == 0


def test_the_policy_in_the_folder_is_taken_unless_nobody_wants_it(
    run: Run, logs: Callable[..., Path], policy: Path, tmp_path: Path
) -> None:
    folder = logs([passing(1, "dev/bad")])
    policy.rename(tmp_path / "guardrail.yaml")

    assert run("audit", folder).status == 1
    assert run("audit", folder, "--no-policy").status == 0


def test_a_record_that_comes_twice_counts_once_and_another_of_its_id_counts_too(
    run: Run, logs: Callable[..., Path]
) -> None:
    denied = passing(1, errorCode="AccessDenied")
    ran = run("audit", logs([passing(1)], [passing(1)], [denied]), "--format", "json")

    assert sorted(each["outcome"] for each in ran.rows) == ["denied", "succeeded"]
    assert "1 pass told more than once, counted once" in ran.err


def test_what_is_named_twice_is_read_once(run: Run, logs: Callable[..., Path], tmp_path: Path) -> None:
    folder, beside = logs([passing(1)], [passing(2)]), logs([passing(3)], name="logs-2")
    (tmp_path / "link").symlink_to(folder)

    ran = run(
        "audit", folder / "000.json.gz", folder, beside, folder, f"{folder}/", "link", tmp_path / "link/."
    )
    assert "3 passes in 3 records of 3 files" in ran.err
    assert "duplicate" not in ran.err

    ran = run("audit", folder, beside, folder / "001.json.gz", "--format", "json")
    assert len(ran.rows) == 3
    assert "3 files" in ran.err


def test_only_what_was_asked_for_in_time(run: Run, logs: Callable[..., Path]) -> None:
    folder = logs([passing(number) for number in range(1, 10)])

    ran = run(
        "audit", folder, "--since", "2026-03-03T10:00Z", "--until", "2026-03-05T10:00Z", "--format", "json"
    )

    assert [each["event_id"] for each in ran.rows] == ["event-3", "event-4", "event-5"]
    assert "passes out of range: 6" in ran.err


def test_whatever_lies_in_the_folder_is_counted_and_stops_nothing(
    run: Run, logs: Callable[..., Path]
) -> None:
    folder = logs([passing(1)])
    whole = gzip.compress(json.dumps({"Records": [passing(2)]}).encode())
    (folder / "cut.json.gz").write_bytes(whole[:-20])
    (folder / "digest.json").write_text(json.dumps({"digestS3Object": "x", "logFiles": []}))
    (folder / "empty.json").write_bytes(b"")
    (folder / "half.json").write_text(json.dumps({"Records": [passing(3), passing(4)]})[:-30])
    (folder / "readme.txt").write_text("hello")
    insight = {"eventType": "AwsCloudTrailInsight", "eventCategory": "Insight", "insightDetails": {}}
    data = {"eventCategory": "Data", "eventSource": "s3.amazonaws.com", "eventName": "GetObject"}
    (folder / "z.json").write_text(json.dumps({"Records": [insight, data, data]}, separators=(",", ":")))
    (folder / "gone.json").symlink_to("nowhere")

    ran = run("audit", folder, "--format", "json")

    assert ran.status == 0
    assert {"event-1", "event-3"} <= {each["event_id"] for each in ran.rows}
    for told in (
        "files cut off or damaged: 1; the first: ",
        "digest files: 1",
        "empty files: 1",
        "broken records: 3; the first: ",
        "files without records: 1",
        "insight events: 1",
        "data events: 2",
        "unreadable files: 1; the first: ",
    ):
        assert told in ran.err


def test_large_files_are_read_by_line(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_MOST_BYTES", 10)

    ran = run("audit", logs([passing(1)], [passing(2)]), "--format", "json")

    assert len(ran.rows) == 2


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_however_many_read_the_answer_is_the_same(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr("passrole.cli.audit.sources._ENOUGH", 0)
    monkeypatch.setattr("passrole.audit.sources.units._MOST_FILES", 2)
    folder = logs(*([passing(1 + number)] for number in range(20)))

    ran = run("audit", folder, "--format", "json", "--jobs", jobs)

    assert [each["event_id"] for each in ran.rows] == [f"event-{1 + number}" for number in range(20)]


@pytest.mark.parametrize("form", ["table", "json", "csv", "parquet", "html"])
def test_logs_without_passes_are_no_mistake(run: Run, logs: Callable[..., Path], form: str) -> None:
    ran = run("audit", logs([]), "--format", form, "--out", "told")

    assert (ran.status, ran.err.partition("\n")[0]) == (0, "0 passes in 0 records of 1 file")


def test_a_pass_longer_than_any_real_one_is_cut(run: Run, logs: Callable[..., Path]) -> None:
    folder = logs([passing(1, userAgent="é" * 5_000_000), passing(2)])

    ran = run("audit", folder, "--format", "json")

    assert [each["event_id"] for each in ran.rows] == ["event-1", "event-2"]
    assert ran.rows[0]["passer"]["user_agent"].endswith("é…")


@pytest.mark.parametrize("form", ["csv", "html"])
def test_a_quote_in_the_name_of_the_folder_for_temporary_files_is_no_mistake(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
) -> None:
    (tmp_path / "o'brien").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "o'brien"))

    assert run("audit", logs([passing(1)]), "--format", form).status == 0


def test_a_full_disk_is_one_clear_line(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr("passrole.audit.store.Store.add", full)
    ran = run("audit", logs([passing(1)]))

    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "cannot be kept" in ran.err
    assert "mistake" not in ran.err


def test_processes_that_read_end_with_the_one_they_work_for() -> None:
    script = """
import os, signal, sys
from passrole.audit import worker
worker._LOOKS_EVERY = 0.01
workers = worker.Workers(worker.How(), 1)
print(workers._pool.submit(os.getpid).result(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)

    # Its outputs are closed only when the last process that has them ends.
    assert (told.returncode, told.stdout.strip().isdecimal()) == (-signal.SIGKILL, True)


def test_what_is_no_file_is_written_to_and_not_replaced(
    run: Run, logs: Callable[..., Path], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    assert run("audit", logs([passing(1)]), "--format", "json", "--out", pipe).status == 0

    assert json.loads(os.read(reader, 1 << 16))["event_id"] == "event-1"
    assert pipe.is_fifo()


def test_links_to_folders_and_pipes_are_passed_over_and_told(
    run: Run, logs: Callable[..., Path], tmp_path: Path
) -> None:
    folder = logs([passing(1)])
    (folder / "linked").symlink_to(logs([passing(2)], name="others"))
    os.mkfifo(folder / "pipe")

    ran = run("audit", folder, "--format", "json")

    assert [each["event_id"] for each in ran.rows] == ["event-1"]
    assert "links to folders: 1; the first: " in ran.err
    assert "neither files nor folders: 1; the first: " in ran.err


def test_a_pipe_is_not_taken_into_memory_whole(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    held = os.open(tmp_path / "pipe", os.O_RDWR)
    os.write(held, json.dumps(passing(1)).encode() + b"\n")
    writer = threading.Timer(0.5, os.close, [held])
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it is taken whole"))
    writer.start()

    assert len(run("audit", "pipe", "--format", "json").rows) == 1


def test_each_kind_of_damage_is_told_with_its_own_first_place(run: Run, logs: Callable[..., Path]) -> None:
    folder = logs([passing(1)])
    lines = [json.dumps(passing(2)), "{broken", json.dumps(passing(3)), "y" * 5000]
    (folder / "cut.gz").write_bytes(gzip.compress("\n".join(lines).encode())[:-12])

    ran = run("audit", folder, "--format", "json")

    assert "files cut off or damaged: 1; the first: " in ran.err
    [cut] = [line for line in ran.err.splitlines() if line.startswith("files cut off")]
    assert "gzip: it ends in the middle" in cut


def test_names_that_spreadsheets_would_obey_get_an_apostrophe(run: Run, logs: Callable[..., Path]) -> None:
    ran = run("audit", logs([passing(1, "dev/=cmd|x")]), "--format", "csv")
    named = run("audit", logs([passing(1, "dev/+x")]), "--format", "csv")

    [row] = csv.DictReader(io.StringIO(named.out))
    assert row["role_name"] == "'+x"
    assert row["role"].endswith("/dev/+x")
    assert ran.status == 0


def test_a_hostile_name_does_nothing_to_a_terminal(run: Run, logs: Callable[..., Path]) -> None:
    record = passing(1)
    record["userIdentity"] = record["userIdentity"] | {"arn": "arn:aws:iam::111122223333:user/\x1b[2J\u202e"}

    ran = run("audit", logs([record]))

    assert "\x1b" not in ran.out
    assert "\\x1b[2J\\u202e" in ran.out


@pytest.mark.parametrize("text", ["\ud800", "\udc00x", "\U0001f600", "\0", "\x7f", "\u2028"])
@pytest.mark.parametrize("form", ["table", "json", "csv", "parquet", "html"])
def test_no_character_ends_an_audit(run: Run, logs: Callable[..., Path], text: str, form: str) -> None:
    ran = run("audit", logs([passing(1, userAgent=text), passing(2)]), "--format", form, "--out", "told")

    assert (ran.status, ran.err.partition("\n")[0]) == (0, "2 passes in 2 records of 1 file")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere: cannot be read: no such file or directory"),
        (["."], None),
        ([".", "--since", "soon"], "--since: 'soon' is no time"),
        ([".", "--since", "1d", "--until", "2d"], "is after --until"),
        ([".", "--iam", "nowhere"], "nowhere: No such file or directory"),
        ([".", "--policy", "nowhere.yaml"], "nowhere.yaml"),
        ([".", "--policy", "a", "--no-policy"], "exclude each other"),
        (["s3://"], "no bucket"),
        ([".", "--out", "no/folder/x"], "there is no folder no/folder"),
    ],
)
def test_bad_usage_is_one_clear_line(run: Run, arguments: list[str], told: str | None) -> None:
    ran = run("audit", *arguments, "--format", "json")

    assert (ran.status == 2) is (told is not None)
    assert told is None or told in ran.err


def test_without_its_packages_it_says_which_to_install(
    run: Run, logs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "passrole.audit.store", None)
    monkeypatch.setattr("passrole.cli.group._OF_AUDITS", ("passrole.audit.store",))

    ran = run("audit", logs([passing(1)]))

    assert (ran.status, ran.err) == (
        2,
        "this needs more packages: pip install 'passrole-guardrail[audit]'\n",
    )
