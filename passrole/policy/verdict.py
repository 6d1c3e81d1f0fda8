"""The verdict on a pass: what was decided, by which statements, and why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from passrole.language import Effect, Truth, Value
from passrole.policy.compiled import PolicyStatement

UNAPPROVED = "unapproved"  # stands among the checks of a verdict where nothing approves the pass


class Decision(StrEnum):
    """The four verdicts."""

    APPROVED = "approved"
    EXEMPT = "exempt"
    VIOLATION = "violation"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class ConditionPart:
    """One condition's part in a verdict.

    Attributes:
        key, operator, needed: the condition. A statement's resources are ``ArnLike`` on ``role:Arn``, its
            actions ``StringLike`` on ``pass:Action``; ``Not…`` where it names exceptions.
        seen: the value, exactly as read; None where it is absent or unknown.
        result: whether the condition holds.
        unknown_because: why the value is unknown, where it is.
    """

    key: str
    operator: str
    needed: tuple[str, ...]
    seen: Value | None
    result: Truth
    unknown_because: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "operator": self.operator,
            "needed": list(self.needed),
            "seen": list(self.seen) if isinstance(self.seen, tuple) else self.seen,
            "result": self.result,
            "unknown_because": self.unknown_because,
        }


@dataclass(frozen=True, slots=True)
class StatementPart:
    """One statement's part in the verdict."""

    sid: str
    effect: Effect
    result: Truth
    conditions: tuple[ConditionPart, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "effect": self.effect,
            "result": self.result,
            "conditions": [part.to_json() for part in self.conditions],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a verdict is what it is.

    Attributes:
        reasons: sentences for people, each on one line; the first says it all.
        statements: each statement's part, in the policy's order.
    """

    reasons: tuple[str, ...]
    statements: tuple[StatementPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Denials:
    """What speaks against a pass if ``service`` gets the role.

    Attributes:
        statements: those that deny it.
        unapproved: whether nothing approves it either, so that it would be a violation without them.
    """

    service: str | None
    statements: tuple[PolicyStatement, ...]
    unapproved: bool


@dataclass(frozen=True)
class Verdict:
    """A decision, with its explanation for those who ask.

    Attributes:
        decision: the verdict's word.
        policy_hash: names the policy that was asked.
        explain: makes the explanation; most passes are approved, and nobody asks.
        denials: of a violation, for each service that may get the role.
        exemption: the name of the exemption that applies, and ``exempt_until`` when the first of them ends.
    """

    decision: Decision
    policy_hash: str
    explain: Callable[[], Explanation]
    denials: tuple[Denials, ...] = ()
    exemption: str | None = None
    exempt_until: str | None = None

    @classmethod
    def told(cls, decision: Decision, reasons: tuple[str, ...], policy_hash: str) -> "Verdict":
        """A verdict whose reasons are at hand."""
        return cls(decision, policy_hash, lambda: Explanation(reasons))

    def as_expected(self, why: str) -> "Verdict":
        """The verdict on a pass that was announced: exempt, and why."""
        return replace(self, decision=Decision.EXEMPT, explain=lambda: Explanation((why,)))

    def noting(self, what: str) -> "Verdict":
        """The verdict with a sentence more, after the one that says it all."""
        first, *rest = self.reasons
        explanation = Explanation((first, what, *rest), self.statements)
        return replace(self, explain=lambda: explanation)

    @property
    def denied_by(self) -> tuple[PolicyStatement, ...]:
        """The statements that denied it, for any service that may get the role."""
        return tuple(dict.fromkeys(s for denials in self.denials for s in denials.statements))

    @cached_property
    def checks(self) -> tuple[str, ...]:
        """What makes it a violation, by names that people know: each once, in the policy's order.

        A check goes by its own name, another statement by its sid; `UNAPPROVED` comes last.
        """
        places = {part.sid: place for place, part in enumerate(self.statements)}
        denying = sorted(self.denied_by, key=lambda statement: places.get(statement.sid, len(places)))
        names = [statement.check or statement.sid for statement in denying]
        if any(denials.unapproved for denials in self.denials):
            names.append(UNAPPROVED)
        return tuple(dict.fromkeys(names))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Sentences for people, each on one line; the first says it all."""
        return self._explanation.reasons

    @property
    def statements(self) -> tuple[StatementPart, ...]:
        """Each statement's part, in the policy's order."""
        return self._explanation.statements

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.decision,
            "reasons": list(self.reasons),
            "policy_hash": self.policy_hash,
        }

    @cached_property
    def _explanation(self) -> Explanation:
        return self.explain()
