"""Exemptions: what they waive and until when, what verdicts say of them, and how guardrail.yaml has them."""
# ruff: noqa: E501  (a message is one line, here too)

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from passrole.evidence import ABSENT, Evidence, Known
from passrole.passes import Pass
from passrole.policy import (
    CompiledPolicy,
    Condition,
    Decision,
    Effect,
    Exemption,
    PolicyStatement,
    Responses,
    Stage,
    Verdict,
    evaluate,
    stage_for,
)
from passrole.policy.errors import PolicyError
from passrole.policy.load import parse_guardrail
from tests.unit.policy.builders import (
    ACCOUNT,
    APPROVED,
    AT,
    EC2,
    LAMBDA,
    NONE,
    F,
    a_pass,
    a_role,
    allow,
    deny,
    service_is,
    tag_is,
)

EXPIRES = "2027-04-01T00:00:00Z"
OK, EXEMPT, NO, OPEN = Decision.APPROVED, Decision.EXEMPT, Decision.VIOLATION, Decision.UNDETERMINED
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other/x"
TODAY = date(2026, 11, 22)


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


def policy(*statements: PolicyStatement, exemptions: tuple[Exemption, ...]) -> CompiledPolicy:
    return CompiledPolicy(statements, Responses(), exemptions=exemptions)


def judge(
    policy: CompiledPolicy, pass_: Pass | None = None, role: Evidence | None = None, at: str = AT
) -> Verdict:
    return evaluate(policy, pass_ or a_pass(), role or a_role(tags={"team": "web"}), at)


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


def test_a_date_counts_to_its_end_in_utc_and_a_time_to_its_second() -> None:
    for written, compiled in {
        "2027-03-31": "2027-04-01T00:00:00Z",
        "2026-12-31": "2027-01-01T00:00:00Z",
        "2027-03-31T18:00:00Z": "2027-03-31T18:00:00Z",
        "2027-03-31T18:00+02:00": "2027-03-31T16:00:00Z",
    }.items():
        assert [e.expires for e in exempting(f"roles: [/x/*], expires: '{written}'")] == [compiled]


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


# guardrail.yaml

WHO = "name: legacy loader, owner: data-team@example.com, reason: 'moved by Q1, TICKET-12'"
FULL = f"{WHO}, expires: '2027-03-31'"


def load(*entries: str, today: date = TODAY, more: str = "") -> tuple[tuple[Exemption, ...], list[str]]:
    text = f"{NONE}exemptions:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries) + more
    guardrail = parse_guardrail(text.encode(), F, today)
    assert CompiledPolicy.from_json(guardrail.compiled_json()) == guardrail.compiled
    return guardrail.compiled.exemptions, [line for line in guardrail.warnings if "exemptions" in line]


def exempting(*narrowed: str) -> tuple[Exemption, ...]:
    return load(*(f"{WHO}, {n}" if "expires" in n else f"{FULL}, {n}" for n in narrowed))[0]


def lines(*entries: str, today: date = TODAY) -> list[str]:
    with pytest.raises(PolicyError) as raised:
        load(*entries, today=today)
    return str(raised.value).split("\n")


def test_an_entry_becomes_an_exemption_with_its_scope() -> None:
    [exemption] = exempting(
        "roles: [/legacy/*], services: [lambda.amazonaws.com], checks: [unused-role], "
        "resources: 'arn:aws:lambda:*:111122223333:function:loader-*', passers: ['arn:aws:iam::111122223333:role/deployer']"
    )
    assert exemption == Exemption(
        "legacy loader",
        "data-team@example.com",
        "moved by Q1, TICKET-12",
        EXPIRES,
        PolicyStatement(
            "legacy loader",
            Effect.ALLOW,
            resources=("arn:*:iam::*:role/legacy/*",),
            conditions=(
                Condition("StringEquals", "iam:PassedToService", (LAMBDA,)),
                Condition("ArnLike", "iam:AssociatedResourceArn", ("arn:aws:lambda:*:111122223333:function:loader-*",)),
                Condition("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::111122223333:role/deployer",)),
            ),
        ),
        ("unused-role",),
    )  # fmt: skip


