"""What a policy does about a verdict: the stage of response."""

from passrole.passes import Coverage, Direction, Outcome, Pass
from passrole.policy.compiled import CompiledPolicy, Responses, Stage
from passrole.policy.verdict import Decision, Verdict

_MILDEST_FIRST = (Stage.OBSERVE, Stage.ALERT, Stage.QUARANTINE)


def stage_for(policy: CompiledPolicy, pass_: Pass, verdict: Verdict) -> Stage:
    """The stage of response to ``verdict`` on ``pass_``.

    Approved and exempt passes are only observed. Of an attempt that did not succeed the outcome decides, else
    the verdict; for a violation, what the policy says about the service that got the role.
    """
    responses = policy.responses
    if verdict.decision in (Decision.APPROVED, Decision.EXEMPT):
        return Stage.OBSERVE
    if pass_.direction is not Direction.PASSES or pass_.coverage is not Coverage.COVERED:
        # IAM decides no PassRole for a chained role; an unknown call may pass none, and nobody could do
        # anything about a role that can never be seen.
        return Stage.OBSERVE
    if pass_.outcome is Outcome.DENIED:
        return responses.denied
    if pass_.outcome is Outcome.FAILED:
        return responses.failed
    if verdict.decision is Decision.UNDETERMINED:
        return responses.undetermined
    return _for_violation(responses, pass_.services)


def _for_violation(responses: Responses, candidates: tuple[str, ...]) -> Stage:
    """The mildest stage of the services that may have got the role: none is contained on a guess."""
    if not candidates:
        # Any service may have it. Without refinements that makes no difference; with them, people look first.
        known = [responses.violation, Stage.ALERT] if responses.services else [responses.violation]
    else:
        known = [responses.services.get(service, responses.violation) for service in candidates]
    return min(known, key=_MILDEST_FIRST.index)
