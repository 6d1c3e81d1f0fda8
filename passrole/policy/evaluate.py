"""Evaluation: a pass and its evidence against a policy, purely and in three-valued logic.

No I/O and no clock: the same function serves detection, audits and the command line. A fact that could not be
read is unknown, and the verdict is ``undetermined`` only where the unknown could change it (Kleene's logic).
"""

import string
from collections.abc import Callable, Iterable, Mapping, Sequence

from passrole.evidence import ABSENT, Absent, Fact, Known, RoleEvidence, Unknown
from passrole.passes import Pass
from passrole.policy.compiled import (
    PASSED_TO_SERVICE,
    ROLE_ARN,
    ROLE_NAME,
    ROLE_TAG,
    CompiledPolicy,
    Condition,
    Statement,
)
from passrole.policy.reasons import Candidate, reasons_for
from passrole.policy.verdict import ConditionPart, Decision, StatementPart, Truth, Verdict
from passrole.policy.wildcards import arn_matches, matches

_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "ArnLike": arn_matches,
    "StringEquals": str.__eq__,
    "StringLike": matches,
}
# IAM compares tag keys without case. Beyond ASCII it documents no rule, and Python's would take the Kelvin
# sign for a k: a look-alike must not approve.
_FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_ANY_SERVICE = Unknown("the record does not tell which service gets the role")


def evaluate(policy: CompiledPolicy, pass_: Pass, evidence: RoleEvidence) -> Verdict:
    """The verdict of ``policy`` on ``pass_``, given what is known about the role.

    Where the call may hand the role to one of several services, each candidate is judged, and the verdict is
    undetermined unless all agree.
    """
    services: tuple[Fact[str], ...] = tuple(Known(s) for s in dict.fromkeys(pass_.services))
    candidates = [_candidate(policy, evidence, service) for service in services or (_ANY_SERVICE,)]
    decisions = {candidate.decision for candidate in candidates}
    decision = decisions.pop() if len(decisions) == 1 else Decision.UNDETERMINED
    statements = _merged([candidate.statements for candidate in candidates])
    role = _role_in_words(pass_, evidence)
    return Verdict(decision, reasons_for(decision, role, candidates, statements), statements, policy.hash)


def _candidate(policy: CompiledPolicy, evidence: RoleEvidence, service: Fact[str]) -> Candidate:
    parts = tuple(_statement_part(s, evidence, service) for s in policy.statements)
    name = service.value if isinstance(service, Known) else None
    return Candidate(name, _decision(parts), parts)


def _decision(parts: Iterable[StatementPart]) -> Decision:
    """Explicit deny, then allow, else implicit deny; undetermined where an unknown could change that."""
    by_effect: dict[str, list[Truth]] = {"Deny": [], "Allow": []}
    for part in parts:
        by_effect[part.effect].append(part.result)
    denied, allowed = _any(by_effect["Deny"]), _any(by_effect["Allow"])
    if denied is Truth.TRUE or allowed is Truth.FALSE:
        return Decision.VIOLATION
    if denied is Truth.FALSE and allowed is Truth.TRUE:
        return Decision.APPROVED
    return Decision.UNDETERMINED


def _statement_part(statement: Statement, evidence: RoleEvidence, service: Fact[str]) -> StatementPart:
    role = Condition("ArnLike", ROLE_ARN, statement.resources)
    parts = tuple(_condition_part(c, evidence, service) for c in (role, *statement.conditions))
    return StatementPart(statement.sid, statement.effect, _all([p.result for p in parts]), parts)


def _condition_part(condition: Condition, evidence: RoleEvidence, service: Fact[str]) -> ConditionPart:
    key, operator, needed = condition.key, condition.operator, condition.values
    compare = _OPERATORS.get(operator)
    if compare is None:
        reason = f"the operator {operator} is not known to this release"
        return ConditionPart(key, operator, needed, None, Truth.UNKNOWN, reason)
    fact = _fact(key, evidence, service)
    if isinstance(fact, Unknown):
        return ConditionPart(key, operator, needed, None, Truth.UNKNOWN, fact.reason)
    if isinstance(fact, Absent):
        return ConditionPart(key, operator, needed, None, Truth.FALSE)
    holds = any(compare(value, fact.value) for value in needed)
    return ConditionPart(key, operator, needed, fact.value, Truth.TRUE if holds else Truth.FALSE)


def _fact(key: str, evidence: RoleEvidence, service: Fact[str]) -> Fact[str]:
    """The value of a condition key."""
    if key == ROLE_ARN:
        return evidence.arn
    if key == ROLE_NAME:
        return evidence.name
    if key == PASSED_TO_SERVICE:
        return service
    if key.startswith(ROLE_TAG):
        return _tag(evidence.tags, key.removeprefix(ROLE_TAG))
    return Unknown(f"the condition key {key} is not known to this release")


def _tag(tags: Fact[Mapping[str, str]], name: str) -> Fact[str]:
    if not isinstance(tags, Known):
        return tags
    folded = name.translate(_FOLD)
    for key, value in tags.value.items():
        if key.translate(_FOLD) == folded:
            return Known(value)
    return ABSENT


def _merged(by_candidate: Sequence[tuple[StatementPart, ...]]) -> tuple[StatementPart, ...]:
    """Each statement's part over all candidate services: unknown where they differ."""
    if len(by_candidate) == 1:
        return by_candidate[0]
    return tuple(
        StatementPart(
            parts[0].sid,
            parts[0].effect,
            _common([part.result for part in parts]),
            tuple(map(_merged_condition, zip(*(part.conditions for part in parts), strict=True))),
        )
        for parts in zip(*by_candidate, strict=True)
    )


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


def _all(results: Sequence[Truth]) -> Truth:
    """Kleene's conjunction; true of nothing."""
    return (
        Truth.FALSE if Truth.FALSE in results else Truth.UNKNOWN if Truth.UNKNOWN in results else Truth.TRUE
    )


def _any(results: Sequence[Truth]) -> Truth:
    """Kleene's disjunction; false of nothing."""
    return Truth.TRUE if Truth.TRUE in results else Truth.UNKNOWN if Truth.UNKNOWN in results else Truth.FALSE


def _role_in_words(pass_: Pass, evidence: RoleEvidence) -> str:
    if isinstance(evidence.arn, Known):
        return evidence.arn.value
    role = pass_.role
    if role.value and role.kind and role.kind.is_instance_profile:
        return f"the role in {role.value}"
    return role.value or "a role that the record does not show"
