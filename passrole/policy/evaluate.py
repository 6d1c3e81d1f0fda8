"""Evaluation: a pass and its evidence against a policy, purely and in three-valued logic.

No I/O and no clock: the same function serves detection, audits and the command line. A fact that could not be
read is unknown, and the verdict is ``undetermined`` only where the unknown could change it (Kleene's logic).
"""

from collections.abc import Iterable, Iterator, Sequence

from passrole.clock import parse_time
from passrole.evidence import Evidence, Fact, Known, Unknown
from passrole.passes import Pass
from passrole.policy.compiled import CompiledPolicy, Exemption, PolicyStatement
from passrole.policy.context import PassContext
from passrole.policy.explanation import Candidate, explanation_of
from passrole.policy.language import Context, Effect, Ruling, Truth, decide
from passrole.policy.verdict import Decision, Verdict

_VERDICTS = {
    Ruling.ALLOWED: Decision.APPROVED,
    Ruling.EXPLICIT_DENY: Decision.VIOLATION,
    Ruling.IMPLICIT_DENY: Decision.VIOLATION,
    Ruling.UNDETERMINED: Decision.UNDETERMINED,
}
_ANY_SERVICE = Unknown("the record does not tell which service gets the role")


def evaluate(policy: CompiledPolicy, pass_: Pass, evidence: Evidence, at: str) -> Verdict:
    """The verdict of ``policy`` on ``pass_``, given what is known about the role.

    Where the call may hand the role to one of several services, each candidate is judged, and the verdict is
    undetermined unless all agree.

    Args:
        at: the time of the judgement, ISO 8601: exemptions count until they expire.
    """
    services: tuple[Fact[str], ...] = tuple(Known(s) for s in dict.fromkeys(pass_.services))
    contexts = [PassContext(pass_, evidence, service) for service in services or (_ANY_SERVICE,)]
    rulings = [decide(policy.statements, context) for context in contexts]
    decision = _decision(rulings)
    exemption = None
    if decision is not Decision.APPROVED and policy.exemptions:
        decision, exemption = _exempted(policy, contexts, decision, at)
    candidates = [
        Candidate(context, service.value if isinstance(service, Known) else None, ruling)
        for context, service, ruling in zip(contexts, services or (_ANY_SERVICE,), rulings, strict=True)
    ]
    return Verdict(
        decision,
        policy.hash,
        lambda: explanation_of(policy, decision, pass_, evidence, candidates, exemption),
        tuple(_denials(policy.statements, contexts)) if decision is Decision.VIOLATION else (),
        exemption.name if exemption else None,
    )


def _decision(rulings: Sequence[Ruling]) -> Decision:
    found = set(map(_VERDICTS.__getitem__, rulings))
    return found.pop() if len(found) == 1 else Decision.UNDETERMINED


def _exempted(
    policy: CompiledPolicy, contexts: Sequence[Context], decision: Decision, at: str
) -> tuple[Decision, Exemption | None]:
    """The decision with the exemptions that count at that time."""
    moment = parse_time(at)
    possible = False
    for exemption in policy.exemptions:
        if parse_time(exemption.expires) <= moment:
            continue
        truth = _waives(policy, exemption, contexts)
        if truth is Truth.TRUE:
            return Decision.EXEMPT, exemption
        possible = possible or truth is Truth.UNKNOWN
    # A violation that may be exempt is not known to be one.
    return (Decision.UNDETERMINED if possible else decision), None


def _waives(policy: CompiledPolicy, exemption: Exemption, contexts: Sequence[Context]) -> Truth:
    """Whether an exemption waives all that speaks against the pass, for every candidate service."""
    left = [s for s in policy.statements if s.check not in exemption.checks] if exemption.checks else None
    results = set()
    for context in contexts:
        result = exemption.scope.applies(context)
        if result is not Truth.FALSE and left is not None:
            rest = decide(left, context)
            if rest in (Ruling.EXPLICIT_DENY, Ruling.IMPLICIT_DENY):
                result = Truth.FALSE
            elif rest is Ruling.UNDETERMINED:
                result = Truth.UNKNOWN
        results.add(result)
    return results.pop() if len(results) == 1 else Truth.UNKNOWN


def _denials(statements: Iterable[PolicyStatement], contexts: Sequence[Context]) -> Iterator[PolicyStatement]:
    """The statements that deny the pass, for any service that may get the role."""
    for statement in statements:
        if statement.effect is Effect.DENY and any(statement.applies(c) is Truth.TRUE for c in contexts):
            yield statement
