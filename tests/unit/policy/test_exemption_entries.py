"""Exemptions as guardrail.yaml has them: what an entry becomes, its mistakes and its warnings."""
# ruff: noqa: E501  (a message is one line, here too)

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from passrole.evidence import ABSENT, Known
from passrole.policy import CompiledPolicy, Condition, Effect, Exemption, PolicyStatement
from passrole.policy.errors import PolicyError
from passrole.policy.load import parse_guardrail
from tests.unit.policy.builders import ACCOUNT, LAMBDA, NONE, F, a_pass, a_role
from tests.unit.policy.exempt import EXEMPT, EXPIRES, NO, OPEN, OTHER, judge, policy

TODAY = date(2026, 11, 22)
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


def test_a_date_counts_to_its_end_in_utc_and_a_time_to_its_second() -> None:
    for written, compiled in {
        "2027-03-31": "2027-04-01T00:00:00Z",
        "2026-12-31": "2027-01-01T00:00:00Z",
        "2027-03-31T18:00:00Z": "2027-03-31T18:00:00Z",
        "2027-03-31T18:00+02:00": "2027-03-31T16:00:00Z",
    }.items():
        assert [e.expires for e in exempting(f"roles: [/x/*], expires: '{written}'")] == [compiled]


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
