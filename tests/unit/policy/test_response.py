"""The stage of response: by verdict, outcome and service; never quarantine on a guess."""

import pytest

from passrole.passes import Outcome
from passrole.policy import Decision, Responses, Stage, Verdict, stage_for
from tests.unit.policy.builders import EC2, LAMBDA, a_pass, a_policy

OBSERVE, ALERT, QUARANTINE = Stage.OBSERVE, Stage.ALERT, Stage.QUARANTINE
ALL_LOUD = Responses(QUARANTINE, ALERT, ALERT, ALERT)


def stage(
    responses: Responses,
    decision: Decision = Decision.VIOLATION,
    outcome: Outcome = Outcome.SUCCEEDED,
    services: tuple[str, ...] = (LAMBDA,),
) -> Stage:
    return stage_for(
        a_policy(responses=responses), a_pass(services, outcome), Verdict.told(decision, ("",), "")
    )


@pytest.mark.parametrize("decision", [Decision.APPROVED, Decision.EXEMPT])
@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_is_approved_or_exempt_is_only_observed(decision: Decision, outcome: Outcome) -> None:
    assert stage(ALL_LOUD, decision, outcome) is OBSERVE


@pytest.mark.parametrize("decision", [Decision.VIOLATION, Decision.UNDETERMINED])
def test_of_an_attempt_the_outcome_decides(decision: Decision) -> None:
    responses = Responses(QUARANTINE, OBSERVE, ALERT, OBSERVE, {LAMBDA: QUARANTINE})
    assert stage(responses, decision, Outcome.DENIED) is ALERT
    assert stage(responses, decision, Outcome.FAILED) is OBSERVE


def test_undetermined_has_its_own_stage_whatever_the_service() -> None:
    responses = Responses(QUARANTINE, OBSERVE, services={LAMBDA: QUARANTINE})
    assert stage(responses, Decision.UNDETERMINED) is OBSERVE


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ((LAMBDA,), QUARANTINE),
        ((EC2,), ALERT),
        ((LAMBDA, EC2), ALERT),
        ((EC2, LAMBDA), ALERT),
        ((LAMBDA, "glue.amazonaws.com"), OBSERVE),
        (("glue.amazonaws.com",), OBSERVE),
        ((), ALERT),
    ],
)
def test_a_violation_gets_the_mildest_stage_of_the_services(
    services: tuple[str, ...], expected: Stage
) -> None:
    responses = Responses(ALERT, services={LAMBDA: QUARANTINE, "glue.amazonaws.com": OBSERVE})
    assert stage(responses, services=services) is expected


def test_an_unknown_service_is_not_quarantined_where_services_make_a_difference() -> None:
    assert stage(Responses(QUARANTINE), services=()) is QUARANTINE
    assert stage(Responses(QUARANTINE, services={LAMBDA: OBSERVE}), services=()) is ALERT
    assert stage(Responses(OBSERVE, services={LAMBDA: QUARANTINE}), services=()) is OBSERVE
