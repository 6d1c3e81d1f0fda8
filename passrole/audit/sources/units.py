"""The files of an audit, in batches: what a worker reads at once, and what need not be read twice."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST_FILES = 256
_MOST_BYTES = 4 << 20  # packed


@dataclass(frozen=True, slots=True)
class Unit:
    """One file.

    Attributes:
        name: its path, or ``s3://bucket/key``.
        size: in bytes.
        stamp: changes whenever its content does: the time of its last change, or an ETag.
    """

    name: str
    size: int
    stamp: str

    @property
    def id(self) -> int:
        """Names the file in this state: 64 bits of a hash."""
        told = repr((self.name, self.size, self.stamp)).encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.sha256(told).digest()[:8], "big")


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that are read together."""

    units: tuple[Unit, ...]

    @property
    def id(self) -> str:
        """Names these files in this state."""
        return hashlib.sha256(repr([unit.id for unit in self.units]).encode()).hexdigest()[:32]


def batches(units: Iterable[Unit]) -> Iterator[Batch]:
    """All files, in their order; none is looked at before it is needed."""
    held: list[Unit] = []
    size = 0
    for unit in units:
        held.append(unit)
        size += unit.size
        if len(held) == _MOST_FILES or size >= _MOST_BYTES:
            yield Batch(tuple(held))
            held, size = [], 0
    if held:
        yield Batch(tuple(held))
