"""Rows of the ledger as a table, JSON lines, or CSV."""

import csv
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import click

from passrole.cli.terminal import console, print_json, safe

Command = TypeVar("Command", bound=Callable[..., Any])

# Where a spreadsheet begins a formula: names in the ledger come from attackers. Full-width signs count where
# they are typed, and where numbers have commas, semicolons part cells.
_FORMULA = re.compile("(^|;)(?=[=+@\uff1d\uff0b\uff0d\uff20-])")
_LONGEST = 32_000  # a spreadsheet takes 32,767 characters in a cell: room for all that one call can make
_PLURALS = {"pass": "passes", "resource": "resources", "role": "roles"}


class Row(Protocol):
    """What a command lists."""

    def to_json(self) -> dict[str, Any]:
        """All of it, for JSON."""


def format_option(command: Command) -> Command:
    return click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json", "csv"]),
        default="table",
        show_default=True,
        help="For people, one JSON object a line, or a spreadsheet.",
    )(command)


def print_rows(
    rows: Iterable[Row], columns: Callable[[Any], Mapping[str, str]], form: str, what: str, nothing: str
) -> None:
    """Prints rows.

    Args:
        columns: the texts of a row for tables and CSV, by the columns' names: the same for each row.
        what: what a row is, to count them.
        nothing: said in a table without rows.
    """
    if form == "json":
        for row in rows:
            print_json(row.to_json())
        return
    if form == "csv":
        _print_csv(columns(row) for row in rows)
        return
    texts = [columns(row) for row in rows]
    if texts:
        _print_table(texts, what)
    else:
        console().print(nothing)


def _print_csv(rows: Iterable[Mapping[str, str]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(row)
        writer.writerow([_FORMULA.sub(r"\1'", safe(text, _LONGEST)) for text in row.values()])


def _print_table(rows: list[Mapping[str, str]], what: str) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(safe(text)) for text in row.values()))
    out = console()
    out.print(table, soft_wrap=False)
    out.print(f"\n{len(rows):,} {what if len(rows) == 1 else _PLURALS[what]}", style="dim")
