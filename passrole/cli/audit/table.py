"""The passes of an audit as lines for people: one a pass, whatever their number."""

import sys
from collections.abc import Iterator, Sequence
from typing import TextIO

from passrole.audit.store import Store
from passrole.cli.terminal import safe

_AT_ONCE = 1_000
_WIDEST = 48
_SHOWN = (
    ("time", "replace(replace(event_time, 'T', ' '), 'Z', '')"),
    ("verdict", "coalesce(verdict, outcome)"),
    ("severity", "severity"),
    ("passer", "regexp_replace(passer, '^arn:[^:]*:[^:]*::', '')"),
    ("role", "regexp_replace(role, '^arn:[^:]*:iam::[0-9]*:role', '')"),
    ("services", "array_to_string(services, ' ')"),
    ("call", "regexp_replace(event_source, '[.].*', '') || ':' || event_name"),
    ("resource", "regexp_replace(resource, '^arn:[^:]*:[^:]*:[^:]*:[^:]*:', '')"),
)


def print_table(store: Store, to: TextIO | None = None) -> None:
    """Prints all passes in order of time; what is not known is a dash. Without any, nothing is printed."""
    out = to or sys.stdout
    widths = _widths(store)
    columns = [(name, text) for name, text in _SHOWN if widths[name]]
    if not columns:  # there are no passes
        return
    out.write(_line([name.upper() for name, _ in columns], [widths[name] for name, _ in columns]))
    found = store.connection.execute(f"SELECT {', '.join(text for _, text in columns)} FROM passes")
    while some := found.fetchmany(_AT_ONCE):
        for row in some:
            shown = [safe(value) if value is not None else "-" for value in row]
            out.write(_line(shown, [widths[name] for name, _ in columns]))


def _widths(store: Store) -> dict[str, int]:
    """How wide each column is; 0 for those in which nothing stands."""
    longest = ", ".join(f"max(length({text}))" for _, text in _SHOWN)
    [row] = store.connection.execute(f"SELECT {longest} FROM passes").fetchall()
    return {
        name: min(max(width, len(name)), _WIDEST) if width else 0
        for (name, _), width in zip(_SHOWN, row, strict=True)
    }


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(_padded(cells, widths)).rstrip() + "\n"


def _padded(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for cell, width in zip(cells, widths, strict=True):
        yield f"{cell:<{width}}"
