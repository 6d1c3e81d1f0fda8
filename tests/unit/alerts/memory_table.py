"""The ledger's table in memory, for as many records as moto would take minutes for, and to be killed at."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from passrole.ledger import Ledger
from passrole.ledger.keys import INDEXES, PARTITION_KEY, SORT_KEY
from passrole.ledger.table import Condition, Item, Key, Put, Table


class ProcessKilled(BaseException):
    """The process is gone: no handler runs."""


class MemoryTable(Table):
    """Knows the conditions that the ledger uses.

    Attributes:
        calls: how many were made so far.
        kill_at: the process dies in this call, which was done already if ``kills_after``.
    """

    def __init__(self) -> None:
        self.items: dict[Key, Item] = {}
        self.calls = 0
        self.kill_at: int | None = None
        self.kills_after = False

    def get(self, key: Key) -> Item | None:
        return self._call(lambda: copy.deepcopy(self.items.get(key)))

    def get_many(self, wanted: Iterable[Key]) -> dict[Key, Item]:
        there = [key for key in dict.fromkeys(wanted) if key in self.items]
        return self._call(lambda: {key: copy.deepcopy(self.items[key]) for key in there})

    def put(self, put: Put) -> bool:
        return self.put_all([put])

    def put_all(self, puts: Sequence[Put]) -> bool:
        return self._call(lambda: self._write(puts))

    def delete(self, key: Key, condition: Condition) -> bool:
        return self._call(lambda: self._holds(key, condition) and self.items.pop(key, None) is not None)

    def add_to_set(self, key: Key, name: str, value: str, limit: int, expires_at: int) -> bool:
        return self._call(lambda: self._add(key, name, value, limit, expires_at))

    def take_from_set(self, key: Key, name: str, value: str) -> None:
        self._call(lambda: self.items.get(key, {}).get(name, set()).discard(value))

    def query(self, partition: str, prefix: str = "") -> Iterator[Item]:
        keys = sorted(k for k in self.items if k[0] == partition and k[1].startswith(prefix))
        return self._call(lambda: iter([copy.deepcopy(self.items[key]) for key in keys]))

    def query_index(self, index: str, partition: str, until: str, since: str = "") -> Iterator[Item]:
        partition_key, sort_key = INDEXES[index]
        in_partition = [i for i in self.items.values() if i.get(partition_key) == partition]
        found = [i for i in in_partition if since <= i[sort_key] <= until]
        return self._call(lambda: iter(sorted(copy.deepcopy(found), key=lambda i: str(i[sort_key]))))

    def _add(self, key: Key, name: str, value: str, limit: int, expires_at: int) -> bool:
        there = self.items.get(key, {}).get(name, set())
        if value not in there and len(there) >= limit:
            return False
        item = self.items.setdefault(key, {PARTITION_KEY: key[0], SORT_KEY: key[1]})
        item.update({name: there | {value}, "expires_at": expires_at})
        return True

    def _call(self, does: Callable[[], Any]) -> Any:
        self.calls += 1
        is_killed = self.kill_at is not None and self.calls >= self.kill_at
        if is_killed and not self.kills_after:
            raise ProcessKilled
        result = does()
        if is_killed:
            raise ProcessKilled
        return result

    def _write(self, puts: Sequence[Put]) -> bool:
        if not all(put.condition is None or self._holds(put.key, put.condition) for put in puts):
            return False
        for put in puts:
            item = {PARTITION_KEY: put.key[0], SORT_KEY: put.key[1], **put.item}
            self.items[put.key] = {k: copy.deepcopy(v) for k, v in item.items() if v is not None}
        return True

    def _holds(self, key: Key, condition: Condition) -> bool:
        return _is_true(condition.expression, self.items.get(key, {}), condition)


def _is_true(expression: str, item: Item, condition: Condition) -> bool:
    """Evaluates a condition: terms joined by OR, AND and parentheses."""
    for word, joins in ((" OR ", any), (" AND ", all)):
        parts = _split(expression, word)
        if len(parts) > 1:
            return joins(_is_true(part, item, condition) for part in parts)
    if expression.startswith("("):
        return _is_true(expression[1:-1], item, condition)
    function, _, argument = expression.rstrip(")").partition("(")
    if argument:
        name = condition.names.get(argument, argument)
        return {"attribute_not_exists": name not in item, "attribute_exists": name in item}[function]
    name, operator, value = expression.split(" ")
    found, given = item.get(condition.names.get(name, name)), condition.values[value]
    if operator == "<":
        return found is not None and bool(found < given)
    assert operator == "="
    return bool(found == given)


def _split(expression: str, word: str) -> list[str]:
    """The parts between a word that stands in no parentheses."""
    parts = [""]
    for piece in expression.split(word):
        if parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += word + piece
        elif parts == [""]:
            parts = [piece]
        else:
            parts.append(piece)
    return parts


def memory_ledger() -> tuple[Ledger, MemoryTable]:
    """A ledger over an empty table in memory."""
    ledger, table = Ledger.__new__(Ledger), MemoryTable()
    ledger._table = table
    return ledger, table