def test_paths_and_names_become_two_exemptions_of_one_name() -> None:
    by_path, by_name = exempting("roles: [/legacy/*, loader-*]")
    assert by_path.name == by_name.name == by_name.scope.sid
    for arn, expected in {f"arn:aws:iam::{ACCOUNT}:role/legacy/x": EXEMPT, f"arn:aws:iam::{ACCOUNT}:role/y/loader-1": EXEMPT, OTHER: NO}.items():  # fmt: skip
        assert judge(policy(exemptions=(by_path, by_name)), role=a_role(arn)).decision is expected


def test_without_roles_a_role_that_is_not_known_makes_no_difference() -> None:
    deployer = f"arn:aws:iam::{ACCOUNT}:user/deployer"
    exemptions = exempting(f"passers: ['{deployer}']")
    by_deployer = replace(a_pass(), passer=replace(a_pass().passer, arn=deployer))
    assert judge(policy(exemptions=exemptions), by_deployer, a_role(None)).decision is EXEMPT
    by_another = replace(a_pass(), passer=replace(a_pass().passer, arn=f"{deployer}2"))
    assert judge(policy(exemptions=exemptions), by_another, a_role(None)).decision is NO
    assert judge(policy(exemptions=exemptions)).decision is OPEN  # the record does not tell who


def test_a_check_of_the_file_is_waived_for_the_roles_of_the_exemption() -> None:
    text = (
        "version: 1\napproved: [{name: a, roles: [/*]}]\nchecks: [permissions-boundary]\n"
        f"exemptions: [{{{FULL}, roles: [/legacy/*], checks: [permissions-boundary]}}]\n"
    )
    compiled = parse_guardrail(text.encode(), F, TODAY).compiled
    for path, expected in {"/legacy/": EXEMPT, "/new/": NO}.items():
        role = replace(
            a_role(f"arn:aws:iam::{ACCOUNT}:role{path}x"), path=Known(path), permissions_boundary=ABSENT
        )
        assert judge(compiled, role=role).decision is expected


SOME = "roles: [/legacy/*]"
MISTAKES = {
    f"{FULL}": "4:5: exemptions[0]: for whatever role; expected at least one of roles, resources and passers",
    f"{FULL}, services: [ec2.amazonaws.com]": "4:5: exemptions[0]: for whatever role; expected at least one of roles, resources and passers",
    f"{FULL}, roles: [/*]": "4:5: exemptions[0]: an exemption for every role switches the policy off; narrow it by roles, resources, passers, services or checks",
    f"{FULL}, roles: [/x/*, '*']": "4:5: exemptions[0]: an exemption for every role switches the policy off; narrow it by roles, resources, passers, services or checks",
    f"{FULL}, resources: ['arn:aws:*:*:*:*']": '4:5: exemptions[0]: "arn:aws:*:*:*:*" matches everything; leave it out, or say which',
    f"{FULL}, roles: [/x/*], passers: ['arn:aws:iam::*:*']": '4:5: exemptions[0]: "arn:aws:iam::*:*" matches everything; leave it out, or say which',
    f"name: a, owner: b, reason: c, {SOME}": '4:5: exemptions[0].expires: missing; expected a date such as "2027-03-31"',
    f"name: a, owner: b, expires: '2027-01-01', {SOME}": "4:5: exemptions[0].reason: missing; expected why, in a line",
    f"name: a, reason: b, expires: '2027-01-01', {SOME}": "4:5: exemptions[0].owner: missing; expected who answers for it, such as data-team@example.com",
    f"name: a, owner: '', reason: c, expires: '2027-01-01', {SOME}": "4:22: exemptions[0].owner: empty, or with spaces around it; expected a line of text",
    f"name: a, owner: b, reason: c, expires: 2027-01-01, {SOME}": '4:45: exemptions[0].expires: 2027-01-01 is read as a date, expected text; quote it: "2027-01-01"',
    f"name: a, owner: b, reason: c, expires: '31.3.2027', {SOME}": '4:45: exemptions[0].expires: "31.3.2027" is no date; expected one such as "2027-03-31", or a time: "2027-03-31T18:00:00Z"',
    f"name: a, owner: b, reason: c, expires: '2027-02-30', {SOME}": '4:45: exemptions[0].expires: "2027-02-30" is no date; expected one such as "2027-03-31", or a time: "2027-03-31T18:00:00Z"',
    f"name: a, owner: b, reason: c, expires: '9999-12-31', {SOME}": '4:45: exemptions[0].expires: "9999-12-31" is no date; expected one such as "2027-03-31", or a time: "2027-03-31T18:00:00Z"',
    f"name: a, owner: b, reason: c, expires: '2027-03-31T18:00', {SOME}": '4:45: exemptions[0].expires: a time needs its zone: write "2027-03-31T18:00Z" for UTC',
    f"name: a, owner: b, reason: c, expires: '2027-11-23', {SOME}": "4:45: exemptions[0].expires: more than a year ahead: 2027-11-22 is the latest; an exemption is renewed, not forgotten",
    f"{FULL}, {SOME}, checks: [unused-rol]": '4:143: exemptions[0].checks[0]: "unused-rol" is no check; did you mean unused-role?',
    f"{FULL}, {SOME}, until: x": "4:134: exemptions[0].until: unknown key; expected one of name, owner, reason, expires, roles, resources, passers, services, checks",
}  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "expected"), MISTAKES.items(), ids=[m.split(": ", 1)[1] for m in MISTAKES.values()]
)
def test_a_mistake_is_told_in_one_line_with_its_place(entry: str, expected: str) -> None:
    assert lines(entry) == [f"{F}:{expected}"]


