"""Why a verdict is what it is, in sentences for people. The first says it all; each is on one line.

Names of roles, tags and services come from whoever made them: they are escaped and cut, so that no name can
break a line, hide a part of itself, or drown the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from passrole.language import Effect, Truth, Value, fold
from passrole.policy.compiled import ANY_ROLE, Exemption
from passrole.policy.text import printable, quoted
from passrole.policy.verdict import ConditionPart, Decision, StatementPart

_MOST_STATEMENTS = 5
_MOST_VALUES = 3
_REASON = 300  # characters of why a fact is unknown
_ROLE_ARN, _ROLE_NAME, _ROLE_TAG = "role:arn", "role:name", "role:tag/"
_WHICH_ROLE = (_ROLE_ARN, _ROLE_NAME, "role:path", "pass:action")
# The first sentence of a denial says these.
_SAID = (_ROLE_ARN, "pass:action", "iam:passedtoservice")
_SUBJECTS = {
    _ROLE_ARN: "the path and name",
    _ROLE_NAME: "the name",
    "aws:principalarn": "the passer",
    "iam:passedtoservice": "the service",
    "role:trustedservices": "the trusted services",
}
_RELATIONS = {
    "lessthanequals": "at most",
    "lessthan": "below",
    "greaterthanequals": "at least",
    "greaterthan": "above",
    "notipaddress": "outside",
    "ipaddress": "within",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What the policy says if one service gets the role.

    Attributes:
        service: None where the record names none.
        decision: if that service gets it.
        statements: the part of each that no exemption waives.
        exempted_by: the exemptions that let it through, together.
        doubtful: the scopes of those that may.
    """

    service: str | None
    decision: Decision
    statements: tuple[StatementPart, ...]
    exempted_by: tuple[Exemption, ...] = ()
    doubtful: tuple[StatementPart, ...] = ()


def reasons_for(
    decision: Decision, role: str, candidates: Sequence[Judged], statements: tuple[StatementPart, ...]
) -> tuple[str, ...]:
    """The reasons of a verdict.

    Args:
        decision: of all candidates together.
        role: as the evidence or the record names it.
        candidates: the verdict for each service that may get the role.
        statements: each statement's part over all candidates, of those that no exemption waives.
    """
    role, services = printable(role), _services(candidates)
    if decision is Decision.EXEMPT:
        return (*_exempt(role, services, candidates), _waived(candidates))
    if decision is Decision.APPROVED:
        return (f"{role} is approved for {services} by {_decisive(candidates, Effect.ALLOW)}",)
    if decision is Decision.UNDETERMINED:
        return _undetermined(role, services, candidates, statements)
    if all(_true(candidate, Effect.DENY) for candidate in candidates):
        first = f"{role} is denied for {services} by {_decisive(candidates, Effect.DENY)}"
        return (first, *_applying(statements))
    first = f"{role} is not approved for {services}"
    denying = [candidate for candidate in candidates if _true(candidate, Effect.DENY)]
    if denying:
        first += f": {_decisive(denying, Effect.DENY)} denies {_services(denying)}"
        return (
            first,
            *_listed([s for s in statements if s.effect == Effect.ALLOW and s.result is not Truth.TRUE]),
        )
    return _not_approved(first, statements)


def _applying(statements: Sequence[StatementPart]) -> tuple[str, ...]:
    """What the statements saw that deny."""
    lines = []
    for statement in statements:
        if statement.effect is Effect.DENY and statement.result is Truth.TRUE:
            seen = [_state(part) for part in statement.conditions if fold(part.key) not in _SAID]
            if seen:
                lines.append(f"{quoted(statement.sid)} applies: {_any_of(seen, 'and')}")
    more = len(lines) - _MOST_STATEMENTS
    return (*lines[:_MOST_STATEMENTS], f"and {more} more") if more > 0 else tuple(lines)


def _state(part: ConditionPart) -> str:
    """``the tag data is personal``."""
    if part.unknown_because is not None:
        return f"{_subject(part)} is unknown ({printable(part.unknown_because, _REASON)})"
    if part.seen is None:
        return f"{_subject(part)} is absent"
    return f"{_subject(part)} is {_value(part.seen)}"


def unavailing(exemption: Exemption, *, expired: bool) -> str:
    """Why an exemption that is for a pass, or may be, does not let it through."""
    if expired:
        return (
            f"the exemption {quoted(exemption.name)} ({printable(exemption.owner)}) "
            f"expired at {exemption.expires}"
        )
    return f"the exemption {quoted(exemption.name)} waives {_any_of(exemption.checks, 'and')} alone"


def _exempt(role: str, services: str, candidates: Sequence[Judged]) -> tuple[str, ...]:
    """The exemptions, the first together with what it is for."""
    by_name = {exemption.name: exemption for candidate in candidates for exemption in candidate.exempted_by}
    first, *others = [
        f"by {quoted(e.name)} until {e.expires} ({printable(e.owner)}: {printable(e.reason)})"
        for e in by_name.values()
    ]
    return (f"{role} is exempt for {services} {first}", *(f"and {other}" for other in others))


def _waived(candidates: Sequence[Judged]) -> str:
    """What would be without the exemptions."""
    exempt = [candidate for candidate in candidates if candidate.decision is Decision.EXEMPT]
    denying = [candidate for candidate in exempt if _true(candidate, Effect.DENY)]
    if denying:
        return f"without it: denied by {_decisive(denying, Effect.DENY)}"
    if any(s.result is Truth.UNKNOWN for candidate in exempt for s in candidate.statements):
        return "without it: not known whether it is approved"
    return "without it: no statement approves it"


