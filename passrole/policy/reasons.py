"""Why a verdict is what it is, in sentences for people. The first says it all; each is on one line.

Names of roles, tags and services come from whoever made them: they are escaped and cut, so that no name can
break a line, hide a part of itself, or drown the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from passrole.policy.compiled import ANY_ROLE, PASSED_TO_SERVICE, ROLE_ARN, ROLE_NAME, ROLE_TAG
from passrole.policy.text import printable, quoted
from passrole.policy.verdict import ConditionPart, Decision, StatementPart, Truth

_MOST_STATEMENTS = 5
_MOST_VALUES = 3
_REASON = 300  # characters of why a fact is unknown
_WHICH_ROLE = (ROLE_ARN, ROLE_NAME)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the policy says if ``service`` gets the role; None where the record names no service."""

    service: str | None
    decision: Decision
    statements: tuple[StatementPart, ...]


def reasons_for(
    decision: Decision, role: str, candidates: Sequence[Candidate], statements: tuple[StatementPart, ...]
) -> tuple[str, ...]:
    """The reasons of a verdict.

    Args:
        decision: of all candidates together.
        role: as the evidence or the record names it.
        candidates: the verdict for each service that may get the role.
        statements: each statement's part over all candidates.
    """
    role, services = printable(role), _services(candidates)
    if decision is Decision.APPROVED:
        return (f"{role} is approved for {services} by {_decisive(candidates, 'Allow')}",)
    if decision is Decision.UNDETERMINED:
        first = f"whether {role} is approved for {services} cannot be told: {_doubt(candidates, statements)}"
        return (first, *_listed([s for s in statements if s.result is Truth.UNKNOWN]))
    if all(_true(candidate, "Deny") for candidate in candidates):
        return (f"{role} is denied for {services} by {_decisive(candidates, 'Deny')}",)
    first = f"{role} is not approved for {services}"
    denying = [candidate for candidate in candidates if _true(candidate, "Deny")]
    if denying:
        first += f": {_decisive(denying, 'Deny')} denies {_services(denying)}"
        return (
            first,
            *_listed([s for s in statements if s.effect == "Allow" and s.result is not Truth.TRUE]),
        )
    return _not_approved(first, statements)


def _not_approved(first: str, statements: tuple[StatementPart, ...]) -> tuple[str, ...]:
    """The statement that comes nearest leads; those for quite other roles come last."""
    allows = [s for s in statements if s.effect == "Allow"]
    if not allows:
        return (f"{first}: the policy approves nothing",)
    near = sorted((s for s in allows if _is_for_role(s)), key=lambda s: len(_missed(s)))
    others = [s for s in allows if not _is_for_role(s)]
    if near:
        return (f"{first}: {_needs(near[0])}", *_listed([*near[1:], *others]))
    if len(others) == 1:
        return (f"{first}: {_needs(others[0])}",)
    return (f"{first}: no statement approves a role of this path and name", *_listed(others))


def _doubt(candidates: Sequence[Candidate], statements: tuple[StatementPart, ...]) -> str:
    """What is not known and could change the verdict."""
    if all(candidate.decision is not Decision.UNDETERMINED for candidate in candidates):
        approved = _any_of([str(c.service) for c in candidates if c.decision is Decision.APPROVED], "and")
        refused = _any_of([str(c.service) for c in candidates if c.decision is not Decision.APPROVED], "and")
        return f"it is for {approved}, not for {refused}, and the record does not tell which of them gets it"
    subjects: dict[str, list[str]] = {}
    for statement in statements:
        for part in statement.conditions if statement.result is Truth.UNKNOWN else ():
            if part.result is Truth.UNKNOWN:
                known = subjects.setdefault(printable(str(part.unknown_because), _REASON), [])
                if _subject(part) not in known:
                    known.append(_subject(part))
    return "; ".join(
        f"{_any_of(names, 'and')} {'is' if len(names) == 1 else 'are'} unknown ({reason})"
        for reason, names in subjects.items()
    )


def _listed(statements: Sequence[StatementPart]) -> tuple[str, ...]:
    lines = [_needs(statement) for statement in statements[:_MOST_STATEMENTS]]
    more = len(statements) - len(lines)
    return (*lines, f"and {more} more") if more else tuple(lines)


def _needs(statement: StatementPart) -> str:
    verb = "needs" if statement.effect == "Allow" else "denies, given"
    return f"{quoted(statement.sid)} {verb} {' and '.join(_need(part) for part in _missed(statement))}"


def _need(part: ConditionPart) -> str:
    """``the tag approved-for to be lambda (it is ec2)``."""
    needed = _any_of([printable(_short(part, value), 100) or '""' for value in part.needed], "or")
    if part.result is Truth.UNKNOWN:
        seen = f" (unknown: {printable(str(part.unknown_because), _REASON)})"
    elif part.seen is None:
        seen = " (it has none)" if part.key.startswith(ROLE_TAG) else " (there is none)"
    elif part.key == ROLE_ARN:
        seen = ""  # the sentence begins with it
    else:
        seen = f" (it is {printable(part.seen) or 'empty'})"
    return f"{_subject(part)} to be {needed}{seen}"


def _short(part: ConditionPart, value: str) -> str:
    """A resource pattern as guardrail.yaml has it: the path alone, where account and partition are any."""
    if part.key == ROLE_ARN and value.startswith(ANY_ROLE):
        return value.removeprefix(ANY_ROLE.removesuffix("/"))
    return value


def _subject(part: ConditionPart) -> str:
    if part.key.startswith(ROLE_TAG):
        return f"the tag {printable(part.key.removeprefix(ROLE_TAG))}"
    names = {ROLE_ARN: "the path and name", ROLE_NAME: "the name", PASSED_TO_SERVICE: "the service"}
    return names.get(part.key, printable(part.key))


def _missed(statement: StatementPart) -> tuple[ConditionPart, ...]:
    """The conditions that kept a statement from matching; the unknown ones only where none is false."""
    missed = tuple(part for part in statement.conditions if part.result is Truth.FALSE)
    return missed or tuple(part for part in statement.conditions if part.result is Truth.UNKNOWN)


def _is_for_role(statement: StatementPart) -> bool:
    return all(p.result is not Truth.FALSE for p in statement.conditions if p.key in _WHICH_ROLE)


def _true(candidate: Candidate, effect: str) -> list[str]:
    return [s.sid for s in candidate.statements if s.effect == effect and s.result is Truth.TRUE]


def _decisive(candidates: Sequence[Candidate], effect: str) -> str:
    """The statements that decided; with several candidates, those of each."""
    sids = dict.fromkeys(sid for candidate in candidates for sid in _true(candidate, effect))
    return _any_of([quoted(sid) for sid in sids], "and")


def _services(candidates: Sequence[Candidate]) -> str:
    names = [printable(c.service) for c in candidates if c.service is not None]
    return _any_of(names, "or") if names else "a service that the record does not tell"


def _any_of(items: Sequence[str], word: str) -> str:
    """``a, b or c``; of many, the first few and how many more."""
    shown = list(items[:_MOST_VALUES])
    if len(items) > len(shown):
        shown.append(f"{len(items) - len(shown)} more")
    return f" {word} ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""
