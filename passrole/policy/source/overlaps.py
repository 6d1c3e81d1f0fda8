"""Statements that say nothing beside the others: shadowed, wholly denied, or never matching.

These are doubts, no errors. What is told is certain; not all that is so is told.
"""

from collections.abc import Iterator, Sequence

from passrole.policy.compiled import PolicyStatement
from passrole.policy.language import Condition, Effect, fold
from passrole.policy.language.statement import PASS_ROLE
from passrole.policy.language.variables import template
from passrole.policy.language.wildcards import arn_matches, matches
from passrole.policy.text import quoted

# Each is compared with each: above this it would take longer than anybody waits.
_MOST_COMPARED = 1_000
# In a pattern that is to be covered, a wildcard stands for itself: only a star of the other covers it. A name
# has no such character.
_STAR = "\x00"


def doubts(statements: Sequence[PolicyStatement]) -> Iterator[tuple[str, str]]:
    """The name of each doubtful statement, with what is doubtful."""
    compared = statements if len(statements) <= _MOST_COMPARED else ()
    for statement in statements:
        if not _may_name_roles(statement):
            yield statement.sid, f"{quoted(statement.sid)} never matches: it is about no role, or no pass"
    for number, statement in enumerate(compared):
        earlier = (other for other in statements[:number] if other.effect is statement.effect)
        if shadow := next((other for other in earlier if _says_all_of(other, statement)), None):
            yield statement.sid, f"{quoted(statement.sid)} says nothing more than {quoted(shadow.sid)} does"
        if statement.effect is Effect.ALLOW:
            denials = (other for other in statements if other.effect is Effect.DENY)
            if denial := next((other for other in denials if _says_all_of(other, statement)), None):
                yield (
                    statement.sid,
                    f"{quoted(statement.sid)} approves nothing: {quoted(denial.sid)} denies it all",
                )


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
    if len(parts) < 6:
        return pattern.endswith("*")
    return matches(parts[2], "iam") and (
        parts[5].startswith(("role/", "*", "?")) or "role".startswith(parts[5])
    )


def _says_all_of(wide: PolicyStatement, narrow: PolicyStatement) -> bool:
    """Whether the one matches whenever the other does."""
    if wide.not_resources is not None or narrow.not_resources is not None:
        return False
    if wide.variables != narrow.variables or not _has_all_actions(wide, narrow):
        return False
    if not set(map(_comparable, wide.conditions)) <= set(map(_comparable, narrow.conditions)):
        return False
    return all(any(_covers(w, n) for w in wide.resources or ()) for n in narrow.resources or ())


def _has_all_actions(wide: PolicyStatement, narrow: PolicyStatement) -> bool:
    if wide.actions is None or narrow.actions is None:
        return False
    names = {fold(action) for action in wide.actions}
    return "*" in names or names >= {fold(action) for action in narrow.actions}


def _comparable(condition: Condition) -> tuple[str, str, frozenset[str]]:
    return fold(condition.operator), fold(condition.key), frozenset(condition.values)


def _covers(wide: str, narrow: str) -> bool:
    if wide in ("*", narrow):
        return True
    if "${" in wide or "${" in narrow or "?" in wide:
        return False
    return arn_matches(wide, narrow.replace("*", _STAR).replace("?", _STAR))
