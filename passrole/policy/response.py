"""What a policy does about a verdict: the stage of response."""

from passrole.passes import Coverage, Direction, Origin, Outcome, Pass
from passrole.policy.compiled import CompiledPolicy, PolicyStatement, Responses, Stage
from passrole.policy.verdict import Decision, Denials, Verdict

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
    return _for_violation(responses, pass_, verdict)


def stage_of_existing(policy: CompiledPolicy, pass_: Pass, verdict: Verdict) -> Stage:
    """The same for what holds its role already, and no event of a pass brought.

    It is contained only where the policy says so: one change of a role's tags, or the first sweep of an
    account, could stop hundreds of resources that work. What is undetermined because nobody can know who
    passed the role long ago is only written down.
    """
    if verdict.decision is Decision.UNDETERMINED and pass_.origin is Origin.SWEEP:
        return Stage.OBSERVE
    return min(stage_for(policy, pass_, verdict), policy.responses.existing, key=_MILDEST_FIRST.index)


def _for_violation(responses: Responses, pass_: Pass, verdict: Verdict) -> Stage:
    """The mildest stage of the services that may have got the role: none is contained on a guess."""
    stages = [_of_denials(responses, pass_, denials) for denials in verdict.denials]
    return min(stages or [responses.violation], key=_MILDEST_FIRST.index)


def _of_denials(responses: Responses, pass_: Pass, denials: Denials) -> Stage:
    """What the denying statements say, the strongest of them; else what is said of the account or service.

    What nothing approves is no milder for being denied, too: a check that is only observed must not hide it.
    """
    said = [stage for statement in denials.statements if (stage := _of_statement(responses, statement))]
    if denials.unapproved or not said:
        said.append(_of_unapproved(responses, pass_, denials))
    return max(said, key=_MILDEST_FIRST.index)


def _of_unapproved(responses: Responses, pass_: Pass, denials: Denials) -> Stage:
    if pass_.account and pass_.account in responses.accounts:
        return responses.accounts[pass_.account]
    if denials.service is not None:
        return responses.services.get(denials.service, responses.violation)
    # Any service may have it. Without refinements that makes no difference; with them, people look first.
    known = [responses.violation, Stage.ALERT] if responses.services else [responses.violation]
    return min(known, key=_MILDEST_FIRST.index)


def _of_statement(responses: Responses, statement: PolicyStatement) -> Stage | None:
    if statement.response is not None:
        return statement.response
    if statement.check and statement.check in responses.checks:
        return responses.checks[statement.check]
    return responses.severities.get(statement.severity) if statement.severity else None
