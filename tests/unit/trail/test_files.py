"""Records from files: every form that they come in, and every way in which a file can be bad."""

import gzip
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from passrole.trail import lines
from passrole.trail.documents import Kind
from passrole.trail.files import RecordFiles
from tests.unit.samples import create_function_record, envelope_of

Record = dict[str, Any]


def record(number: int = 1) -> Record:
    return create_function_record(eventID=f"event-{number}")


def read(*names: object, stdin: bytes = b"") -> tuple[list[tuple[str, str]], list[str], RecordFiles]:
    """Places with event ids, the problems, and the reader."""
    problems: list[str] = []
    files = RecordFiles(problems.append, io.BytesIO(stdin))
    found = [(place, r["eventID"]) for place, r in files.read([str(name) for name in names])]
    assert files.problems == len(problems)
    return found, problems, files


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes, name: str = "f") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def _json(*numbers: int) -> str:
    return json.dumps([record(n) for n in numbers])


FORMS = {
    "one record": (json.dumps(record()), [":1"]),
    "one record on many lines": (json.dumps(record(), indent=2), [""]),
    "a log file": (json.dumps({"Records": [record(1), record(2)]}), [": record 1", ": record 2"]),
    "a log file on many lines": (
        json.dumps({"Records": [record(1), record(2)]}, indent=2),
        [": record 1", ": record 2"],
    ),
    "a log file with other members": (
        json.dumps({"a": 1, "Records": [record(1), record(2)]}),
        [": record 1", ": record 2"],
    ),
    "a list": (_json(1, 2), [": record 1", ": record 2"]),
    "a list with a record a line": (
        f"[\n{json.dumps(record(1))},\n{json.dumps(record(2))}\n]\n",
        [": record 1", ": record 2"],
    ),
    "a list of one on its own line": (f"[\n{json.dumps(record(1))}\n]", [": record 1"]),
    "lines of JSON": (f"{json.dumps(record(1))}\n\n{json.dumps(record(2))}\n", [":1", ":3"]),
    "lines that end as on Windows": (f"{json.dumps(record(1))}\r\n{json.dumps(record(2))}\r\n", [":1", ":2"]),
    "lines of log files": (
        f"{json.dumps({'Records': [record(1), record(2)]})}\n{json.dumps(record(3))}",
        [":1: record 1", ":1: record 2", ":2"],
    ),
    "log files in one line": (
        json.dumps({"Records": [record(1)]}) + json.dumps({"Records": [record(2)]}),
        [": record 1", ": record 2"],
    ),
    "records on many lines, one after another": (
        json.dumps(record(1), indent=1) + "\n" + json.dumps(record(2), indent=1),
        [": record 1", ": record 2"],
    ),
    "an envelope": (envelope_of(record()), [":1"]),
    "envelopes in a list": (
        f"[{envelope_of(record(1))},{envelope_of(record(2))}]",
        [": record 1", ": record 2"],
    ),
    "a byte order mark before it": ("\ufeff" + json.dumps(record()), [":1"]),
}


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read(form: str, zipped: bool, file: Callable[..., Path]) -> None:
    content, places = FORMS[form]
    path = file(gzip.compress(content.encode()) if zipped else content)

    found, problems, _ = read(path)

    assert problems == []
    assert found == [(f"{path}{place}", f"event-{n}") for n, place in enumerate(places, start=1)]


def test_gzip_is_told_by_its_bytes_and_not_by_its_name(file: Callable[..., Path]) -> None:
    assert read(file(json.dumps(record()), "plain.json.gz"))[0]
    assert read(file(gzip.compress(json.dumps(record()).encode()), "zipped.json"))[0]


def test_an_archive_of_several_members_padded_with_zeros_is_read_to_its_end(
    file: Callable[..., Path],
) -> None:
    members = [gzip.compress(f"{json.dumps(record(n))}\n".encode()) for n in (1, 2)]

    found, problems, _ = read(file(b"".join([*members, b"\0" * 700_000])))

    assert ([id_ for _, id_ in found], problems) == (["event-1", "event-2"], [])


