"""The ledger's table in memory, with all conditions that the ledger sets."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from passrole.ledger import Ledger
from passrole.ledger.keys import PARTITION_KEY, SORT_KEY
from passrole.ledger.table import Condition, Item, Key, Put
from tests.unit.alerts.memory_table import MemoryTable
from tests.unit.quarantine.simulated.processes import Processes

Heed = Callable[[dict[str, Any], dict[str, Any]], None]


class LedgerTable(MemoryTable):
    """One table for all processes. ``heed`` hears how each containment was, and how it is now."""

    def __init__(self, processes: Processes, heed: "Heed") -> None:
        super().__init__()
        self._processes = processes
        self._heed = heed

    def _call(self, does: Callable[[], Any]) -> Any:
        return self._processes.call(does)

    def add_to_set(self, key: Key, name: str, value: str, limit: int, expires_at: int) -> bool:
        return bool(self._processes.call(lambda: self._add(key, name, value, limit)))

    def take_from_set(self, key: Key, name: str, value: str) -> None:
        self._processes.call(lambda: self.items.get(key, {name: set()})[name].discard(value))

    def _add(self, key: Key, name: str, value: str, limit: int) -> bool:
        item = self.items.setdefault(key, {PARTITION_KEY: key[0], SORT_KEY: key[1], name: set()})
        if value not in item[name] and len(item[name]) >= limit:
            return False
        item[name].add(value)
        return True

    def _write(self, puts: Sequence[Put]) -> bool:
        before = {put.key: self.items.get(put.key) for put in puts if put.key[1] == "CONTAINMENT"}
        is_written = super()._write(puts)
        for key in before if is_written else ():
            self._heed(_body(before[key]), _body(self.items[key]))
        return is_written

    def _holds(self, key: Key, condition: Condition) -> bool:
        return _is_true(condition.expression, self.items.get(key, {}), condition)


def ledger_over(table: LedgerTable) -> Ledger:
    """A ledger that one process has."""
    ledger = Ledger.__new__(Ledger)
    ledger._table = table
    return ledger


def _body(item: Item | None) -> dict[str, Any]:
    return json.loads(item["body"]) if item else {"state": "released", "holds": []}


def _is_true(expression: str, item: Item, condition: Condition) -> bool:
    for word, decide in ((" OR ", any), (" AND ", all)):
        parts = _split(expression, word)
        if len(parts) > 1:
            return decide(_is_true(part, item, condition) for part in parts)
    if expression.startswith("("):
        return _is_true(expression[1:-1], item, condition)
    if expression.startswith("attribute_not_exists("):
        return _name(expression[len("attribute_not_exists(") : -1], condition) not in item
    name, operator, value = expression.split(" ")
    here, there = item.get(_name(name, condition)), condition.values[value]
    if here is None:
        return False
    return bool({"=": here == there, "<": here < there}[operator])


def _name(text: str, condition: Condition) -> str:
    return condition.names.get(text, text)


def _split(expression: str, word: str) -> list[str]:
    """The parts between a word that stands in no parentheses."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(expression):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and expression.startswith(word, at):
            parts.append(expression[start:at])
            start = at + len(word)
    return [*parts, expression[start:]]
