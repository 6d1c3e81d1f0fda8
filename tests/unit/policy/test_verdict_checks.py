"""What makes a violation one, by the names that people know."""

from dataclasses import replace

import pytest

from passrole.evidence import ABSENT, Known
from passrole.policy import CompiledPolicy, PolicyStatement
from passrole.policy.load import parse_guardrail
from tests.unit.policy.builders import EC2, LAMBDA, a_pass, a_policy, a_role, allow, deny, judge, service_is

ROLE = a_role(tags={})


def checks(policy: CompiledPolicy, *services: str) -> tuple[str, ...]:
    return judge(policy, a_pass(services or (LAMBDA,)), ROLE).checks


def of_check(sid: str) -> PolicyStatement:
    return replace(deny(sid), check="a check")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ((), ("unapproved",)),
        ((allow("all"), deny("two"), deny("one")), ("two", "one")),
        ((deny("two"), deny("one")), ("two", "one", "unapproved")),
        ((allow("all"), deny("one"), of_check("a check"), of_check("a check (2)")), ("one", "a check")),
        ((allow("all"), of_check("a check (2)")), ("a check",)),
        ((allow("all"),), ()),
    ],
    ids=["unapproved", "denied", "both", "a check's name once", "and its own", "approved"],
)
def test_they_are_named_once_in_the_order_of_the_policy(
    statements: tuple[PolicyStatement, ...], expected: tuple[str, ...]
) -> None:
    assert checks(a_policy(*statements)) == expected


def test_so_they_are_where_services_differ() -> None:
    """Whichever of them gets the role: what denies the second stands before what denies the first."""
    policy = a_policy(allow("all"), deny("of ec2", service_is(EC2)), deny("of lambda", service_is(LAMBDA)))
    assert checks(policy, LAMBDA, EC2) == ("of ec2", "of lambda")

    policy = a_policy(allow("lambda's", service_is(LAMBDA)), deny("of lambda", service_is(LAMBDA)))
    assert checks(policy, LAMBDA, EC2) == ("of lambda", "unapproved")


def test_a_check_that_is_on_twice_goes_by_its_one_name() -> None:
    item = "permissions-boundary: {boundaries: ['arn:aws:iam::111122223333:policy/team']}"
    guardrail = f"version: 1\napproved: []\nchecks: [same-account, permissions-boundary, {{{item}}}]\n"
    policy = parse_guardrail(guardrail.encode()).compiled
    unbounded = replace(ROLE, path=Known("/application_role/"), permissions_boundary=ABSENT)

    verdict = judge(policy, a_pass(), unbounded)

    assert [statement.sid for statement in verdict.denied_by] == [
        "permissions-boundary",
        "permissions-boundary (2)",
    ]
    assert verdict.checks == ("permissions-boundary", "unapproved")
