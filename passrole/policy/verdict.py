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
    """One condition's part in a verdict.

    Attributes:
        key, operator, needed: the condition; a statement's resources are ``ArnLike`` on ``role:Arn``.
        seen: the value, exactly as read; None where it is absent or unknown.
        result: whether the condition holds.
        unknown_because: why the value is unknown, where it is.
    """

    key: str
    operator: str
    needed: tuple[str, ...]
    seen: str | None
    result: Truth
    unknown_because: str | None = None


@dataclass(frozen=True, slots=True)
class StatementPart:
    """One statement's part in the verdict; ``effect`` is ``Allow`` or ``Deny``."""

    sid: str
    effect: str
    result: Truth
    conditions: tuple[ConditionPart, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with its explanation.

    Attributes:
        decision: the verdict's word.
        reasons: sentences for people, each on one line; the first says it all.
        statements: each statement's part, in the policy's order.
        policy_hash: names the policy that was asked.
    """

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
