"""Exemptions: what they waive and until when, and what verdicts say of them."""
# ruff: noqa: E501  (a message is one line, here too)

from dataclasses import replace

import pytest

from passrole.policy import Condition, Decision, Effect, Exemption, PolicyStatement, Stage, stage_for
from tests.unit.policy.builders import (
    ACCOUNT,
    APPROVED,
    AT,
    EC2,
    LAMBDA,
    a_pass,
    a_role,
    allow,
    deny,
    service_is,
    tag_is,
)
from tests.unit.policy.exempt import EXEMPT, EXPIRES, NO, OK, OPEN, OTHER, judge, policy


def waiver(
    *conditions: Condition,
    name: str = "legacy loader",
    checks: tuple[str, ...] = (),
    resources: tuple[str, ...] = ("*",),
    expires: str = EXPIRES,
) -> Exemption:
    scope = PolicyStatement(name, Effect.ALLOW, resources=resources, conditions=conditions)
    return Exemption(name, "data-team@example.com", "moved by Q1, TICKET-12", expires, scope, checks)


def check(name: str, *conditions: Condition, response: Stage | None = None) -> PolicyStatement:
    return replace(deny(name, *conditions), check=name, response=response)


# Expiry


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2027-03-31T23:59:59Z", EXEMPT),
        ("2027-03-31T23:59:59.999Z", EXEMPT),
        ("2027-04-01T00:00:00Z", NO),
        ("2027-04-01T01:30:00+02:00", EXEMPT),
        ("2027-03-31T23:00:00-01:00", NO),
    ],
)
def test_an_exemption_counts_until_the_moment_at_which_it_expires(at: str, expected: Decision) -> None:
    assert judge(policy(exemptions=(waiver(),)), at=at).decision is expected


# What is waived


def test_without_checks_all_that_speaks_against_the_pass_is_waived() -> None:
    for statements in ((), (allow("a"), deny("d")), (deny("d"), check("c"))):
        verdict = judge(policy(*statements, exemptions=(waiver(),)))
        assert (verdict.decision, verdict.exemption) == (EXEMPT, "legacy loader")
        assert stage_for(policy(exemptions=()), a_pass(), verdict) is Stage.OBSERVE


def test_what_is_approved_needs_no_exemption() -> None:
    verdict = judge(policy(allow("a"), exemptions=(waiver(),)))
    assert (verdict.decision, verdict.exemption) == (OK, None)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ((allow("a"), check("one")), EXEMPT),
        ((allow("a"), check("one"), check("two")), NO),
        ((allow("a"), check("one"), deny("d")), NO),
        ((check("one"),), NO),  # nothing approves it: that is not the check's doing
        ((allow("a"), check("one"), check("two", Condition("StringEquals", "role:Path", ("/",)))), OPEN),
        ((allow("a"), check("one", Condition("StringEquals", "role:Path", ("/",)))), EXEMPT),
    ],
)
def test_an_exemption_of_one_check_waives_no_more(
    statements: tuple[PolicyStatement, ...], expected: Decision
) -> None:
    assert judge(policy(*statements, exemptions=(waiver(checks=("one",)),))).decision is expected


def test_two_exemptions_waive_together_what_neither_waives_alone() -> None:
    both = (waiver(checks=("one",)), waiver(name="second", checks=("two",)))
    verdict = judge(policy(allow("a"), check("one"), check("two"), exemptions=both))
    assert verdict.decision is EXEMPT
    assert [reason.split(" until ")[0] for reason in verdict.reasons[:2]] == [
        f'{APPROVED} is exempt for {LAMBDA} by "legacy loader"', 'and by "second"'
    ]  # fmt: skip


def test_the_response_to_a_check_that_is_waived_does_not_count() -> None:
    statements = (allow("a"), check("one", response=Stage.QUARANTINE), check("two", response=Stage.ALERT))
    waived = policy(*statements, exemptions=(waiver(checks=("one",)),))
    verdict = judge(waived)
    assert [s.sid for s in verdict.denied_by] == ["two"]
    assert stage_for(waived, a_pass(), verdict) is Stage.ALERT


# Scope


def test_what_is_out_of_scope_stays_what_it_is() -> None:
    elsewhere = waiver(resources=(OTHER,))
    assert judge(policy(exemptions=(elsewhere,))).decision is NO
    assert judge(policy(exemptions=(elsewhere,)), role=a_role(OTHER, {})).decision is EXEMPT


