"""The passes of an audit in the forms that people and programs want."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from passrole.audit.contract import contract_of
from passrole.audit.report.about import About
from passrole.audit.row import COLUMNS, Column
from passrole.audit.store import Store
from passrole.audit.tally import Tally
from passrole.cli.audit.table import print_table
from passrole.cli.errors import InputError
from passrole.cli.terminal import safe

_TO_A_FILE = ("html", "parquet")  # what nobody wants on a terminal
_LISTS = {"services": " ", "resources": " ", "checks": " ", "reasons": " | "}
# How spreadsheets begin a formula: a name that begins so gets an apostrophe before it.
_FORMULA = r"^[=+\-@\t\r]"


def write(store: Store, tally: Tally, about: About, format_: str, out: str | None) -> str | None:
    """Writes the passes; the name of the file, if it is one.

    Raises:
        OSError: it cannot be written.
    """
    if out is None and format_ in _TO_A_FILE and sys.stdout.isatty():
        out = f"passrole-audit.{format_}"
    if out is None and format_ == "table":
        print_table(store)
        return None
    with _opened(out) as file:
        match format_:
            case "json":
                _write_json(store, file)
            case "csv" | "parquet":
                _copy(store, format_, file)
            case "html":
                from passrole.audit.report.page import page

                file.write(page(store, tally, about).encode("utf-8", "replace"))
            case _:
                from io import TextIOWrapper

                text = TextIOWrapper(file, encoding="utf-8", write_through=True)
                print_table(store, text)
                text.detach()
    return out


def check_target(out: str | None) -> None:
    """Tells before anything is read that a file cannot be there.

    Raises:
        InputError: it is a folder, or in none, or no name of a file.
    """
    if out is None:
        return
    try:
        is_folder = Path(out).is_dir()
    except OSError as error:
        raise InputError(f"{safe(out)}: cannot be written: {error.strerror}") from None
    if is_folder:
        raise InputError(f"{safe(out)}: cannot be written: it is a folder; expected the name of a file")
    if not Path(out).parent.is_dir():
        raise InputError(f"{safe(out)}: cannot be written: there is no folder {safe(Path(out).parent)}")


def _write_json(store: Store, file: BinaryIO) -> None:
    for row in store.rows():
        file.write(f"{json.dumps(contract_of(row))}\n".encode())


def _copy(store: Store, format_: str, file: BinaryIO) -> None:
    columns = [
        _flat(column.name, column.type) if format_ == "csv" else _typed(column.name) for column in _shown()
    ]
    options = "FORMAT csv, HEADER" if format_ == "csv" else "FORMAT parquet, COMPRESSION zstd"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "passes"
        to = str(path).replace("'", "''")
        store.connection.execute(f"COPY (SELECT {', '.join(columns)} FROM passes) TO '{to}' ({options})")
        with path.open("rb") as made:
            shutil.copyfileobj(made, file)


def _flat(name: str, type_: str) -> str:
    if name in _LISTS:
        text = f"array_to_string({name}, '{_LISTS[name]}')"
    elif type_ == "VARCHAR":
        text = name
    else:
        return f"CAST(to_json({name}) AS VARCHAR) AS {name}"
    return f"CASE WHEN regexp_matches({text}, '{_FORMULA}') THEN '''' || {text} ELSE {text} END AS {name}"


def _typed(name: str) -> str:
    return "TRY_CAST(event_time AS TIMESTAMPTZ) AS event_time" if name == "event_time" else name


def _shown() -> Iterator[Column]:
    return (column for column in COLUMNS if column.is_shown)


@contextmanager
def _opened(out: str | None) -> Iterator[BinaryIO]:
    """The file, which appears whole or not at all; or the standard output."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if Path(out).exists() and not Path(out).is_file():  # a pipe or a device, to be written to
        with Path(out).open("wb") as file:
            yield file
        return
    half = Path(f"{out}.{os.getpid()}.part")
    try:
        with half.open("wb") as file:
            yield file
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
