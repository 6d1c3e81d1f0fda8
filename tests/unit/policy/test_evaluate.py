"""Evaluation: explicit deny, then allow, else implicit deny, in Kleene's logic, for each candidate."""

import itertools

import pytest

from passrole.evidence import ABSENT, Evidence
from passrole.language import Truth
from passrole.policy import CompiledPolicy, Condition, Decision, Responses
from tests.unit.policy.builders import (
    ACCOUNT,
    APPROVED,
    EC2,
    LAMBDA,
    UNREADABLE,
    a_pass,
    a_policy,
    a_role,
    allow,
    approving,
    deny,
    judge,
    service_is,
    tag_is,
)

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
OK, NO, OPEN = Decision.APPROVED, Decision.VIOLATION, Decision.UNDETERMINED


def being(truth: Truth) -> Condition:
    """A condition of that truth for `role`: the role's name is unknown, its tag ``team`` is ``web``."""
    return {T: tag_is("web"), F: tag_is("other"), U: Condition("StringEquals", "role:Name", ("x",))}[truth]


ROLE = Evidence(
    arn=a_role().arn,
    name=UNREADABLE,
    path=UNREADABLE,
    role_id=UNREADABLE,
    tags=a_role(tags={"team": "web"}).tags,
    trust_policy=UNREADABLE,
    permissions_boundary=UNREADABLE,
    created_at=UNREADABLE,
    observed_at="2026-07-01T10:00:05Z",
)


def decide(policy: CompiledPolicy, role: Evidence, services: tuple[str, ...] = (LAMBDA,)) -> Decision:
    return judge(policy, a_pass(services), role).decision


@pytest.mark.parametrize(
    ("denied", "allowed", "expected"),
    [
        (T, T, NO), (T, F, NO), (T, U, NO),
        (F, T, OK), (F, F, NO), (F, U, OPEN),
        (U, T, OPEN), (U, F, NO), (U, U, OPEN),
    ],
)  # fmt: skip
def test_deny_over_allow_over_nothing(denied: Truth, allowed: Truth, expected: Decision) -> None:
    assert decide(a_policy(allow("a", being(allowed)), deny("d", being(denied))), ROLE) is expected


@pytest.mark.parametrize(("first", "second"), list(itertools.product((T, F, U), repeat=2)))
def test_conditions_of_a_statement_are_all_needed(first: Truth, second: Truth) -> None:
    expected = F if F in (first, second) else U if U in (first, second) else T
    [part] = judge(a_policy(allow("a", being(first), being(second))), a_pass(), ROLE).statements
    assert part.result is expected


@pytest.mark.parametrize(("first", "second"), list(itertools.product((T, F, U), repeat=2)))
def test_one_allow_is_enough(first: Truth, second: Truth) -> None:
    expected = OK if T in (first, second) else OPEN if U in (first, second) else NO
    assert decide(a_policy(allow("a", being(first)), allow("b", being(second))), ROLE) is expected


def test_a_policy_without_statements_approves_nothing() -> None:
    assert decide(a_policy(), Evidence.unknown("throttled", "now")) is NO


TAGGED = "{name: app, roles: [/application_role/*], role_tags: {approved-for: [lambda, web-*]}}"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (a_role(tags={"approved-for": "lambda"}), OK),
        (a_role(tags={"Approved-FOR": "lambda"}), OK),  # IAM: tag keys without case
        (a_role(tags={"approved-for": "Lambda"}), NO),  # values with case
        (a_role(tags={"approved-for": "web-1/2"}), OK),
        (a_role(tags={"approved-for": "lambda\n"}), NO),
        (a_role(tags={"approved-for": ""}), NO),
        (a_role(tags={}), NO),  # absent is not unknown
        (a_role(tags=None), OPEN),
        (a_role(f"arn:aws:iam::{ACCOUNT}:role/other/web", tags=None), NO),  # the unknown could not change it
        (a_role(f"arn:aws:iam::{ACCOUNT}:role/x:role/application_role/web", {"approved-for": "lambda"}), NO),
        (a_role(None, tags={"approved-for": "lambda"}), OPEN),
        (a_role(None, tags={}), NO),
    ],
)
def test_paths_and_tags(role: Evidence, expected: Decision) -> None:
    assert decide(approving(TAGGED), role) is expected


