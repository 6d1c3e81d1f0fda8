"""What a person mistypes is told in one line: where, what is wrong and what is expected."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Cloud, Run


@pytest.fixture
def log(tmp_path: Path) -> str:
    (tmp_path / "log.json").write_text('{"Records": []}')
    return "log.json"


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["--account", "12"], "'12' is no id of an account; expected twelve digits"),
        (["--region", "eu west"], "'eu west' is no region; expected one such as eu-west-1"),
        (["--workgroup", "x"], "passrole audit: --workgroup goes with --athena; see passrole audit --help"),
        (
            ["--output-location", "s3://b/"],
            "passrole audit: --output-location goes with --athena; see passrole audit --help",
        ),
        (["--out", "."], ".: cannot be written: it is a folder; expected the name of a file"),
        (["--out", "o" * 300], f"{'o' * 300}: cannot be written: File name too long"),
        (["--out", "none/x"], "none/x: cannot be written: there is no folder none"),
    ],
)
def test_an_audit_reads_nothing_before_its_options_are_right(
    run: Run, log: str, args: list[str], line: str
) -> None:
    ran = run("audit", log, *args)

    assert (ran.status, ran.out, ran.err) == (2, "", f"{line}\n")


def test_a_call_that_is_not_in_the_catalogue_is_told_with_what_lists_them(run: Run) -> None:
    ran = run("catalogue", "show", "lambda:Create")

    assert ran.err == (
        "lambda:Create: no such action or event name is in the catalogue; see passrole catalogue list\n"
    )


def test_a_folder_without_rows_is_no_release_that_all_calls_are_new_to(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    ran = run("catalogue", "diff", "empty")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "empty: no rows of a catalogue; expected the folder passrole/catalogue/calls\n"


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_what_is_no_number_bounds_nothing(run: Run, log: str, number: str) -> None:
    for args in (["sweep", "--policy", "x", "--rate", number], ["suggest", log, "--confidence", number]):
        ran = run(*args)

        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"passrole {args[0]}: invalid value for '{args[-2]}': ")


@pytest.mark.parametrize("command", ["suggest log.json", "policy diff a.yaml b.yaml log.json"])
def test_options_of_the_ledger_are_for_the_ledger(run: Run, log: str, command: str) -> None:
    for option in ("--stack", "--region"):
        ran = run(*command.split(), option, "x")

        assert (ran.status, ran.out) == (2, "")
        assert "--stack and --region go with --ledger" in ran.err


def test_an_empty_standard_input_is_called_so(run: Run) -> None:
    ran = run("policy", "explain", "--policy", _policy(), "--context", "-", stdin="")

    assert ran.err == "standard input: empty; expected a JSON object of condition keys\n"


def _policy() -> str:
    Path("guardrail.yaml").write_text("version: 1\napproved: []\n")
    return "guardrail.yaml"


def test_a_file_of_bytes_is_told_once_and_not_line_by_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n" + b"\xff\n" * 500)

    ran = run("extract", "picture.png")

    assert ran.status == 2
    assert ran.err.splitlines() == [
        "picture.png:1: not UTF-8 text (byte 1 is 0x89), nor are 500 further lines",
        "picture.png: not JSON: expecting value at line 1 column 1",
    ]


def test_the_first_day_that_there_is_has_none_before_it(run: Run, deployed: Cloud) -> None:
    ran = run("suggest", "--ledger", "--until", "0001-01-01")

    assert (ran.status, ran.err.count("passrole itself")) == (0, 0)


def test_a_folder_without_any_file_is_told_of(run: Run, tmp_path: Path) -> None:
    (tmp_path / "logs" / "below").mkdir(parents=True)

    ran = run("check", "logs", "--policy", _policy())

    assert (ran.status, ran.err) == (0, "logs: no files in it\n")
