"""The passes of an audit in an embedded database: each once, in order of time, however many there are.

DuckDB holds what fits into its limit of memory, and puts the rest on the disk.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from passrole.audit.lines import line_of
from passrole.audit.row import COLUMNS, Row

_MEMORY = "128MB"
_COLUMNS = ", ".join(f"'{column.name}': '{column.type}'" for column in COLUMNS)
_DEFINED = ", ".join(f"{column.name} {column.type}" for column in COLUMNS)
_NAMES = ", ".join(column.name for column in COLUMNS)
_AT_ONCE, _ROWS = 5_000, 1_000  # passes
_ENOUGH = 4 << 20  # bytes of rows: to take them in a few at a time costs more than the rows do
_GLOBS = re.compile(r"([*?[])")  # what DuckDB would take for any other name
# The times of the rows that are moved let DuckDB skip nearly all others.
_MOVE = f"""
WITH next AS (SELECT rowid AS number, place, event_time FROM kept WHERE rowid >= $1 AND rowid < $2)
INSERT INTO passes SELECT {", ".join(f"told.{column.name}" for column in COLUMNS)}
FROM told JOIN next ON told.rowid = next.place
WHERE told.event_time IS NULL OR told.event_time BETWEEN (SELECT min(event_time) FROM next)
  AND (SELECT max(event_time) FROM next)
ORDER BY next.number
"""


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C ends a statement of DuckDB with an error of its own: here it is what it is elsewhere."""
    try:
        yield
    except (RuntimeError, duckdb.InterruptException) as error:
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from None
        raise


class Store:
    """Passes of an audit.

    Attributes:
        connection: has them in the table ``passes`` once the input is closed: the columns of `COLUMNS`.
        duplicates: how many of them came more than once, each time counted but the first.
    """

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="passrole-audit-")
        self.duplicates = 0
        self._waiting: list[Path] = []
        self._size = 0

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Opened when it is needed: it has threads, and processes are split off before."""
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY,
            "temp_directory": self._directory.name,
            "threads": 1,
            "autoinstall_known_extensions": False,
        }
        connection = duckdb.connect(config=settings)
        connection.execute(f"CREATE TABLE told ({_DEFINED})")
        return connection

    @classmethod
    def of_rows(cls, rows: Iterable[Mapping[str, Any]]) -> "Store":
        """A store of rows that are there already; columns that they lack are NULL."""
        store = cls()
        spool = Path(store._directory.name) / "rows.jsonl"
        spool.write_bytes(b"".join(line_of(dict(row)) for row in rows))
        store.add(spool)
        store.close_input()
        return store

    def add(self, spool: Path) -> None:
        """Takes in the rows of a file of JSON lines, which stays as it is until the input is closed."""
        self._waiting.append(spool)
        self._size += spool.stat().st_size
        if self._size >= _ENOUGH:
            self._take_in()

    @interruptible()
    def close_input(self) -> None:
        """Makes the table ``passes``, in order of time.

        Records of one id that tell different things are kept: ids are AWS's word only where the log is. What
        is sorted is narrow, and whole rows are moved some at a time: so the memory does not grow with them.
        """
        self._take_in()
        run = self.connection.execute
        run(
            "CREATE TABLE kept AS SELECT any_value(event_time) AS event_time, min(rowid) AS place FROM told "
            "GROUP BY identity ORDER BY event_time NULLS LAST, any_value(event_id), any_value(path), identity"
        )
        run(f"CREATE TABLE passes ({_DEFINED})")
        kept = self._count("kept")
        for begin in range(0, kept, _AT_ONCE):
            run(_MOVE, [begin, begin + _AT_ONCE])
        self.duplicates = self._count("told") - kept
        run("DROP TABLE told")
        run("DROP TABLE kept")

    @interruptible()
    def _take_in(self) -> None:
        if self._size:
            self.connection.execute(
                f"INSERT INTO told SELECT {_NAMES} FROM read_json(?, format = 'newline_delimited', "
                f"columns = {{{_COLUMNS}}}, maximum_object_size = 8388608, hive_partitioning = false)",
                [[_GLOBS.sub(r"[\1]", str(path)) for path in self._waiting]],
            )
        self._waiting, self._size = [], 0

    def _count(self, table: str) -> int:
        found = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    def rows(self) -> Iterator[Row]:
        """The passes, each with all its columns, in order of time."""
        found = self.connection.execute(f"SELECT {_NAMES} FROM passes")
        while some := found.fetchmany(_ROWS):
            for values in some:
                yield {column.name: value for column, value in zip(COLUMNS, values, strict=True)}

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
        if "connection" in self.__dict__:
            self.connection.close()
        self._directory.cleanup()
