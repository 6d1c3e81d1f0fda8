"""A table that counts what DynamoDB would charge for: requests, and units of reading and of writing.

Sizes are those of "DynamoDB item sizes and formats", units those of "DynamoDB read and write operations" and
"Using Global Secondary Indexes in DynamoDB", all in the Amazon DynamoDB Developer Guide.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from passrole.ledger.keys import INDEXES, PARTITION_KEY, SORT_KEY
from passrole.ledger.table import Condition, Item, Key, Put, Table

_READ, _WRITTEN = 4096, 1024  # bytes of a unit
_AT_ONCE = 100  # items of a BatchGetItem
_PAGE = 1 << 20  # bytes that one Query answers


@dataclass(slots=True)
class Meter:
    """What was used.

    Attributes:
        requests: by operation.
        reads: units; half of one for a read that need not be consistent.
        writes: units in the table, and ``index_writes`` in its indexes.
        stored: bytes that were written more than were there before, with those of the indexes.
    """

    requests: Counter[str] = field(default_factory=Counter)
    reads: float = 0
    writes: int = 0
    index_writes: int = 0
    stored: int = 0

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class MeteredTable(Table):
    """Another table, with a meter."""

    def __init__(self, table: Table) -> None:
        self.meter = Meter()
        self._behind = table

    def get(self, key: Key) -> Item | None:
        found = self._behind.get(key)
        self._count("GetItem", _units(_size(found), _READ))
        return found

    def get_many(self, wanted: Iterable[Key]) -> dict[Key, Item]:
        asked = list(dict.fromkeys(wanted))
        found = self._behind.get_many(asked)
        for first in range(0, len(asked), _AT_ONCE):
            some = asked[first : first + _AT_ONCE]
            self._count("BatchGetItem", sum(_units(_size(found.get(key)), _READ) for key in some))
        return found

    def put(self, put: Put) -> bool:
        self.meter.requests["PutItem"] += 1
        before = self._behind.get(put.key)
        is_done = self._behind.put(put)
        self._write(before, _item(put) if is_done else before, 1)
        return is_done

    def put_all(self, puts: Sequence[Put]) -> bool:
        self.meter.requests["TransactWriteItems"] += 1
        before = [self._behind.get(put.key) for put in puts]
        is_done = self._behind.put_all(puts)
        for put, item in zip(puts, before, strict=True):
            # DynamoDB prepares, then commits: each costs a write.
            self._write(item, _item(put) if is_done else item, 2)
        return is_done

    def delete(self, key: Key, condition: Condition) -> bool:
        self.meter.requests["DeleteItem"] += 1
        before = self._behind.get(key)
        is_done = self._behind.delete(key, condition)
        self._write(before, None if is_done else before, 1)
        return is_done

    def add_to_set(self, key: Key, name: str, value: str, limit: int, expires_at: int) -> bool:
        self.meter.requests["UpdateItem"] += 1
        before = self._behind.get(key)
        is_done = self._behind.add_to_set(key, name, value, limit, expires_at)
        self._write(before, self._behind.get(key), 1)
        return is_done

    def take_from_set(self, key: Key, name: str, value: str) -> None:
        self.meter.requests["UpdateItem"] += 1
        before = self._behind.get(key)
        self._behind.take_from_set(key, name, value)
        self._write(before, self._behind.get(key), 1)

    def query(self, partition: str, prefix: str = "") -> Iterator[Item]:
        yield from self._queried(self._behind.query(partition, prefix), 1)

    def query_index(self, index: str, partition: str, until: str, since: str = "") -> Iterator[Item]:
        found = self._behind.query_index(index, partition, until, since)
        yield from self._queried(found, 0.5)

    def _queried(self, items: Iterator[Item], of_a_unit: float) -> Iterator[Item]:
        size = 0
        try:
            for item in items:
                size += _size(item)
                yield item
        finally:
            self._count("Query", _units(size, _READ) * of_a_unit, _units(size, _PAGE))

    def _count(self, operation: str, reads: float, requests: int = 1) -> None:
        self.meter.requests[operation] += requests
        self.meter.reads += reads

    def _write(self, before: Item | None, after: Item | None, times: int) -> None:
        old, new = _size(before), _size(after)
        self.meter.writes += _units(max(old, new), _WRITTEN) * times
        self.meter.stored += new - old
        if before != after:
            for names in INDEXES.values():
                self._write_index(_entry(before, names), _entry(after, names), old, new)

    def _write_index(self, before: Key | None, after: Key | None, old: int, new: int) -> None:
        """All of an item is in each index of which it has both keys."""
        if before == after:
            self.meter.index_writes += _units(max(old, new), _WRITTEN) if after else 0
        else:
            self.meter.index_writes += _units(old, _WRITTEN) if before else 0
            self.meter.index_writes += _units(new, _WRITTEN) if after else 0
        self.meter.stored += (new if after else 0) - (old if before else 0)


def _units(size: int, of: int) -> int:
    """What is not there costs as much as the least that is."""
    return max(1, -(-size // of))


def _entry(item: Item | None, names: tuple[str, str]) -> Key | None:
    partition, sort = names
    return (item[partition], item[sort]) if item and item.get(partition) and item.get(sort) else None


def _item(put: Put) -> Item:
    whole = {PARTITION_KEY: put.key[0], SORT_KEY: put.key[1], **put.item}
    return {name: value for name, value in whole.items() if value is not None}


def _size(item: Item | None) -> int:
    return sum(len(name.encode()) + _size_of(value) for name, value in (item or {}).items())


def _size_of(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, bool):
        return 1
    if isinstance(value, int):
        return len(str(abs(value))) // 2 + 2
    if isinstance(value, bytes):
        return len(value)
    return 3 + sum(_size_of(one) + 1 for one in value)
