"""Rows to and from ``calls/*.jsonl``, and what differs between two sets of rows."""

import json
from collections import defaultdict
from pathlib import Path

from passrole.catalogue.generator.rows import Row
from passrole.catalogue.model import Call
from passrole.catalogue.packing import Packing, pack, read_packing
from passrole.catalogue.rules import room

CALLS = Path(__file__).parent.parent / "calls"
RULES = Path(__file__).parent.parent / "rules.json"

_DOMAIN = ".amazonaws.com"

Key = tuple[str, str, str]


def files_of(rows: list[Row]) -> dict[str, str]:
    """The text of each file by its name: one an event source, one row a line, sorted by action."""
    lines: dict[str, list[tuple[Key, str]]] = defaultdict(list)
    for row in rows:
        source = row["source"].removesuffix(".amazonaws.com")
        lines[source].append((key_of(row), json.dumps(row, ensure_ascii=False)))
    return {
        f"{source}.jsonl": "".join(f"{line}\n" for _, line in sorted(found))
        for source, found in sorted(lines.items())
    }


def key_of(row: Row) -> Key:
    """Tells rows apart: an action can cover several operations, and an operation have two event sources."""
    return row["action"], row["names"][0], row["source"]


def read_files(folder: Path = CALLS) -> dict[str, str]:
    """The files that are there."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.jsonl"))}


def write_files(files: dict[str, str], folder: Path = CALLS) -> None:
    """Writes the files and removes those of sources that have no row any more."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.jsonl"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def packing_of(rows: list[Row], before: Packing) -> Packing:
    """Which rule takes which calls, with each call where it was before."""
    return pack(map(Call.from_json, rows), before, room())


def read_packing_file(file: Path = RULES) -> Packing:
    """The packing so far; none where there is no file yet."""
    return read_packing(file) if file.exists() else {}


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """A line a row that was added, removed or changed; a changed one with what changed."""
    old, new = _rows(before), _rows(after)
    lines = []
    for key in sorted(old.keys() | new.keys()):
        title = _title(key)
        if key not in old:
            lines.append(f"added    {title}: {new[key]['decision']}")
        elif key not in new:
            lines.append(f"removed  {title}")
        elif old[key] != new[key]:
            lines.append(f"changed  {title}: {'; '.join(_changes(old[key], new[key]))}")
    return lines


def _title(key: Key) -> str:
    action, name, source = key
    operation = "" if action.endswith(f":{name}") else f" ({name})"
    return f"{action}{operation} at {source}"


def _rows(files: dict[str, str]) -> dict[Key, Row]:
    rows = (json.loads(line) for text in files.values() for line in text.splitlines() if line)
    return {key_of(row): row for row in rows}


def _changes(old: Row, new: Row) -> list[str]:
    return [
        f"{member} {_short(old.get(member))} -> {_short(new.get(member))}"
        for member in dict.fromkeys((*old, *new))
        if old.get(member) != new.get(member)
    ]


def _short(value: object, length: int = 160) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length else text[: length - 1] + "…"
