"""A year of passes, and what nobody should have done in it: the suggestion approves the rest and no more."""

from collections import Counter
from dataclasses import replace

import pytest

from passrole.policy import Decision
from passrole.suggest import Options, permissions_of
from tests.unit.suggest.judging import Made, allows, made_of
from tests.unit.suggest.year import (
    ADMINISTRATOR,
    ADMINISTRATOR_ACCESS,
    DAYS,
    EXTERNAL,
    LAMBDA,
    PEOPLE,
    STATES,
    Year,
    pass_of_role,
    role_arn,
    role_details,
    session,
    shuffled,
    user,
    year,
)

_MOST_STATEMENTS = 25


@pytest.fixture(scope="module")
def whole() -> Year:
    return year()


@pytest.fixture(scope="module")
def made(whole: Year) -> Made:
    return made_of(whole.passes, whole.details)


@pytest.fixture(scope="module")
def anybody(whole: Year) -> Made:
    return made_of(whole.passes, whole.details, Options(any_passer=True))


def test_it_is_a_year_of_some_fifty_thousand_passes(whole: Year) -> None:
    assert 40_000 < len(whole.passes) < 60_000
    assert len({pass_.event_time[:10] for pass_ in whole.passes if pass_.event_time}) == DAYS


def test_every_normal_pass_is_approved_and_no_planted_one(whole: Year, made: Made) -> None:
    assert Counter(map(made.decision, whole.normal)) == {Decision.APPROVED: len(whole.normal)}
    planted = {what: made.decision(pass_) for what, pass_ in whole.planted.items()}
    assert planted == dict.fromkeys(whole.planted, Decision.VIOLATION)
    assert len(made.suggestion.statements) <= _MOST_STATEMENTS


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_so_it_is_in_quieter_years(seed: int) -> None:
    quiet = year(seed, rate=0.15)

    made = made_of(quiet.passes, quiet.details)

    # A role that appeared lately may have been passed too seldom to be told from what is not normal.
    late = {pass_.id for pass_ in quiet.normal if made.decision(pass_) is not Decision.APPROVED}
    assert len(late) <= 3
    planted = {what: made.decision(pass_) for what, pass_ in quiet.planted.items()}
    assert planted == dict.fromkeys(quiet.planted, Decision.VIOLATION)


def test_what_remains_is_what_was_planted_or_set_apart_or_is_gone(whole: Year, made: Made) -> None:
    planted = {(p.role.arn, p.services[0]) for p in whole.planted.values()}
    rest = {(p.role.arn, p.services[0]) for p in (*whole.apart, *whole.former)}

    remaining = {(r.triple.role, r.triple.service) for r in made.suggestion.remaining}

    assert remaining <= planted | rest
    assert planted <= remaining


def test_who_is_an_administrator_or_trusts_others_is_set_apart_and_told(whole: Year, made: Made) -> None:
    assert {made.decision(pass_) for pass_ in whole.apart} == {Decision.VIOLATION}
    assert {apart.role.arn: apart.why for apart in made.suggestion.set_apart} == {
        role_arn(ADMINISTRATOR): "an administrator",
        role_arn(EXTERNAL): "trusted from outside of its account",
    }
    for line in made.text.splitlines():
        assert line.lstrip().startswith("#") or role_arn(ADMINISTRATOR) not in line


def test_a_role_that_appeared_in_the_last_days_is_approved_by_analogy(whole: Year, made: Made) -> None:
    assert any(statement.analogies for statement in made.suggestion.statements)
    assert all(statement.confidence >= 0.9 for statement in made.suggestion.statements)
    assert "by analogy" in made.text


