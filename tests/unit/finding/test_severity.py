"""How grave a finding is: what the policy says, raised by what is known of the role and of who passed it."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from passrole.evidence import ABSENT, NOT_ASKED, Evidence, Fact, Known, Unknown
from passrole.finding.severity import depends_on_administrator, severity_of
from passrole.passes import Outcome, Passer
from passrole.policy import Decision, Effect, PolicyStatement, Severity, Verdict
from passrole.policy.verdict import Denials
from tests.unit.samples import ACCOUNT, evidence_of, pass_of, verdict_of

LOW, MEDIUM, HIGH, CRITICAL = Severity
SUCCEEDED, DENIED, FAILED = Outcome
ROLES = f"arn:aws:iam::{ACCOUNT}:role"
IDENTITY_CENTER = f"{ROLES}/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef"
USER = Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/dana", account=ACCOUNT)
PIPELINE = Passer(type="AssumedRole", role_arn=f"{ROLES}/deploy", account=ACCOUNT)
UNREAD = Unknown("iam:ListRolePolicies failed: Throttling")


def violation(*said: Severity | None, unapproved: bool = False) -> Verdict:
    """A violation of statements with these severities."""
    statements = (PolicyStatement(str(n), Effect.DENY, severity=s) for n, s in enumerate(said))
    denials = Denials("lambda.amazonaws.com", tuple(statements), unapproved)
    return replace(verdict_of(), denials=(denials,))


UNDETERMINED = verdict_of(Decision.UNDETERMINED)
UNAPPROVED = violation(unapproved=True)
DECIDED = (UNDETERMINED, UNAPPROVED, *(violation(severity) for severity in Severity))


def trusting(*principals: str) -> Fact[Mapping[str, Any]]:
    statement = {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "sts:AssumeRole"}
    return Known({"Statement": [statement]})


def role(
    administrator: Fact[bool] = NOT_ASKED, trust_policy: Fact[Mapping[str, Any]] | None = None
) -> Evidence:
    return replace(evidence_of(), administrator=administrator, trust_policy=trust_policy or Known({}))


def severity(
    verdict: Verdict, evidence: Evidence, outcome: Outcome = SUCCEEDED, passer: Passer = PIPELINE
) -> Severity:
    return severity_of(pass_of(outcome=outcome, passer=passer), verdict, evidence)


ADMINISTRATOR = role(Known(True))
EXTERNAL = role(trust_policy=trusting("444455556666"))


@pytest.mark.parametrize(
    ("outcome", "verdict", "expected"),
    [
        (FAILED, UNAPPROVED, LOW),
        (FAILED, violation(CRITICAL), LOW),
        (DENIED, UNAPPROVED, MEDIUM),
        (SUCCEEDED, UNDETERMINED, MEDIUM),
        (SUCCEEDED, UNAPPROVED, HIGH),
        (SUCCEEDED, violation(LOW), LOW),
        (SUCCEEDED, violation(LOW, CRITICAL, MEDIUM), CRITICAL),
        (SUCCEEDED, violation(LOW, None), LOW),
        (SUCCEEDED, violation(None), HIGH),
        (SUCCEEDED, violation(LOW, unapproved=True), HIGH),
        (SUCCEEDED, violation(CRITICAL, unapproved=True), CRITICAL),
    ],
)
def test_what_the_policy_says(outcome: Outcome, verdict: Verdict, expected: Severity) -> None:
    assert severity(verdict, role(), outcome, USER) is expected


@pytest.mark.parametrize(
    ("outcome", "verdict", "by_a_person", "by_a_machine"),
    [
        (SUCCEEDED, violation(LOW), CRITICAL, HIGH),
        (SUCCEEDED, UNAPPROVED, CRITICAL, HIGH),
        (SUCCEEDED, UNDETERMINED, CRITICAL, HIGH),
        (SUCCEEDED, violation(CRITICAL), CRITICAL, CRITICAL),
        (DENIED, UNAPPROVED, HIGH, MEDIUM),
        (DENIED, UNDETERMINED, HIGH, MEDIUM),
        (FAILED, UNAPPROVED, MEDIUM, LOW),
    ],
)
def test_an_administrator(
    outcome: Outcome, verdict: Verdict, by_a_person: Severity, by_a_machine: Severity
) -> None:
    assert severity(verdict, ADMINISTRATOR, outcome, USER) is by_a_person
    assert severity(verdict, ADMINISTRATOR, outcome, PIPELINE) is by_a_machine


@pytest.mark.parametrize(
    ("outcome", "verdict", "expected"),
    [
        (SUCCEEDED, violation(LOW), MEDIUM),
        (SUCCEEDED, violation(MEDIUM), HIGH),
        (SUCCEEDED, UNAPPROVED, CRITICAL),
        (SUCCEEDED, violation(CRITICAL), CRITICAL),
        (SUCCEEDED, UNDETERMINED, MEDIUM),
        (DENIED, UNAPPROVED, MEDIUM),
        (FAILED, UNAPPROVED, LOW),
    ],
)
def test_a_role_that_outsiders_may_take(outcome: Outcome, verdict: Verdict, expected: Severity) -> None:
    assert severity(verdict, EXTERNAL, outcome) is expected


def test_where_the_policy_itself_judges_outside_trust_its_word_counts() -> None:
    denied = PolicyStatement("c", Effect.DENY, severity=MEDIUM, check="no-external-trust")
    verdict = replace(verdict_of(), denials=(Denials("lambda.amazonaws.com", (denied,), unapproved=False),))

    assert severity(verdict, EXTERNAL) is MEDIUM


def test_both_add_up() -> None:
    both = replace(EXTERNAL, administrator=Known(True))
    assert severity(violation(LOW), both) is CRITICAL


@pytest.mark.parametrize(
    ("trust_policy", "is_open"),
    [
        (trusting("444455556666"), True),
        (trusting("arn:aws:iam::444455556666:root", ACCOUNT), True),
        (trusting("*"), True),
        (trusting(f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT), False),
        (trusting("AROAEXAMPLE", "AIDAEXAMPLE"), False),
        (Known({"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}}), False),
        (UNREAD, False),
    ],
    ids=["account", "its root", "everyone", "its own", "deleted", "service", "unknown"],
)
def test_who_is_an_outsider(trust_policy: Fact[Mapping[str, Any]], is_open: bool) -> None:
    assert severity(violation(LOW), role(trust_policy=trust_policy)) is (MEDIUM if is_open else LOW)


# The pass of these tests was made on 2026-11-22 at 12:00.
OLD, YOUNG = Known("2026-01-01T00:00:00.000Z"), Known("2026-11-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("last_used_at", "created_at", "is_idle"),
    [
        (Known("2026-08-24T11:59:59.000Z"), OLD, True),
        (Known("2026-08-24T12:00:00.000Z"), OLD, False),
        (Known("2026-11-22T11:00:00.000Z"), OLD, False),
        (Known("2027-11-22T11:00:00.000Z"), OLD, False),
        (ABSENT, OLD, True),
        (ABSENT, YOUNG, False),
        (ABSENT, UNREAD, False),
        (UNREAD, OLD, False),
        (NOT_ASKED, OLD, False),
    ],
    ids=[
        "long ago",
        "90 days",
        "lately",
        "since",
        "never",
        "new",
        "never, age unknown",
        "unknown",
        "not asked",
    ],
)
def test_a_role_that_was_not_used_for_long(
    last_used_at: Fact[str], created_at: Fact[str], is_idle: bool
) -> None:
    evidence = replace(role(), last_used_at=last_used_at, created_at=created_at)
    assert severity(violation(LOW), evidence) is (MEDIUM if is_idle else LOW)
    assert severity(UNDETERMINED, evidence) is MEDIUM
    assert severity(UNAPPROVED, evidence, DENIED) is MEDIUM
    assert severity(UNAPPROVED, evidence, FAILED) is LOW


IDLE = replace(role(), last_used_at=ABSENT, created_at=OLD)


def test_a_service_linked_role_waits_for_its_service() -> None:
    waiting = replace(IDLE, path=Known("/aws-service-role/ecs.amazonaws.com/"))
    assert severity(violation(LOW), waiting) is LOW


def test_of_a_pass_without_a_time_no_role_is_idle() -> None:
    assert severity_of(pass_of(event_time=None), violation(LOW), IDLE) is LOW


def test_open_to_outsiders_and_idle_is_one_level_in_all() -> None:
    both = replace(EXTERNAL, last_used_at=ABSENT, created_at=OLD)
    assert severity(violation(LOW), both) is MEDIUM


@pytest.mark.parametrize("check", ["no-external-trust", "unused-role"])
def test_what_a_check_judges_does_not_count_and_the_other_does(check: str) -> None:
    denied = PolicyStatement("c", Effect.DENY, severity=LOW, check=check)
    verdict = replace(verdict_of(), denials=(Denials("lambda.amazonaws.com", (denied,), unapproved=False),))
    judged, other = (EXTERNAL, IDLE) if check == "no-external-trust" else (IDLE, EXTERNAL)

    assert severity(verdict, judged) is LOW
    assert severity(verdict, other) is MEDIUM


def test_of_a_role_whose_account_is_unknown_nobody_is_an_outsider() -> None:
    assert severity(violation(LOW), replace(EXTERNAL, arn=UNREAD)) is LOW


@pytest.mark.parametrize(
    ("passer", "is_person"),
    [
        (Passer(type="Root"), True),
        (USER, True),
        (replace(USER, invoked_by="cloudformation.amazonaws.com"), True),
        (Passer(type="FederatedUser"), True),
        (Passer(type="SAMLUser"), True),
        (Passer(type="IdentityCenterUser"), True),
        (Passer(type="AssumedRole", role_arn=IDENTITY_CENTER), True),
        (replace(PIPELINE, source_identity="dana"), True),
        (replace(PIPELINE, on_behalf_of="94482488-3041-7097"), True),
        (PIPELINE, False),
        (replace(PIPELINE, role_arn=f"{ROLES}/not-AWSReservedSSO_Dev"), False),
        (replace(PIPELINE, role_arn=None), False),
        (Passer(type="WebIdentityUser"), False),
        (Passer(type="AWSService", invoked_by="ecs.amazonaws.com", source_identity="dana"), False),
        (Passer(), False),
    ],
)
def test_who_is_a_person(passer: Passer, is_person: bool) -> None:
    assert passer.is_person is is_person


def test_risk_only_raises_and_what_is_unknown_is_none() -> None:
    for outcome, verdict, passer in product(Outcome, DECIDED, (USER, PIPELINE)):
        for administrator, trust_policy in product(
            (Known(True), Known(False), UNREAD, NOT_ASKED), (EXTERNAL.trust_policy, Known({}), UNREAD)
        ):
            before = severity(verdict, role(), outcome, passer)
            after = severity(verdict, role(administrator, trust_policy), outcome, passer)
            assert list(Severity).index(after) >= list(Severity).index(before)
            if administrator != Known(True) and trust_policy != EXTERNAL.trust_policy:
                assert after is before


def test_it_is_worth_asking_only_where_the_answer_could_make_a_difference() -> None:
    assert depends_on_administrator(pass_of(passer=USER), UNAPPROVED, role())
    assert depends_on_administrator(pass_of(passer=PIPELINE), UNDETERMINED, role(UNREAD))
    assert not depends_on_administrator(pass_of(passer=PIPELINE), UNAPPROVED, role())
    assert not depends_on_administrator(pass_of(passer=USER), violation(CRITICAL), role())
    assert not depends_on_administrator(pass_of(passer=USER), UNAPPROVED, ADMINISTRATOR)
