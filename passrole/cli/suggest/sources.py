"""Passes from what a suggestion is made of: what other commands wrote, logs of CloudTrail, or the ledger."""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import click

from passrole.audit.row import COLUMNS
from passrole.cli.errors import InputError
from passrole.cli.progress import Progress
from passrole.cli.terminal import safe
from passrole.clock import iso
from passrole.passes import Pass
from passrole.suggest.observed import with_role
from passrole.suggest.rows import RowEvidence, pass_of_row
from passrole.trail import passes_of
from passrole.trail.files import RecordFiles
from passrole.trail.lines import Lines
from passrole.trail.values import time

if TYPE_CHECKING:
    from passrole.ledger import Ledger

_PARQUET = b"PAR1"
_LONGEST = 64 << 20  # bytes of a line of JSON
_ROWS_AT_ONCE = 1_000
_STDIN = "-"


class PassFiles:
    """Reads passes from files of all kinds; what cannot be read is told on the standard error.

    Attributes:
        problems: how many were told.
    """

    def __init__(self, evidence: RowEvidence) -> None:
        self._evidence = evidence
        self.problems = 0

    def passes(self, names: tuple[str, ...]) -> Iterator[Pass]:
        """The passes in the files, in their order."""
        for name in names:
            with _readable(name) as path:
                if path is None or path.is_dir():
                    yield from self._of_logs(name)
                else:
                    yield from self._of_file(name, path)

    def _of_file(self, name: str, path: Path) -> Iterator[Pass]:
        with path.open("rb") as file:
            if file.read(len(_PARQUET)) == _PARQUET:
                yield from self._of_parquet(name, path)
                return
            file.seek(0)
            first = next(Lines(file, _LONGEST), None)
            file.seek(0)
            if first is not None and _is_pass(_json(first.text)):
                yield from self._of_lines(name, file)
            else:
                yield from self._of_logs(name, file if name == _STDIN else None)

    def _of_logs(self, name: str, stdin: BinaryIO | None = None) -> Iterator[Pass]:
        files = RecordFiles(lambda line: click.echo(safe(line), err=True), stdin)
        for _, record in files.read((name,)):
            yield from passes_of(record)
        for other in files.without_records:
            click.echo(f"{safe(other)}: holds no CloudTrail records", err=True)
        self.problems += files.problems

    def _of_lines(self, name: str, file: BinaryIO) -> Iterator[Pass]:
        lines = Lines(file, _LONGEST)
        for line in lines:
            try:
                yield Pass.from_json(json.loads(line.text))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                self._tell(f"{name}:{line.number}: no pass as `passrole extract --json` prints it")
        if lines.failure:
            self._tell(f"{name}: {lines.failure}")

    def _of_parquet(self, name: str, path: Path) -> Iterator[Pass]:
        for row in _rows(name, path):
            try:
                pass_ = pass_of_row(row)
            except (ValueError, KeyError, TypeError):
                self._tell(f"{name}: a row that is none of an audit's")
                continue
            self._evidence.add(row)
            yield pass_

    def _tell(self, problem: str) -> None:
        self.problems += 1
        click.echo(safe(problem), err=True)


def passes_in_ledger(ledger: "Ledger", first: date, last: date, progress: Progress) -> Iterator[Pass]:
    """The passes that a deployed guard recorded on some days, each of the role that IAM resolved it to."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        progress.show(f"reading the ledger: {day}", number, (last - first).days + 1)
        for recorded in ledger.passes_on(day):
            yield with_role(recorded.pass_, recorded.role_arn)


class Spool:
    """Passes kept on the disk, to be read once more."""

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - it lives as this does

    def add(self, pass_: Pass) -> None:
        self._file.write(json.dumps(pass_.to_json()) + "\n")

    def passes(self) -> Iterator[Pass]:
        """All that were added, in their order."""
        self._file.seek(0)
        return (Pass.from_json(json.loads(line)) for line in self._file)


@contextmanager
def _readable(name: str) -> Iterator[Path | None]:
    """A file that can be read twice; the standard input is copied. None if there is none of that name."""
    if name != _STDIN:
        yield Path(name) if Path(name).exists() else None
        return
    with tempfile.NamedTemporaryFile(prefix="passrole-") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield Path(copy.name)


def _is_pass(value: Any) -> bool:
    return isinstance(value, dict) and {"event_id", "passer", "services"} <= value.keys()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _rows(name: str, path: Path) -> Iterator[dict[str, Any]]:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise InputError(f"{safe(name)}: to read Parquet, install passrole-guardrail[audit]") from None
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute("SET memory_limit = '256MB'")
            names = [column.name for column in COLUMNS if column.is_shown]
            columns = ", ".join(map(_selected, names))
            query = f"SELECT {columns} FROM read_parquet(?)"  # noqa: S608 - of our own columns' names
            found = connection.execute(query, [str(path)])
            while rows := found.fetchmany(_ROWS_AT_ONCE):
                yield from (_row(dict(zip(names, row, strict=True))) for row in rows)
    except duckdb.Error as error:
        why = str(error).splitlines()[0]
        raise InputError(
            f"{safe(name)}: not what `passrole audit --format parquet` writes: {safe(why)}"
        ) from None


def _selected(column: str) -> str:
    """A column as it is; the time in milliseconds since 1970, whatever its type and the machine's zone."""
    return f"epoch_ms(TRY_CAST({column} AS TIMESTAMPTZ))" if column == "event_time" else column


def _row(row: dict[str, Any]) -> dict[str, Any]:
    since = row["event_time"]
    if since is not None:
        since = time(iso(datetime.fromtimestamp(since / 1000, UTC)))
    return row | {"event_time": since}
