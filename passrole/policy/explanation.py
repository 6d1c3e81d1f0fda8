"""The parts that statements and conditions had in a verdict: made for those who ask why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from passrole.evidence import Evidence, Known, Unknown
from passrole.language import Condition, Context, Statement, Truth, fold
from passrole.language.context import is_absent
from passrole.passes import Pass
from passrole.policy.compiled import CompiledPolicy
from passrole.policy.exempt import NOTHING_WAIVED, Waived, is_expired
from passrole.policy.reasons import Judged, reasons_for, unavailing
from passrole.policy.verdict import ConditionPart, Decision, Explanation, StatementPart

_ROLE_ARN = "role:Arn"
_ACTION = "pass:Action"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the policy says if ``service`` gets the role; None where the record names no service."""

    context: Context
    service: str | None
    decision: Decision
    waived: Waived = NOTHING_WAIVED


def explanation_of(
    policy: CompiledPolicy,
    decision: Decision,
    pass_: Pass,
    evidence: Evidence,
    candidates: Sequence[Candidate],
    at: str,
) -> Explanation:
    """Why the decision is what it is."""
    by_candidate = [parts_of(policy.statements, candidate.context) for candidate in candidates]
    statements = _merged(by_candidate)
    judged = [
        Judged(
            candidate.service,
            candidate.decision,
            tuple(_left(policy, parts, candidate.waived.checks)),
            candidate.waived.by,
            parts_of((exemption.scope for exemption in candidate.waived.doubtful), candidate.context),
        )
        for candidate, parts in zip(candidates, by_candidate, strict=True)
    ]
    waived = frozenset.intersection(*(candidate.waived.checks for candidate in candidates))
    left = tuple(_left(policy, statements, waived))
    reasons = reasons_for(decision, _role_in_words(pass_, evidence), judged, left)
    if decision is Decision.VIOLATION:
        reasons = (*reasons, *_unavailing(policy, candidates, at))
    return Explanation(reasons, statements)


def _left(
    policy: CompiledPolicy, parts: Iterable[StatementPart], waived: frozenset[str]
) -> Iterator[StatementPart]:
    """The parts of the statements that no exemption waives."""
    for statement, part in zip(policy.statements, parts, strict=True):
        if statement.check not in waived:
            yield part


def _unavailing(policy: CompiledPolicy, candidates: Sequence[Candidate], at: str) -> Iterator[str]:
    """Why exemptions that are for such a pass do not let it through."""
    told = set()
    for exemption in policy.exemptions:
        if exemption.name in told:
            continue
        if any(exemption.scope.applies(candidate.context) is not Truth.FALSE for candidate in candidates):
            told.add(exemption.name)
            yield unavailing(exemption, expired=is_expired(exemption, at))


def parts_of(statements: Iterable[Statement], context: Context) -> tuple[StatementPart, ...]:
    """Each statement's part in what they say together about one request."""
    return tuple(_statement_part(statement, context) for statement in statements)


def _statement_part(statement: Statement, context: Context) -> StatementPart:
    action = statement.names_action(context)
    named = (
        Condition("StringNotLike", _ACTION, statement.not_actions)
        if statement.not_actions is not None
        else Condition("StringLike", _ACTION, statement.actions or ())
    )
    resource = (
        Condition("ArnNotLike", _ROLE_ARN, statement.not_resources)
        if statement.not_resources is not None
        else Condition("ArnLike", _ROLE_ARN, statement.resources or ())
    )
    parts = [_part(resource, statement.names_resource(context), context)]
    if action is not Truth.TRUE:
        parts.insert(0, _part(named, action, context))
    parts.extend(_part(condition, condition.holds(context), context) for condition in statement.conditions)
    return StatementPart(statement.sid, statement.effect, statement.applies(context), tuple(parts))


def _part(condition: Condition, result: Truth, context: Context) -> ConditionPart:
    fact = context.fact(fold(condition.key))
    unknown = next((f.reason for f in _facts(condition, context) if isinstance(f, Unknown)), None)
    return ConditionPart(
        condition.key,
        condition.operator,
        condition.values,
        fact.value if isinstance(fact, Known) and not is_absent(fact) else None,
        result,
        unknown if result is Truth.UNKNOWN else None,
    )


def _facts(condition: Condition, context: Context) -> Iterable[object]:
    """The fact that a condition is about, then those that its values name."""
    first = fold(condition.key)
    return (context.fact(key) for key in (first, *sorted(condition.keys - {first})))


def _merged(by_candidate: Sequence[tuple[StatementPart, ...]]) -> tuple[StatementPart, ...]:
    """Each statement's part over all candidate services: unknown where they differ."""
    if len(by_candidate) == 1:
        return by_candidate[0]
    return tuple(
        StatementPart(
            parts[0].sid,
            parts[0].effect,
            _common([part.result for part in parts]),
            _merged_conditions([part.conditions for part in parts]),
        )
        for parts in zip(*by_candidate, strict=True)
    )


def _merged_conditions(by_candidate: Sequence[tuple[ConditionPart, ...]]) -> tuple[ConditionPart, ...]:
    return tuple(map(_merged_condition, zip(*by_candidate, strict=True)))


def _merged_condition(parts: tuple[ConditionPart, ...]) -> ConditionPart:
    first = parts[0]
    if all(part == first for part in parts):
        return first
    candidates = " or ".join(str(part.seen) for part in parts)
    result = _common([part.result for part in parts])
    if result is Truth.UNKNOWN:
        reason = f"the call may hand the role to {candidates}"
        return ConditionPart(first.key, first.operator, first.needed, None, result, reason)
    return ConditionPart(first.key, first.operator, first.needed, candidates, result)


def _common(results: Sequence[Truth]) -> Truth:
    return results[0] if len(set(results)) == 1 else Truth.UNKNOWN


def _role_in_words(pass_: Pass, evidence: Evidence) -> str:
    if isinstance(evidence.arn, Known):
        return evidence.arn.value
    role = pass_.role
    if role.value and role.kind and role.kind.is_instance_profile:
        return f"the role in {role.value}"
    return role.value or "a role that the record does not show"