def test_a_look_alike_of_a_tag_key_does_not_approve() -> None:
    policy = approving("{name: a, roles: [/application_role/*], role_tags: {task: x}}")
    assert decide(policy, a_role(tags={"tasK": "x"})) is OK
    assert decide(policy, a_role(tags={"tas\N{KELVIN SIGN}": "x"})) is NO


def test_a_name_pattern_cannot_be_met_by_a_path() -> None:
    policy = approving("{name: a, roles: ['deploy-*']}")
    assert decide(policy, a_role(f"arn:aws:iam::{ACCOUNT}:role/any/path/deploy-web")) is OK
    assert decide(policy, a_role(f"arn:aws:iam::{ACCOUNT}:role/deploy-/web")) is NO
    assert decide(policy, a_role(f"arn:aws:iam::{ACCOUNT}:role/deploy-x/deploy")) is NO


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ((LAMBDA,), OK),
        ((EC2,), OK),
        ((LAMBDA, EC2), OK),  # each by another statement: whichever it is, it is approved
        ((LAMBDA, "glue.amazonaws.com"), OPEN),
        (("glue.amazonaws.com",), NO),
        (("glue.amazonaws.com", "ecs-tasks.amazonaws.com"), NO),
        ((), OPEN),
        (("Lambda.amazonaws.com",), NO),
    ],
)
def test_each_service_that_may_get_the_role_is_judged(services: tuple[str, ...], expected: Decision) -> None:
    policy = a_policy(allow("a", service_is(LAMBDA)), allow("b", service_is(EC2)))
    assert decide(policy, a_role(), services) is expected


def test_an_unknown_service_matters_only_where_a_service_is_asked_for() -> None:
    assert decide(a_policy(allow("a")), a_role(), ()) is OK
    assert decide(a_policy(allow("a"), deny("d", service_is(EC2))), a_role(), ()) is OPEN
    assert decide(a_policy(allow("a", tag_is("x"), service_is(EC2))), a_role(tags={}), ()) is NO


def test_candidates_that_differ_make_a_statement_s_part_unknown() -> None:
    verdict = judge(a_policy(allow("a", service_is(LAMBDA))), a_pass((LAMBDA, EC2)), a_role())
    [part] = verdict.statements
    assert part.result is U
    assert part.conditions[1].unknown_because == f"the call may hand the role to {LAMBDA} or {EC2}"


@pytest.mark.parametrize(
    "condition",
    [Condition("StringEquals", "aws:Novelty", ("x",)), Condition("StringNotLike", "role:Novelty", ("x",))],
)
def test_what_this_release_does_not_know_is_unknown_and_not_absent(condition: Condition) -> None:
    assert decide(a_policy(allow("a"), deny("d", condition)), a_role()) is OPEN


def test_a_fact_that_is_absent_meets_no_condition() -> None:
    role = Evidence(ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, "now")
    assert decide(a_policy(allow("a", resources=("arn:*",))), role) is NO


def test_the_verdict_names_the_policy_and_the_part_of_every_statement() -> None:
    policy = CompiledPolicy((allow("a", tag_is("web")), deny("d", resources=("x",))), Responses())
    verdict = judge(policy, a_pass(), a_role(tags={"team": "db"}))
    assert verdict.policy_hash == policy.hash
    assert [(p.sid, p.effect, p.result) for p in verdict.statements] == [("a", "Allow", F), ("d", "Deny", F)]
    role, tag = verdict.statements[0].conditions
    assert (role.key, role.seen, role.result) == ("role:Arn", APPROVED, T)
    assert (tag.key, tag.seen, tag.needed, tag.result) == ("role:Tag/team", "db", ("web",), F)
