"""A ledger's table, a queue and a topic in one file of SQLite: they outlive a process that is killed."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from passrole.ledger.keys import INDEXES
from passrole.ledger.table import Item, Key, Put
from passrole.sweep.tasks import Task, message_of, task_in
from tests.unit.alerts.memory_table import MemoryTable

_AT_ONCE = 200  # items that a query reads at once
_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (pk, sk, item, PRIMARY KEY (pk, sk)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (name, index_pk, index_sk, pk, sk,
  PRIMARY KEY (name, index_pk, index_sk, pk, sk)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, body);
CREATE TABLE IF NOT EXISTS topic (id INTEGER PRIMARY KEY, body);
"""


def opened(file: Path) -> sqlite3.Connection:
    """The file, made if it is not there."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=60)
    # What a process has written before it is killed, the system keeps: the disk need not have it.
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + _SCHEMA)
    return connection


class DurableTable(MemoryTable):
    """Knows the conditions that the ledger uses, and holds next to nothing in memory."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self.items = _Items(connection)  # type: ignore[assignment]
        self._connection = connection

    def put_all(self, puts: Sequence[Put]) -> bool:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            return super().put_all(puts)
        finally:
            self._connection.execute("COMMIT")

    def query(self, partition: str, prefix: str = "") -> Iterator[Item]:
        after = prefix
        while True:
            rows = self._connection.execute(
                "SELECT sk, item FROM items WHERE pk = ? AND sk >= ? ORDER BY sk LIMIT ?",
                (partition, after, _AT_ONCE),
            ).fetchall()
            found = [(sk, item) for sk, item in rows if sk.startswith(prefix)]
            yield from (_read(item) for _, item in found)
            if len(found) < _AT_ONCE:
                return
            after = f"{found[-1][0]}\0"

    def query_index(self, index: str, partition: str, until: str, since: str = "") -> Iterator[Item]:
        after = (since, "", "")
        while True:
            rows = self._connection.execute(
                "SELECT e.index_sk, e.pk, e.sk, i.item FROM entries e JOIN items i USING (pk, sk)"
                " WHERE name = ? AND index_pk = ? AND index_sk <= ? AND (index_sk, e.pk, e.sk) > (?, ?, ?)"
                " ORDER BY index_sk, e.pk, e.sk LIMIT ?",
                (index, partition, until, *after, _AT_ONCE),
            ).fetchall()
            yield from (_read(item) for *_, item in rows)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1][:3]


class DurableQueue:
    """The queue of tasks: as in SQS, a task stays until it is done, and comes again to others till then."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, task: Task, delay: int = 0) -> None:
        self._connection.execute("INSERT INTO queue (body) VALUES (?)", (message_of(task),))

    def take(self) -> tuple[int, Task] | None:
        """The oldest, with its number; None if there is none."""
        row = self._connection.execute("SELECT id, body FROM queue ORDER BY id LIMIT 1").fetchone()
        return (row[0], task_in(json.loads(row[1]))) if row else None

    def delete(self, number: int) -> None:
        """Takes out what is done."""
        self._connection.execute("DELETE FROM queue WHERE id = ?", (number,))


class DurableTopic:
    """Keeps what was published."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def publish(self, message: str, attributes: Mapping[str, Sequence[str]]) -> None:
        self._connection.execute("INSERT INTO topic (body) VALUES (?)", (message,))

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [
            json.loads(body) for (body,) in self._connection.execute("SELECT body FROM topic ORDER BY id")
        ]


class _Items(MutableMapping[Key, Item]):
    """The items by their keys, and their entries in the indexes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getitem__(self, key: Key) -> Item:
        row = self._connection.execute("SELECT item FROM items WHERE pk = ? AND sk = ?", key).fetchone()
        if row is None:
            raise KeyError(key)
        return _read(row[0])

    def __setitem__(self, key: Key, item: Item) -> None:
        self._forget(key)
        self._connection.execute("INSERT OR REPLACE INTO items VALUES (?, ?, ?)", (*key, _text(item)))
        for name, (partition, sort) in INDEXES.items():
            if partition in item and sort in item:
                entry = (name, item[partition], item[sort], *key)
                self._connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", entry)

    def __delitem__(self, key: Key) -> None:
        self._forget(key)
        self._connection.execute("DELETE FROM items WHERE pk = ? AND sk = ?", key)

    def _forget(self, key: Key) -> None:
        before = self.get(key, {})
        for name, (partition, sort) in INDEXES.items():
            if partition in before and sort in before:
                entry = (name, before[partition], before[sort], *key)
                self._connection.execute(
                    "DELETE FROM entries WHERE (name, index_pk, index_sk, pk, sk) = (?, ?, ?, ?, ?)", entry
                )

    def __iter__(self) -> Iterator[Key]:
        yield from self._connection.execute("SELECT pk, sk FROM items")

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM items").fetchone()[0])


def _text(item: Item) -> str:
    return json.dumps(item, default=lambda value: {"bytes": value.hex()})


def _read(text: str) -> Item:
    item: Item = json.loads(text)
    return {n: bytes.fromhex(v["bytes"]) if isinstance(v, dict) else v for n, v in item.items()}
