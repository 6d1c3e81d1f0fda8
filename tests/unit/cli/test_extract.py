"""``passrole extract``: CloudTrail in, one line a pass out."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

from tests.unit.cli.conftest import Run
from tests.unit.samples import FUNCTION, ROLE, create_function_record, envelope_of

File = Callable[..., Path]

KEYS = {
    *("event_id", "event_time", "event_source", "event_name", "account", "region", "outcome", "error_code"),
    *(
        "role",
        "path",
        "action",
        "direction",
        "coverage",
        "referral",
        "place",
        "services",
        "resource",
        "resources",
    ),
    *("resource_type", "passer"),
}
NO_PASS = create_function_record(eventName="ListFunctions", eventID="no-pass", requestParameters=None)


def test_each_pass_is_one_json_line_with_the_keys_of_the_contract(run: Run, file: File) -> None:
    ran = run("extract", file("events.jsonl", create_function_record(), NO_PASS), "--json")

    assert (ran.status, ran.err) == (0, "")
    (row,) = ran.rows
    assert set(row) == KEYS
    assert row["role"] == {"value": ROLE, "kind": "role_arn", "arn": ROLE, "name": "deployer"}
    assert row["resource"] == FUNCTION
    assert row["passer"]["arn"].endswith("user/dana")


def test_people_read_who_passed_which_role_to_what(run: Run, file: File) -> None:
    ran = run("extract", file("events.jsonl", create_function_record(), NO_PASS))

    assert ran.status == 0
    for part in (
        "lambda CreateFunction20150331",
        "user/dana",
        ROLE,
        "execution role",
        "lambda.amazonaws.com",
        FUNCTION,
    ):
        assert part in ran.out
    assert ran.out.endswith("1 pass in 2 records\n")


def test_good_passes_are_printed_beside_bad_lines_and_the_status_tells(run: Run, file: File) -> None:
    path = file(
        "events.jsonl", create_function_record(), '{"eventSou\n', create_function_record(eventID="two")
    )

    ran = run("extract", path, "--json")

    assert ran.status == 2
    assert [row["event_id"] for row in ran.rows] == [create_function_record()["eventID"], "two"]
    assert ran.err == f"{path}:2: not JSON: it ends in the middle (cut off?)\n"


def test_the_standard_input_is_read(run: Run) -> None:
    ran = run("extract", "-", "--json", stdin=envelope_of(create_function_record()))

    assert len(ran.rows) == 1


def test_a_folder_is_walked_and_its_other_files_are_counted(run: Run, file: File, tmp_path: Path) -> None:
    (tmp_path / "one.json.gz").write_bytes(
        gzip.compress(json.dumps({"Records": [create_function_record()]}).encode())
    )
    for number in range(7):
        file(f"notes-{number}.txt", "hello\n")

    ran = run("extract", tmp_path, "--json")

    assert (ran.status, len(ran.rows)) == (0, 1)
    assert ran.err.startswith("7 files hold no CloudTrail records: ")
    assert ran.err.endswith("notes-4.txt, and 2 more\n")


def test_a_file_that_is_missing_is_named(run: Run) -> None:
    ran = run("extract", "nowhere.jsonl")

    assert (ran.status, ran.err) == (2, "nowhere.jsonl: cannot be read: no such file or directory\n")


def test_names_that_would_steer_the_terminal_are_shown_and_not_obeyed(run: Run, file: File) -> None:
    hostile = "arn:aws:iam::111122223333:role/\x1b[2J\x1b]0;owned\x07[red]x[/red]\u202e:smile:\nfaked line"
    record = create_function_record(hostile, userAgent="\x9b31m", sourceIPAddress="\ud800[bold]")

    ran = run("extract", file("events.jsonl", record))

    assert r"\x1b[2J\x1b]0;owned\x07[red]x[/red]\u202e:smile:\nfaked line" in ran.out
    assert r"\ud800[bold]" in ran.out
    assert not set(ran.out) & set("\x1b\x07\x9b\u202e")


def test_file_names_that_would_steer_the_terminal_are_shown_and_not_obeyed(run: Run) -> None:
    ran = run("extract", "\x1b[31mred\n.json")

    assert ran.err.startswith(r"\x1b[31mred\n.json: cannot be read")
