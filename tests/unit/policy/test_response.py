"""The stage of response: by verdict, outcome and service; never quarantine on a guess."""

from dataclasses import replace
from typing import Any

import pytest

from passrole.passes import Outcome
from passrole.policy import (
    Condition,
    Decision,
    PolicyStatement,
    Responses,
    Severity,
    Stage,
    Verdict,
    stage_for,
)
from tests.unit.policy.builders import (
    ACCOUNT,
    EC2,
    LAMBDA,
    a_pass,
    a_policy,
    a_role,
    allow,
    deny,
    judge,
    service_is,
)

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


def of_violation(responses: Responses, services: tuple[str, ...], *statements: PolicyStatement) -> Stage:
    """The stage for a pass of which these statements make a violation."""
    policy, pass_ = a_policy(*statements, responses=responses), a_pass(services)
    verdict = judge(policy, pass_, a_role(tags={}))
    assert verdict.decision is Decision.VIOLATION
    return stage_for(policy, pass_, verdict)


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
    assert of_violation(responses, services) is expected


def test_an_unknown_service_is_not_quarantined_where_services_make_a_difference() -> None:
    assert of_violation(Responses(QUARANTINE), ()) is QUARANTINE
    assert of_violation(Responses(QUARANTINE, services={LAMBDA: OBSERVE}), ()) is ALERT
    assert of_violation(Responses(OBSERVE, services={LAMBDA: QUARANTINE}), ()) is OBSERVE


def saying(sid: str, *conditions: Condition, **said: Any) -> PolicyStatement:
    return replace(deny(sid, *conditions), **said)


def test_what_a_denying_statement_says_comes_first() -> None:
    responses = Responses(OBSERVE, services={LAMBDA: OBSERVE}, accounts={ACCOUNT: OBSERVE})
    assert of_violation(responses, (LAMBDA,), saying("d", response=QUARANTINE)) is QUARANTINE
    assert of_violation(responses, (LAMBDA,), saying("d")) is OBSERVE


def test_then_its_check_then_its_severity_then_the_account_then_the_service() -> None:
    statement = saying("d", check="no-administrator", severity=Severity.HIGH)
    account = Responses(ALERT, accounts={ACCOUNT: OBSERVE}, services={LAMBDA: QUARANTINE})
    severity = replace(account, severities={Severity.HIGH: ALERT})
    check = replace(severity, checks={"no-administrator": QUARANTINE})
    assert of_violation(check, (LAMBDA,), statement) is QUARANTINE
    assert of_violation(severity, (LAMBDA,), statement) is ALERT
    assert of_violation(account, (LAMBDA,), statement) is OBSERVE
    assert of_violation(replace(account, accounts={}), (LAMBDA,), statement) is QUARANTINE


def test_what_nothing_approves_is_not_hidden_by_a_statement_that_is_only_observed() -> None:
    observed = saying("d", response=OBSERVE)
    assert of_violation(Responses(ALERT), (LAMBDA,), observed) is ALERT
    assert of_violation(Responses(QUARANTINE), (LAMBDA,), observed) is QUARANTINE
    assert of_violation(Responses(QUARANTINE), (LAMBDA,), allow("all"), observed) is OBSERVE


def test_of_several_statements_the_strongest_counts() -> None:
    statements = saying("a", response=OBSERVE), saying("b", response=QUARANTINE)
    assert of_violation(Responses(), (LAMBDA,), *statements) is QUARANTINE


def test_what_denies_for_one_service_alone_contains_nothing_that_another_may_have() -> None:
    only_lambda = saying("d", service_is(LAMBDA), response=QUARANTINE)
    assert of_violation(Responses(ALERT), (LAMBDA,), only_lambda) is QUARANTINE
    assert of_violation(Responses(ALERT), (LAMBDA, EC2), only_lambda) is ALERT
