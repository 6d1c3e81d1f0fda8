"""How far a sweep is, as the ledger tells it: its parts, added up."""

from dataclasses import dataclass
from typing import Any

from passrole.clock import utc_now
from passrole.ledger import Ledger, SweepPart, SweepRecord

UNDONE = 3
_COUNTS = ("resources", "roles", "new", "opened", "resolved", "unanswered", "dangling")


@dataclass(frozen=True, slots=True)
class SweepState:
    """One sweep.

    Attributes:
        parts: those that have begun, by name.
    """

    record: SweepRecord
    parts: tuple[SweepPart, ...]

    @property
    def ended(self) -> int:
        """How many parts have ended."""
        return sum(part.ended_at is not None for part in self.parts)

    @property
    def failed(self) -> tuple[SweepPart, ...]:
        return tuple(part for part in self.parts if part.failed is not None)

    @property
    def skipped(self) -> int:
        """In how many parts there was nothing to see: the service is not to be had there."""
        return sum(part.skipped is not None for part in self.parts)

    @property
    def lost(self) -> tuple[str, ...]:
        """Names of the parts that have not ended."""
        ended = {part.name for part in self.parts if part.ended_at is not None}
        return tuple(name for name in self.record.parts if name not in ended)

    @property
    def is_stuck(self) -> bool:
        """Whether it is given up: it has not ended, and goes on no more."""
        return self.record.is_stuck(self.parts, utc_now())

    @property
    def is_running(self) -> bool:
        """Whether the guard would begin no other one."""
        return self.record.ended_at is None and not self.is_stuck

    @property
    def exit_status(self) -> int:
        """3 if something was not judged; 0 also while it goes on."""
        return UNDONE if self.failed or self.count("unanswered") else 0

    @property
    def told(self) -> str:
        """``40 of 312 parts: 1,204 resources, 3,200 roles, 4 findings opened, 1 resolved``"""
        text = (
            f"{self.ended:,} of {len(self.record.parts):,} parts: {self.count('resources'):,} resources, "
            f"{self.count('roles'):,} roles, {self.count('opened'):,} findings opened, "
            f"{self.count('resolved'):,} resolved"
        )
        return f"{text}, {len(self.failed):,} parts failed" if self.failed else text

    def count(self, name: str) -> int:
        """One of the counts of `SweepPart`, over all parts."""
        return sum(getattr(part, name) for part in self.parts)

    def to_json(self) -> dict[str, Any]:
        return {
            "sweep": self.record.id,
            "ended_at": self.record.ended_at,
            "parts": len(self.record.parts),
            "parts_ended": self.ended,
            "parts_skipped": self.skipped,
            **{name: self.count(name) for name in _COUNTS},
            "failed": [{"part": part.name, "why": part.failed} for part in self.failed],
        }


def latest_state(ledger: Ledger) -> SweepState | None:
    """The sweep that began last; None if none has.

    Raises:
        ClientError, BotoCoreError: the ledger cannot be read.
    """
    record = ledger.latest_sweep()
    return SweepState(record, ledger.parts_of(record.id)) if record else None
