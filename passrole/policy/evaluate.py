"""Evaluation: a pass and its evidence against a policy, purely and in three-valued logic.

No I/O and no clock: the same function serves detection, audits and the command line. A fact that could not be
read is unknown, and the verdict is ``undetermined`` only where the unknown could change it (Kleene's logic).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from passrole.evidence import Evidence, Fact, Known, Unknown, known
from passrole.language import Effect, Ruling, Truth, decide
from passrole.passes import Pass
from passrole.policy.compiled import CompiledPolicy, PolicyStatement
from passrole.policy.context import NOTHING, PassContext
from passrole.policy.exempt import waive
from passrole.policy.explanation import Candidate, explanation_of
from passrole.policy.verdict import Decision, Denials, Verdict

_VERDICTS = {
    Ruling.ALLOWED: Decision.APPROVED,
    Ruling.EXPLICIT_DENY: Decision.VIOLATION,
    Ruling.IMPLICIT_DENY: Decision.VIOLATION,
    Ruling.UNDETERMINED: Decision.UNDETERMINED,
}
_ANY_SERVICE = Unknown("the record does not tell which service gets the role")


def evaluate(
    policy: CompiledPolicy,
    pass_: Pass,
    evidence: Evidence,
    at: str,
    untold: Mapping[str, Unknown] = NOTHING,
) -> Verdict:
    """The verdict of ``policy`` on ``pass_``, given what is known about the role.

    Where the call may hand the role to one of several services, each candidate is judged, and the verdict is
    undetermined unless all agree.

    Args:
        at: the time of the judgement, ISO 8601: exemptions count until they expire.
        untold: condition keys, their names folded, that the source of the pass cannot tell, and why.
    """
    services: tuple[Fact[str], ...] = tuple(Known(s) for s in dict.fromkeys(pass_.services))
    contexts = (PassContext(pass_, evidence, s, untold) for s in services or (_ANY_SERVICE,))
    candidates = [_candidate(policy, context, at) for context in contexts]
    decision = _decision(candidates)
    exemptions = [e for c in candidates for e in c.waived.by] if decision is Decision.EXEMPT else []
    return Verdict(
        decision,
        policy.hash,
        lambda: explanation_of(policy, decision, pass_, evidence, candidates, at),
        tuple(_denials(policy.statements, c) for c in candidates if decision is Decision.VIOLATION),
        exemptions[0].name if exemptions else None,
        min((exemption.expires for exemption in exemptions), default=None),
    )


def without_exemptions(policy: CompiledPolicy, pass_: Pass, evidence: Evidence, at: str) -> Verdict:
    """The verdict as it would be if nothing were exempt: what comes back when an exemption ends."""
    verdict = evaluate(replace(policy, exemptions=()), pass_, evidence, at)
    return replace(verdict, policy_hash=policy.hash)


def _candidate(policy: CompiledPolicy, context: PassContext, at: str) -> Candidate:
    ruling = decide(policy.statements, context)
    name = known(context.service)
    if ruling is Ruling.ALLOWED or not policy.exemptions:
        return Candidate(context, name, _VERDICTS[ruling])
    waived = waive(policy, context, ruling, at)
    return Candidate(context, name, Decision.EXEMPT if waived.by else _VERDICTS[waived.ruling], waived)


def _decision(candidates: Sequence[Candidate]) -> Decision:
    """The decision of all candidates, or undetermined; approved or exempt, it needs no attention."""
    found = {candidate.decision for candidate in candidates}
    if found == {Decision.APPROVED, Decision.EXEMPT}:
        return Decision.EXEMPT
    return found.pop() if len(found) == 1 else Decision.UNDETERMINED


def _denials(statements: Sequence[PolicyStatement], candidate: Candidate) -> Denials:
    """What denies the pass and is not waived, if the candidate's service gets the role."""
    denying = (
        statement
        for statement in statements
        if statement.effect is Effect.DENY
        and statement.check not in candidate.waived.checks
        and statement.applies(candidate.context) is Truth.TRUE
    )
    approving = (statement for statement in statements if statement.effect is Effect.ALLOW)
    unapproved = decide(approving, candidate.context) is Ruling.IMPLICIT_DENY
    return Denials(candidate.service, tuple(denying), unapproved)
