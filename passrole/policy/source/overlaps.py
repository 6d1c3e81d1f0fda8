"""Statements that say nothing beside the others: shadowed, wholly denied, or never matching.

These are doubts, no errors. What is told is certain; not all that is so is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from passrole.language import Effect, fold
from passrole.language.statement import PASS_ROLE
from passrole.language.variables import template
from passrole.language.wildcards import arn_matches, matches
from passrole.policy.compiled import PolicyStatement
from passrole.policy.text import quoted

# Each pattern is compared with each: above this it would take longer than anybody waits.
_MOST_COMPARED = 1_000
# In a pattern that is to be covered, a wildcard stands for itself: only a star of the other covers it. A name
# has no such character.
_STAR = "\x00"


@dataclass(frozen=True)
class _Compared:
    """A statement, and what of it is compared again and again."""

    statement: PolicyStatement

    @cached_property
    def actions(self) -> frozenset[str] | None:
        actions = self.statement.actions
        return None if actions is None else frozenset(map(fold, actions))

    @cached_property
    def conditions(self) -> frozenset[tuple[str, str, frozenset[str]]]:
        conditions = self.statement.conditions
        return frozenset((fold(c.operator), fold(c.key), frozenset(c.values)) for c in conditions)


def doubts(statements: Sequence[PolicyStatement]) -> Iterator[tuple[str, str]]:
    """The name of each doubtful statement, with what is doubtful."""
    for statement in statements:
        if not _may_name_roles(statement):
            yield statement.sid, f"{quoted(statement.sid)} never matches: it is about no role, or no pass"
    patterns = sum(len(statement.resources or ()) for statement in statements)
    if max(len(statements), patterns) <= _MOST_COMPARED:
        yield from _overlaps([_Compared(statement) for statement in statements])


def _overlaps(compared: Sequence[_Compared]) -> Iterator[tuple[str, str]]:
    denials = [each for each in compared if each.statement.effect is Effect.DENY]
    for number, each in enumerate(compared):
        sid, effect = each.statement.sid, each.statement.effect
        earlier = (other for other in compared[:number] if other.statement.effect is effect)
        if shadow := next((other for other in earlier if _says_all_of(other, each)), None):
            yield sid, f"{quoted(sid)} says nothing more than {quoted(shadow.statement.sid)} does"
        denying = denials if effect is Effect.ALLOW else ()
        if denial := next((other for other in denying if _says_all_of(other, each)), None):
            yield sid, f"{quoted(sid)} approves nothing: {quoted(denial.statement.sid)} denies it all"


def _may_name_roles(statement: PolicyStatement) -> bool:
    if statement.resources is not None and not any(_may_be_a_role(r, statement) for r in statement.resources):
        return False
    if statement.actions is None:
        return True
    # Any other action may be one that passes a role; those of IAM and STS pass none.
    names = [fold(action) for action in statement.actions]
    return any(matches(name, PASS_ROLE) or not name.startswith(("iam:", "sts:")) for name in names)


def _may_be_a_role(pattern: str, statement: PolicyStatement) -> bool:
    if template(pattern, wildcards=True, variables=statement.variables).fixed is None:
        return True
    parts = pattern.split(":", 5)
    if len(parts) == 1:
        return pattern.endswith("*")
    parts += "*" * (6 - len(parts))  # what a pattern leaves out is any
    return matches(parts[2], "iam") and (
        parts[5].startswith(("role/", "*", "?")) or "role".startswith(parts[5])
    )


def _says_all_of(wide: _Compared, narrow: _Compared) -> bool:
    """Whether the one matches whenever the other does."""
    one, other = wide.statement, narrow.statement
    if one.not_resources is not None or other.not_resources is not None:
        return False
    if one.variables != other.variables or not _has_all_actions(wide, narrow):
        return False
    if not wide.conditions <= narrow.conditions:
        return False
    return all(any(_covers(w, n) for w in one.resources or ()) for n in other.resources or ())


def _has_all_actions(wide: _Compared, narrow: _Compared) -> bool:
    if wide.actions is None or narrow.actions is None:
        return False
    return "*" in wide.actions or wide.actions >= narrow.actions


def _covers(wide: str, narrow: str) -> bool:
    if wide in ("*", narrow):
        return True
    if "${" in wide or "${" in narrow or "?" in wide:
        return False
    return arn_matches(wide, narrow.replace("*", _STAR).replace("?", _STAR))