def test_names_are_unique() -> None:
    assert lines(f"{FULL}, {SOME}", f"{FULL}, roles: [/x/*]") == [
        f'{F}:5:12: exemptions[1].name: "legacy loader" is given in line 4 already; the name of an exemption must be its own'
    ]


@pytest.mark.parametrize(
    ("today", "expires", "expected"),
    [
        (date(2026, 11, 22), "2027-11-22", None),
        (date(2026, 11, 22), "2027-11-22T23:59:59Z", None),
        (date(2028, 2, 29), "2029-02-28", None),
        (date(2027, 3, 16), "2027-03-31", None),
        (
            date(2027, 3, 17),
            "2027-03-31",
            "expires in 14 days, on 2027-03-31: renew it, or remove it when it is over",
        ),
        (
            date(2027, 3, 30),
            "2027-03-31",
            "expires tomorrow, on 2027-03-31: renew it, or remove it when it is over",
        ),
        (
            date(2027, 3, 31),
            "2027-03-31",
            "expires today, on 2027-03-31: renew it, or remove it when it is over",
        ),
        (date(2027, 3, 31), "2027-03-31T00:00:00Z", "expired on 2027-03-30: it no longer counts; remove it"),
        (date(2027, 4, 1), "2027-03-31", "expired on 2027-03-31: it no longer counts; remove it"),
    ],
)
def test_what_is_over_or_will_be_soon_is_warned_of(today: date, expires: str, expected: str | None) -> None:
    entry = f"name: a, owner: b, reason: c, expires: '{expires}', {SOME}"
    exemptions, warnings = load(entry, today=today)
    assert warnings == ([f"{F}:4:45: exemptions[0].expires: {expected}"] if expected else [])
    assert exemptions == load(entry, today=date(2028, 1, 1) if expires < "2028" else today)[0]


@pytest.mark.parametrize("expires", ["2029-03-01", "2029-03-01T00:00:01Z"])
def test_a_year_from_a_leap_day_ends_with_february(expires: str) -> None:
    [line] = lines(f"name: a, owner: b, reason: c, expires: '{expires}', {SOME}", today=date(2028, 2, 29))
    assert "2029-02-28 is the latest" in line


def test_a_check_that_is_not_on_is_warned_of() -> None:
    entry = f"{FULL}, {SOME}, checks: [unused-role, no-administrator]"
    assert load(entry, more="checks: [no-administrator]\n")[1] == [
        f"{F}:4:143: exemptions[0].checks[0]: the check unused-role is not on in this file: there is nothing to waive"
    ]


def test_the_example_in_the_reference_is_valid() -> None:
    text = (Path(__file__).parents[3] / "docs/policy.md").read_text()
    checks, exemptions = (
        text.split(f"\n## {section}\n", 1)[1].split("```yaml\n", 1)[1].split("```", 1)[0]
        for section in ("Checks", "Exemptions")
    )
    guardrail = parse_guardrail(f"{NONE}{checks}{exemptions}".encode(), F, TODAY)
    assert [line for line in guardrail.warnings if "checks" in line or "exemptions" in line] == []