def test_what_will_be_made_is_approved_where_the_path_or_the_tags_say_so(whole: Year, made: Made) -> None:
    like = next(p for p in whole.normal if p.role.value == role_arn("teams/search/search-api-1"))
    new, administrator = role_arn("teams/search/search-new"), role_arn("teams/search/search-admin")
    later = made.with_roles(
        whole.details, role_details(new), role_details(administrator, policies=(ADMINISTRATOR_ACCESS,))
    )

    assert later.decision(pass_of_role(like, new)) is Decision.APPROVED
    assert later.decision(pass_of_role(like, administrator)) is Decision.VIOLATION


def test_neither_order_nor_repetition_matter(whole: Year, made: Made) -> None:
    assert made_of(shuffled(whole.passes, 1), whole.details).text == made.text


def test_people_are_approved_whatever_suffix_their_role_has(whole: Year, made: Made) -> None:
    like = next(p for p in whole.normal if p.role.value == role_arn("dev/notebook-1"))

    def by(name: str) -> Decision:
        path = f"aws-reserved/sso.amazonaws.com/eu-west-1/{name}"
        return made.decision(replace(like, passer=session(path, "eva@example.com")))

    assert by(f"AWSReservedSSO_Engineer_{PEOPLE[0]}") is Decision.APPROVED
    assert by("AWSReservedSSO_Engineer_aaaaaaaaaaaaaaaa") is Decision.APPROVED
    assert by("AWSReservedSSO_Engineer_Lead_aaaaaaaaaaaaaaaa") is Decision.VIOLATION
    assert by("AWSReservedSSO_Auditor_aaaaaaaaaaaaaaaa") is Decision.VIOLATION


def test_the_next_role_of_a_stack_is_approved_and_no_other_name(whole: Year, made: Made) -> None:
    like = next(p for p in whole.normal if "HandlerServiceRole" in (p.role.value or ""))
    roles = {
        name: role_arn(name)
        for name in (
            "Orders-HandlerServiceRole1A2B3C4D-99QWERTZUIOP",
            "Orders-HandlerServiceRole1A2B3C4D-99QWERTZUIOPX",
            "Orders-HandlerServiceRole1A2B3C4D-x/99QWERTZUI",
            "x/Orders-HandlerServiceRole1A2B3C4D-99QWERTZUIOP2",
        )
    }
    later = made.with_roles(whole.details, *map(role_details, roles.values()))

    decisions = [later.decision(pass_of_role(like, arn)) for arn in roles.values()]

    assert decisions == [Decision.APPROVED, *[Decision.VIOLATION] * 3]


@pytest.mark.parametrize(
    ("what", "decision"),
    [
        ("a normal role by an unusual user", Decision.APPROVED),
        ("a normal role by another's pipeline", Decision.APPROVED),
        ("a normal role to an unusual service", Decision.VIOLATION),
        ("a role outside of the path", Decision.VIOLATION),
        ("an administrator in the path", Decision.VIOLATION),
        ("a look-alike path", Decision.VIOLATION),
    ],
)
def test_with_any_passer_it_does_not_matter_who_passes(
    whole: Year, anybody: Made, what: str, decision: Decision
) -> None:
    assert anybody.decision(whole.planted[what]) is decision


def test_with_any_passer_nobody_is_named(whole: Year, anybody: Made) -> None:
    assert "passers" not in anybody.text
    assert "PrincipalArn" not in anybody.text
    assert {anybody.decision(pass_) for pass_ in whole.normal} == {Decision.APPROVED}


def test_each_passer_gets_what_it_needs_and_no_more(whole: Year, made: Made) -> None:
    supported = made.suggestion.supported
    roles = sorted({triple.role for triple in supported} | {p.role.arn or "" for p in whole.planted.values()})
    services = sorted({triple.service for triple in supported})

    documents = {each.passer: each.policy.document for each in permissions_of(supported)}

    assert user("mallory").arn not in documents
    assert session("ci/search-deployer", "x").role_arn in documents
    for passer, document in documents.items():
        allowed = {(role, s) for role in roles for s in services if allows(document, role, s)}
        assert allowed == {(t.role, t.service) for t in supported if t.passer == passer}
    assert LAMBDA in services
    assert STATES in services
