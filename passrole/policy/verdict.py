"""The verdict on a pass: what was decided, by which statements, and why."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Decision(StrEnum):
    """The four verdicts."""

    APPROVED = "approved"
    EXEMPT = "exempt"
    VIOLATION = "violation"
    UNDETERMINED = "undetermined"


class Truth(StrEnum):
    """Kleene's three values, as a statement's or a condition's part in a verdict."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ConditionPart:
    """One condition's part: what was needed, what was seen, and, where unknown, why."""

    key: str
    operator: str
    needed: tuple[str, ...]
    seen: str | None
    result: Truth
    unknown_because: str | None = None

    def __str__(self) -> str:
        needed = " or ".join(self.needed)
        if self.result is Truth.UNKNOWN:
            return f"{self.key} is unknown ({self.unknown_because}), needs {needed}"
        seen = "absent" if self.seen is None else self.seen
        return f"{self.key} is {seen}, needs {needed}"


@dataclass(frozen=True, slots=True)
class StatementPart:
    """One statement's part in the verdict."""

    sid: str
    effect: str
    result: Truth
    conditions: tuple[ConditionPart, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with its explanation; ``reasons`` are sentences for people, the first says it all."""

    decision: Decision
    reasons: tuple[str, ...]
    statements: tuple[StatementPart, ...]
    policy_hash: str

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.decision,
            "reasons": list(self.reasons),
            "policy_hash": self.policy_hash,
        }
