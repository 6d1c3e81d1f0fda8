"""What an audit has read and what it passed over, by kind: nothing is left out in silence."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Tally:
    """Counts of what was read.

    Attributes:
        files: logs, objects or pages that were read.
        records: CloudTrail records in them.
        passes: roles passed by them, each as often as it was told.
        over: what was passed over, by kind: ``digest files``, ``passes out of range`` …
        first: where each kind was met first, with what is wrong.
    """

    files: int = 0
    records: int = 0
    passes: int = 0
    over: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def note(self, kind: str, where: str = "", count: int = 1) -> None:
        """Counts something that was passed over."""
        if count:
            self.over[kind] += count
            if where:
                self.first.setdefault(kind, where)

    def add(self, other: "Tally") -> None:
        """Counts what another one counted."""
        self.files += other.files
        self.records += other.records
        self.passes += other.passes
        self.over.update(other.over)
        self.first = other.first | self.first

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Tally":
        return cls(**data | {"over": Counter(data["over"])})