UNTOLD = Condition("ArnLike", "iam:AssociatedResourceArn", (f"arn:aws:lambda:*:{ACCOUNT}:function:loader-*",))


@pytest.mark.parametrize(
    ("statements", "checks", "expected"),
    [
        ((), (), OPEN),
        ((allow("a"), deny("d")), (), OPEN),
        ((allow("a"), check("one")), ("one",), OPEN),
        ((allow("a"), check("one"), check("two")), ("one",), NO),  # it could not change it
        ((check("one"),), ("one",), NO),
        ((allow("a"),), (), OK),
    ],
)
def test_where_the_scope_is_not_known_the_verdict_is_undetermined_if_that_matters(
    statements: tuple[PolicyStatement, ...], checks: tuple[str, ...], expected: Decision
) -> None:
    assert judge(policy(*statements, exemptions=(waiver(UNTOLD, checks=checks),))).decision is expected


def test_a_scope_that_is_not_known_and_expired_is_no_doubt() -> None:
    assert judge(policy(exemptions=(waiver(UNTOLD, expires=AT),))).decision is NO


@pytest.mark.parametrize(
    ("exempt", "approved", "expected"),
    [
        ((LAMBDA, EC2), (), EXEMPT),
        ((LAMBDA,), (EC2,), EXEMPT),  # whichever it is, it needs no attention
        ((LAMBDA,), (), OPEN),
    ],
)
def test_each_service_that_may_get_the_role_is_judged(
    exempt: tuple[str, ...], approved: tuple[str, ...], expected: Decision
) -> None:
    waivers = tuple(waiver(service_is(service), name=service) for service in exempt)
    verdict = judge(
        policy(*(allow("a", service_is(s)) for s in approved), exemptions=waivers), a_pass((LAMBDA, EC2))
    )
    assert verdict.decision is expected


# Reasons


def test_the_reasons_name_owner_reason_and_expiry() -> None:
    verdict = judge(policy(allow("a"), check("unused-role"), exemptions=(waiver(),)))
    assert verdict.reasons == (
        f'{APPROVED} is exempt for {LAMBDA} by "legacy loader" until {EXPIRES} (data-team@example.com: moved by Q1, TICKET-12)',
        'without it: denied by "unused-role"',
    )
    assert judge(policy(exemptions=(waiver(),))).reasons[1] == "without it: no statement approves it"
    doubtful = policy(allow("a", tag_is("web")), exemptions=(waiver(),))
    assert judge(doubtful, role=a_role()).reasons[1] == "without it: not known whether it is approved"


def test_the_reasons_of_doubt_name_what_is_not_known_of_the_scope() -> None:
    verdict = judge(policy(exemptions=(waiver(UNTOLD),)))
    assert verdict.reasons == (
        f"whether {APPROVED} is approved or exempt for {LAMBDA} cannot be told: iam:AssociatedResourceArn is unknown (the record does not tell the resource)",
        f'"legacy loader" needs iam:AssociatedResourceArn to be arn:aws:lambda:*:{ACCOUNT}:function:loader-* (unknown: the record does not tell the resource)',
    )


def test_the_reasons_of_a_violation_tell_why_an_exemption_does_not_help() -> None:
    expired = judge(policy(exemptions=(waiver(expires="2026-07-01T00:00:00Z"),)))
    assert expired.reasons[-1] == (
        'the exemption "legacy loader" (data-team@example.com) expired at 2026-07-01T00:00:00Z'
    )
    narrow = judge(policy(allow("a"), check("one"), check("two"), exemptions=(waiver(checks=("one",)),)))
    assert narrow.reasons == (
        f'{APPROVED} is denied for {LAMBDA} by "two"',
        'the exemption "legacy loader" waives one alone',
    )
    assert not any("exemption" in r for r in judge(policy(exemptions=(waiver(resources=(OTHER,)),))).reasons)


def test_the_reasons_of_services_that_differ_name_them() -> None:
    verdict = judge(policy(exemptions=(waiver(service_is(LAMBDA)),)), a_pass((LAMBDA, EC2)))
    assert f"it is for {LAMBDA}, not for {EC2}, and the record does not tell" in verdict.reasons[0]
