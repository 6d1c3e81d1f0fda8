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
        over: what was passed over, by kind: ``digest files``, ``truncated files``, ``records out of range`` …
    """

    files: int = 0
    records: int = 0
    passes: int = 0
    over: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Counts what another one counted."""
        self.files += other.files
        self.records += other.records
        self.passes += other.passes
        self.over.update(other.over)

    def to_json(self) -> dict[str, Any]:
        return {"files": self.files, "records": self.records, "passes": self.passes, "over": dict(self.over)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Tally":
        return cls(data["files"], data["records"], data["passes"], Counter(data["over"]))
