"""Evaluation: a pass and its evidence against a policy, purely and in three-valued logic.

No I/O and no clock: the same function serves detection, audits and the command line. A fact that could not be
read is unknown, and the verdict is ``undetermined`` only where the unknown could change it (Kleene's logic).
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from passrole.evidence import ABSENT, Absent, Fact, Known, RoleEvidence, Unknown
from passrole.passes import Pass
from passrole.policy.compiled import CompiledPolicy, Condition, Statement
from passrole.policy.verdict import ConditionPart, Decision, StatementPart, Truth, Verdict

_ROLE_TAG = "role:Tag/"


def evaluate(policy: CompiledPolicy, pass_: Pass, evidence: RoleEvidence) -> Verdict:
    """The verdict of ``policy`` on ``pass_``, given what is known about the role.

    Where the call may hand the role to one of several services, each candidate is judged, and the verdict is
    undetermined unless all agree.
    """
    candidates: tuple[Fact[str], ...] = tuple(Known(s) for s in pass_.services)
    if not candidates:
        candidates = (Unknown("the record does not tell which service gets the role"),)
    judged = [_judge(policy, evidence, service) for service in candidates]
    decision, parts = judged[0]
    if any(other is not decision for other, _ in judged):
        decision = Decision.UNDETERMINED
        parts = next(p for d, p in judged if d is not Decision.APPROVED)
    return Verdict(decision, _reasons(decision, parts, pass_, evidence), parts, policy.hash)


def _judge(
    policy: CompiledPolicy, evidence: RoleEvidence, service: Fact[str]
) -> tuple[Decision, tuple[StatementPart, ...]]:
    parts = tuple(_statement_part(s, evidence, service) for s in policy.statements)
    denies = _any(p.result for p in parts if p.effect == "Deny")
    allows = _any(p.result for p in parts if p.effect == "Allow")
    if denies is Truth.TRUE or allows is Truth.FALSE:
        return Decision.VIOLATION, parts
    if denies is Truth.FALSE and allows is Truth.TRUE:
        return Decision.APPROVED, parts
    return Decision.UNDETERMINED, parts


def _statement_part(statement: Statement, evidence: RoleEvidence, service: Fact[str]) -> StatementPart:
    role = Condition("ArnLike", "role:Arn", statement.resources)
    parts = tuple(_condition_part(c, evidence, service) for c in (role, *statement.conditions))
    return StatementPart(statement.sid, statement.effect, _all(p.result for p in parts), parts)


def _condition_part(condition: Condition, evidence: RoleEvidence, service: Fact[str]) -> ConditionPart:
    fact = _fact(condition.key, evidence, service)
    needed = condition.values
    if isinstance(fact, Unknown):
        return ConditionPart(condition.key, condition.operator, needed, None, Truth.UNKNOWN, fact.reason)
    if isinstance(fact, Absent):
        return ConditionPart(condition.key, condition.operator, needed, None, Truth.FALSE)
    matches = any(_like(pattern).fullmatch(fact.value) for pattern in needed)
    if condition.operator == "StringEquals":
        matches = fact.value in needed
    result = Truth.TRUE if matches else Truth.FALSE
    return ConditionPart(condition.key, condition.operator, needed, fact.value, result)


def _fact(key: str, evidence: RoleEvidence, service: Fact[str]) -> Fact[str]:
    """The value of a condition key. Tag keys are compared as IAM compares them: without case."""
    if key == "role:Arn":
        return evidence.arn
    if key == "role:Name":
        return evidence.name
    if key == "iam:PassedToService":
        return service
    return _tag(evidence.tags, key.removeprefix(_ROLE_TAG))


def _tag(tags: Fact[Mapping[str, str]], name: str) -> Fact[str]:
    if not isinstance(tags, Known):
        return tags
    for key, value in tags.value.items():
        if key.lower() == name.lower():
            return Known(value)
    return ABSENT


@lru_cache(maxsize=4096)
def _like(pattern: str) -> re.Pattern[str]:
    """IAM's wildcards: ``*`` is any text (slashes too), ``?`` one character; case counts."""
    text = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile(text, re.DOTALL)


def _all(results: Iterable[Truth]) -> Truth:
    seen = set(results)
    return Truth.FALSE if Truth.FALSE in seen else Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.TRUE


def _any(results: Iterable[Truth]) -> Truth:
    seen = set(results)
    return Truth.TRUE if Truth.TRUE in seen else Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.FALSE


def _reasons(
    decision: Decision, parts: tuple[StatementPart, ...], pass_: Pass, evidence: RoleEvidence
) -> tuple[str, ...]:
    role = (
        evidence.arn.value
        if isinstance(evidence.arn, Known)
        else pass_.role.value or "a role that is not visible"
    )
    if decision is Decision.APPROVED:
        sids = [p.sid for p in parts if p.effect == "Allow" and p.result is Truth.TRUE]
        return (f"{role} is approved by {' and '.join(sids)}",)
    denied = [p.sid for p in parts if p.effect == "Deny" and p.result is Truth.TRUE]
    if denied:
        return (f"{role} is denied by {' and '.join(denied)}",)
    if decision is Decision.UNDETERMINED:
        first = f"whether {role} is approved cannot be told"
    else:
        first = f"no statement approves {role} for {' or '.join(pass_.services) or 'an unknown service'}"
    return (first, *(_why_not(p) for p in parts if p.result is not Truth.TRUE))


def _why_not(part: StatementPart) -> str:
    missed = [c for c in part.conditions if c.result is Truth.FALSE] or [
        c for c in part.conditions if c.result is Truth.UNKNOWN
    ]
    return f"{part.sid}: {'; '.join(str(c) for c in missed)}"