def _undetermined(
    role: str, services: str, candidates: Sequence[Judged], statements: tuple[StatementPart, ...]
) -> tuple[str, ...]:
    doubtful = {scope.sid: scope for candidate in candidates for scope in candidate.doubtful}
    is_what = "approved or exempt" if doubtful else "approved"
    parts = (*statements, *doubtful.values())
    first = f"whether {role} is {is_what} for {services} cannot be told: {_doubt(candidates, parts)}"
    return (first, *_listed([s for s in parts if s.result is Truth.UNKNOWN]))


def _not_approved(first: str, statements: tuple[StatementPart, ...]) -> tuple[str, ...]:
    """The statement that comes nearest leads; those for quite other roles come last."""
    allows = [s for s in statements if s.effect == Effect.ALLOW]
    if not allows:
        return (f"{first}: the policy approves nothing",)
    near = sorted((s for s in allows if _is_for_role(s)), key=lambda s: len(_missed(s)))
    others = [s for s in allows if not _is_for_role(s)]
    if near:
        return (f"{first}: {_needs(near[0])}", *_listed([*near[1:], *others]))
    if len(others) == 1:
        return (f"{first}: {_needs(others[0])}",)
    return (f"{first}: no statement approves a role of this path and name", *_listed(others))


def _doubt(candidates: Sequence[Judged], statements: tuple[StatementPart, ...]) -> str:
    """What is not known and could change the verdict."""
    if all(candidate.decision is not Decision.UNDETERMINED for candidate in candidates):
        refused = _any_of([str(c.service) for c in candidates if c.decision is Decision.VIOLATION], "and")
        approved = _any_of(
            [str(c.service) for c in candidates if c.decision is not Decision.VIOLATION], "and"
        )
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
    verb = "needs" if statement.effect == Effect.ALLOW else "denies, given"
    return f"{quoted(statement.sid)} {verb} {' and '.join(_need(part) for part in _missed(statement))}"


def _need(part: ConditionPart) -> str:
    """``the tag approved-for to be lambda (it is ec2)``."""
    if fold(part.operator) == "null":
        return _existence(part)
    needed = _any_of([printable(_short(part, value), 100) or '""' for value in part.needed], "or")
    return f"{_subject(part)} to {_relation(part)} {needed}{_seen(part)}"


def _existence(part: ConditionPart) -> str:
    needs = "to be absent" if "true" in map(str.lower, part.needed) else "to be there"
    return f"{_subject(part)} {needs}{_seen(part)}"


def _relation(part: ConditionPart) -> str:
    """``be``, ``not be``, ``be below`` …: what the operator asks of the value."""
    name = fold(part.operator)
    some = "have one that is " if name.startswith("foranyvalue:") else ""
    some = "have only what is " if name.startswith("forallvalues:") else some
    base = name.rpartition(":")[2]
    is_not = "not" in base
    for word, relation in _RELATIONS.items():
        if word in base:
            return f"{some or 'be '}{relation}"
    if some:
        return f"{some}{'not ' if is_not else ''}".rstrip()
    return "not be" if is_not else "be"


def _seen(part: ConditionPart) -> str:
    if part.result is Truth.UNKNOWN:
        return f" (unknown: {printable(str(part.unknown_because), _REASON)})"
    if part.seen is None:
        return " (it has none)" if fold(part.key).startswith(_ROLE_TAG) else " (there is none)"
    if fold(part.key) == _ROLE_ARN:
        return ""  # the sentence begins with it
    return f" (it is {_value(part.seen)})"


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return _any_of([printable(item) for item in value], "and")
    return printable(value) or "empty"


def _short(part: ConditionPart, value: str) -> str:
    """A resource pattern as guardrail.yaml has it: the path alone, where account and partition are any."""
    if fold(part.key) == _ROLE_ARN and value.startswith(ANY_ROLE):
        return value.removeprefix(ANY_ROLE.removesuffix("/"))
    return value


def _subject(part: ConditionPart) -> str:
    key = fold(part.key)
    if key.startswith(_ROLE_TAG):
        return f"the tag {printable(part.key.partition('/')[2])}"
    if key.startswith("aws:principaltag/"):
        return f"the passer's tag {printable(part.key.partition('/')[2])}"
    return _SUBJECTS.get(key, printable(part.key))


def _missed(statement: StatementPart) -> tuple[ConditionPart, ...]:
    """The conditions that kept a statement from matching; the unknown ones only where none is false."""
    missed = tuple(part for part in statement.conditions if part.result is Truth.FALSE)
    return missed or tuple(part for part in statement.conditions if part.result is Truth.UNKNOWN)


def _is_for_role(statement: StatementPart) -> bool:
    return all(p.result is not Truth.FALSE for p in statement.conditions if fold(p.key) in _WHICH_ROLE)


def _true(candidate: Judged, effect: Effect) -> list[str]:
    return [s.sid for s in candidate.statements if s.effect == effect and s.result is Truth.TRUE]


def _decisive(candidates: Sequence[Judged], effect: Effect) -> str:
    """The statements that decided; with several candidates, those of each."""
    sids = dict.fromkeys(sid for candidate in candidates for sid in _true(candidate, effect))
    return _any_of([quoted(sid) for sid in sids], "and")


def _services(candidates: Sequence[Judged]) -> str:
    names = [printable(c.service) for c in candidates if c.service is not None]
    return _any_of(names, "or") if names else "a service that the record does not tell"


def _any_of(items: Sequence[str], word: str) -> str:
    """``a, b or c``; of many, the first few and how many more."""
    shown = list(items[:_MOST_VALUES])
    if len(items) > len(shown):
        shown.append(f"{len(items) - len(shown)} more")
    return f" {word} ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""