def test_an_archive_is_unpacked_a_piece_at_a_time(
    file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_CHUNK", 7)
    content = "".join(f"{json.dumps(record(n))}\n" for n in range(30))

    found, problems, _ = read(file(gzip.compress(content.encode())))

    assert (len(found), problems) == (30, [])


def test_the_standard_input_is_a_file_like_another() -> None:
    assert read("-", stdin=gzip.compress(json.dumps(record()).encode()))[0] == [
        ("standard input:1", "event-1")
    ]


def test_a_pipe_that_gives_a_byte_at_a_time_is_read() -> None:
    class Slow(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            return super().read1(1)

    problems: list[str] = []
    slow = Slow(gzip.compress(json.dumps(record()).encode()))

    assert len(list(RecordFiles(problems.append, slow).read(["-"]))) == 1


BAD = {
    "nothing": (b"", "f: empty; expected a CloudTrail record"),
    "blank lines": (b" \n\n", "f: empty; expected a CloudTrail record"),
    "a number": (b"42", "f:1: a number; expected a CloudTrail record"),
    "null": (b"null", "f:1: null; expected a CloudTrail record"),
    "true": (b"true", "f:1: true or false; expected a CloudTrail record"),
    "text": (b'"x"', "f:1: text; expected a CloudTrail record"),
    "another object": (b"{}", "f:1: an object, but no record; expected a CloudTrail record"),
    "a record without a name": (b'{"eventSource": "x"}', "f:1: no CloudTrail record: eventName is missing"),
    "a record with a numeric name": (
        b'{"eventSource": "x", "eventName": 3}',
        "f:1: no CloudTrail record: eventName is a number; expected text",
    ),
    "Records that are no list": (b'{"Records": {}}', "f:1: Records is an object; expected a list"),
    "an envelope of something else": (b'{"detail": {"state": "on"}}', "f:1: the detail of the envelope: "),
    "no JSON": (b"hello", "f:1: not JSON: expecting value at column 1"),
    "a cut off record": (b'{"eventSource": "lam', "f:1: not JSON: it ends in the middle"),
    "a cut off list": (b'{"Records":[', "f:1: not JSON: it ends in the middle"),
    "a cut off document": (b'{\n "eventSource": "a",\n', "f: not JSON: it ends in the middle"),
    "brackets without end": (b"[" * 100_000, "f:1: not JSON: nested too deep"),
    "objects without end": (b'{"a":' * 100_000, "f:1: not JSON: nested too deep"),
    "a number without end": (b"[" + b"9" * 5000 + b"]", "f:1: not JSON: a number of too many digits"),
    "lists in lists": (b"[[[[[[[{}]]]]]]]", "f: record 1: lists of records nested too deep"),
    "no text": (b"\x80\x81", "f:1: not UTF-8 text (byte 1 is 0x80)"),
    "UTF-16": ("{}".encode("utf-16"), "f:1: not UTF-8 text (byte 1 is 0xff)"),
    "a damaged archive": (gzip.compress(b"{}")[:10] + b"\xff" * 20, "f: gzip: damaged"),
    "an archive without contents": (b"\x1f\x8b", "f: gzip: it ends in the middle (cut off?)"),
}


@pytest.mark.parametrize("bad", BAD)
def test_each_bad_file_gets_one_line_that_says_what_is_wrong(
    bad: str, file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    content, line = BAD[bad]
    monkeypatch.chdir(file(content).parent)

    found, problems, _ = read("f")

    assert found == []
    assert len(problems) == 1
    assert problems[0].startswith(line)


def test_a_file_that_is_not_there_does_not_stop_the_others(file: Callable[..., Path]) -> None:
    found, problems, _ = read("/nowhere/at/all", file(json.dumps(record())), "with\0zero")

    assert len(found) == 1
    assert problems[0] == "/nowhere/at/all: cannot be read: no such file or directory"
    assert problems[1].startswith("with\0zero: cannot be read: ")


def test_a_broken_line_takes_no_other_with_it(file: Callable[..., Path]) -> None:
    broken = ['{"eventSource": "lam', "42", '{"a": "\x80"}', "]"]
    rows = [row for n, bad in enumerate(broken) for row in (json.dumps(record(n)), bad)]
    path = file("\n".join(rows))

    found, problems, _ = read(path)

    assert [place for place, _ in found] == [f"{path}:{n}" for n in (1, 3, 5, 7)]
    assert [p.partition(": ")[0] for p in problems] == [f"{path}:{n}" for n in (2, 4, 6, 8)]


@pytest.mark.parametrize("broken", ["{", "[", '{"Records":[', '{"a": "x', "nonsense", "\udcff"])
def test_a_file_that_begins_with_broken_lines_is_still_read_by_line(
    broken: str, file: Callable[..., Path]
) -> None:
    start = broken.encode("utf-8", "surrogateescape")
    rows = [json.dumps(record(n)).encode() for n in (1, 2, 3)]

    for beginning in ([start], [start, start]):
        found, problems, _ = read(file(b"\n".join([*beginning, *rows])))

        assert [id_ for _, id_ in found] == ["event-1", "event-2", "event-3"]
        assert problems


def test_lines_that_are_json_and_no_records_are_told_one_by_one(file: Callable[..., Path]) -> None:
    path = file("{}\n{}\n")

    assert [p.partition(": ")[0] for p in read(path)[1]] == [f"{path}:1", f"{path}:2"]


@pytest.mark.parametrize("missing", ["]}", "}"])
def test_a_list_that_is_not_closed_is_told_behind_its_records(
    missing: str, file: Callable[..., Path]
) -> None:
    for indent in (None, 1):
        whole = json.dumps({"Records": [record()]}, indent=indent)
        found, problems, _ = read(file(whole[: whole.rindex(missing[0])].rstrip()))

        assert len(found) == 1
        assert "not JSON: it ends in the middle (cut off?)" in problems[0]


def test_a_broken_element_of_a_list_takes_no_other_with_it(file: Callable[..., Path]) -> None:
    elements = [
        json.dumps(record(1)),
        '{"a": [nope, "]"], "b": {}}',
        json.dumps(record(2)),
        "7",
        json.dumps(record(3)),
    ]
    path = file(f'{{"Records": [{", ".join(elements)}]}}')

    found, problems, _ = read(path)

    assert [id_ for _, id_ in found] == ["event-1", "event-2", "event-3"]
    assert problems[0].startswith(f"{path}: record 2: not JSON: expecting value at column ")
    assert problems[1].startswith(f"{path}: record 4: a number; expected")


def test_bytes_that_are_no_text_are_told_and_take_no_record_with_them(file: Callable[..., Path]) -> None:
    content = json.dumps({"Records": [record(1), record(2)]}).encode().replace(b"dana", b"da\xffna", 1)

    found, problems, _ = read(file(content))

    assert len(found) == 2
    assert "not UTF-8 text" in problems[0]


def test_what_stands_inside_of_a_broken_record_is_never_taken_for_a_record(file: Callable[..., Path]) -> None:
    forged = json.dumps({**record(66), "requestParameters": {"x": [record(67)], "y": record(68)}})
    cut = forged[: forged.index('"eventName"')] + forged[forged.index('"requestParameters"') : -1]

    found, problems, _ = read(file(f'{{"Records":[{json.dumps(record(1))},{cut}'))

    assert [id_ for _, id_ in found] == ["event-1"]
    assert problems


def test_the_records_before_the_end_of_a_cut_off_archive_are_read(file: Callable[..., Path]) -> None:
    rows = [f"{json.dumps(record(n) | {'x': os.urandom(200).hex()})}\n".encode() for n in range(100)]
    whole = gzip.compress(b"".join(rows))

    found, problems, _ = read(path := file(whole[: len(whole) // 2]))

    assert 30 < len(found) < 70
    assert problems[-1] == f"{path}: gzip: it ends in the middle (cut off?)"


def test_an_insight_is_a_record_of_no_call_and_no_problem(file: Callable[..., Path]) -> None:
    insight = {"eventType": "AwsCloudTrailInsight", "eventID": "event-1", "insightDetails": {}}

    assert read(file(json.dumps(insight)))[1] == []


def test_a_folder_is_walked_in_order_of_its_names(tmp_path: Path) -> None:
    names = ["a.json", *(f"{folder}/x.json" for folder in "bcdefghij"), "j/k/l.json.gz"]
    for number, name in reversed(list(enumerate(names))):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(record(number)).encode()))

    found, problems, _ = read(tmp_path)

    assert ([id_ for _, id_ in found], problems) == ([f"event-{n}" for n in range(len(names))], [])


def test_files_of_a_folder_that_hold_no_records_are_counted_and_are_no_problem(tmp_path: Path) -> None:
    others = {
        "README.md": b"# Logs\n\n[a link](x)\n",
        "digest.json": b'{"awsAccountId": "1", "digestStartTime": "2026"}',
        "empty": b"",
        "logo.png": b"\x89PNG\r\n\x1a\n\0\0",
    }
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "records.json").write_text(json.dumps(record()))

    found, problems, files = read(tmp_path)

    assert len(found) == 1
    assert problems == []
    assert [Path(name).name for name in files.without_records] == [*sorted(others), "pipe"]


def test_a_damaged_log_file_in_a_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(json.dumps(record()).encode())[:-9])
    (tmp_path / "b.json").write_text(json.dumps({"Records": [record()]})[:-30])
    (tmp_path / "c.json").symlink_to("nowhere")

    _, problems, files = read(tmp_path)

    assert files.without_records == []
    assert [Path(p.partition(": ")[0].partition(":")[0]).name for p in problems] == [
        "a.json.gz",
        "b.json",
        "c.json",
    ]


def test_problems_before_the_first_record_of_a_folders_file_are_told_with_it(tmp_path: Path) -> None:
    (tmp_path / "f").write_text(f"42\nhello\n{json.dumps(record())}\n")

    found, problems, files = read(tmp_path)

    assert (len(found), len(problems), files.without_records) == (1, 2, [])


def test_a_line_without_end_is_given_up_before_it_fills_the_memory(
    file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_CHUNK", 1 << 16)
    path, problems = file(f"{json.dumps(record())}\n".encode() + b"x" * (3 << 20)), list[str]()
    files = RecordFiles(problems.append, most_bytes=1 << 20)

    assert len(list(files.read([str(path)]))) == 1
    assert files.kinds == {Kind.TOO_LARGE: 1}
    assert problems == [f"{path}: line 2 has more than 1 MB; expected smaller files"]


class Endless(io.RawIOBase):
    """Lines of records that never end."""

    def __init__(self, beginning: bytes = b"") -> None:
        self.given = 0
        self._beginning = beginning

    def read(self, size: int = -1) -> bytes:
        self.given += 1
        beginning = self._beginning if self.given == 1 else b""
        return beginning + json.dumps(record(self.given)).encode() + b"\n"


def test_lines_of_json_are_read_one_at_a_time() -> None:
    endless = Endless()
    records = RecordFiles(print, endless).read(["-"])  # type: ignore[arg-type]

    for _ in range(1000):
        next(records)

    assert endless.given < 1010


def test_a_large_file_that_begins_broken_is_read_by_line() -> None:
    problems: list[str] = []
    endless = Endless(b"[\n")
    records = RecordFiles(problems.append, endless, most_bytes=10_000).read(["-"])  # type: ignore[arg-type]

    for _ in range(50):
        next(records)

    assert len(problems) == 1


def test_a_text_that_is_broken_everywhere_is_given_up_on(file: Callable[..., Path]) -> None:
    broken = ",".join(["{nope}"] * 100_000)

    found, problems, _ = read(file(f"[{json.dumps(record())},{broken}]"))

    assert len(found) == 1
    assert len(problems) == 101
    assert problems[-1].endswith("broken in more than 100 places; the rest is not read")
