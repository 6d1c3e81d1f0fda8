"""The passes of an audit in an embedded database: each once, in order of time, however many there are.

DuckDB holds what fits into its limit of memory, and puts the rest on the disk.
"""

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from passrole.audit.row import COLUMNS

_MEMORY = "128MB"
_COLUMNS = ", ".join(f"'{column.name}': '{column.type}'" for column in COLUMNS)
_DEFINED = ", ".join(f"{column.name} {column.type}" for column in COLUMNS)
_NAMES = ", ".join(column.name for column in COLUMNS)


class Store:
    """Passes of an audit.

    Attributes:
        connection: has them in the table ``passes`` once the input is closed: the columns of `COLUMNS`.
        duplicates: how many of them came more than once, each time counted but the first.
    """

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="passrole-audit-")
        folder = Path(self._directory.name)
        self.connection = duckdb.connect(str(folder / "passes.duckdb"))
        for setting in (
            f"memory_limit = '{_MEMORY}'",
            f"temp_directory = '{folder}'",
            "threads = 1",
            "autoinstall_known_extensions = false",
        ):
            self.connection.execute(f"SET {setting}")
        self.connection.execute(f"CREATE TABLE told ({_DEFINED})")
        self.duplicates = 0

    @classmethod
    def of_rows(cls, rows: Iterable[Mapping[str, Any]]) -> "Store":
        """A store of rows that are there already; columns that they lack are NULL."""
        store = cls()
        spool = Path(store._directory.name) / "rows.jsonl"
        spool.write_text("".join(f"{json.dumps(dict(row))}\n" for row in rows), encoding="utf-8")
        store.add(spool)
        store.close_input()
        return store

    def add(self, spool: Path) -> None:
        """Takes in the rows of a file of JSON lines."""
        self.connection.execute(
            f"INSERT INTO told SELECT {_NAMES} FROM read_json(?, format = 'newline_delimited', "
            f"columns = {{{_COLUMNS}}}, maximum_object_size = 8388608)",
            [str(spool)],
        )

    def close_input(self) -> None:
        """Makes the table ``passes``, in order of time.

        Records of one id that tell different things are kept: ids are AWS's word only where the log is.
        """
        run = self.connection.execute
        run(
            f"CREATE TABLE passes AS SELECT {_NAMES} FROM told "
            "QUALIFY row_number() OVER (PARTITION BY event_id, path, judged) = 1 "
            "ORDER BY event_time NULLS LAST, event_id, path, judged"
        )
        self.duplicates = self._count("told") - self._count("passes")
        run("DROP TABLE told")

    def _count(self, table: str) -> int:
        found = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    def __len__(self) -> int:
        return self._count("passes")

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.connection.close()
        self._directory.cleanup()
