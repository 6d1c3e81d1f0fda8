"""The reasons of a verdict: sentences that say it all, and that no name can break."""

from hypothesis import given
from hypothesis import strategies as st

from passrole.policy import CompiledPolicy
from passrole.policy.text import printable
from tests.unit.policy.builders import (
    APPROVED,
    EC2,
    LAMBDA,
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

POLICY = approving(
    "{name: app, roles: [/application_role/*], role_tags: {team: web}, services: [lambda.amazonaws.com]}"
)
OTHER = "arn:aws:iam::111122223333:role/other"


def first(policy: CompiledPolicy, *args: object, **kwargs: object) -> str:
    return judge(policy, *args, **kwargs).reasons[0]  # type: ignore[arg-type]


def test_an_approval_names_the_entry() -> None:
    assert (
        first(POLICY, a_pass(), a_role(tags={"team": "web"}))
        == f'{APPROVED} is approved for {LAMBDA} by "app"'
    )


def test_a_wrong_tag_is_told_with_what_is_needed_and_what_was_seen() -> None:
    about = f'{APPROVED} is not approved for {LAMBDA}: "app" needs the tag team to be web'
    assert first(POLICY, a_pass(), a_role(tags={"team": "db"})) == f"{about} (it is db)"
    assert first(POLICY, a_pass(), a_role(tags={"team": ""})) == f"{about} (it is empty)"
    assert first(POLICY, a_pass(), a_role(tags={})) == f"{about} (it has none)"


def test_a_wrong_service_is_told() -> None:
    assert first(POLICY, a_pass((EC2,)), a_role(tags={"team": "web"})) == (
        f'{APPROVED} is not approved for {EC2}: "app" needs the service to be {LAMBDA} (it is {EC2})'
    )


def test_a_wrong_path_is_told_as_the_policy_writes_it() -> None:
    assert first(POLICY, a_pass(), a_role(OTHER, {"team": "web"})) == (
        f'{OTHER} is not approved for {LAMBDA}: "app" needs the path and name to be /application_role/*'
    )


def test_the_statement_that_comes_nearest_leads() -> None:
    policy = a_policy(
        allow("far", tag_is("x"), resources=("arn:*:iam::*:role/far/*",)),
        allow("nearer", tag_is("x"), service_is(EC2)),
        allow("near", tag_is("x")),
    )
    reasons = judge(policy, a_pass(), a_role(tags={})).reasons
    assert reasons[0].startswith(f'{APPROVED} is not approved for {LAMBDA}: "near" needs')
    assert [r.split(" ")[0] for r in reasons[1:]] == ['"nearer"', '"far"']


def test_many_statements_do_not_drown_the_reader() -> None:
    reasons = judge(
        a_policy(*(allow(f"s{i}", tag_is("x")) for i in range(500))), a_pass(), a_role(tags={})
    ).reasons
    assert len(reasons) == 7
    assert reasons[-1] == "and 494 more"


def test_an_explicit_deny_is_told_by_name() -> None:
    policy = a_policy(allow("a"), deny("never", tag_is("web")))
    assert judge(policy, a_pass(), a_role(tags={"team": "web"})).reasons == (
        f'{APPROVED} is denied for {LAMBDA} by "never"',
        '"never" applies: the tag team is web',
    )


def test_a_deny_for_one_of_two_services_is_told() -> None:
    policy = a_policy(allow("a", service_is(LAMBDA)), deny("never", service_is(LAMBDA)))
    assert first(policy, a_pass((LAMBDA, EC2)), a_role()) == (
        f'{APPROVED} is not approved for {LAMBDA} or {EC2}: "never" denies {LAMBDA}'
    )


def test_an_unknown_fact_is_told_with_why_it_is_unknown() -> None:
    assert first(POLICY, a_pass(), a_role(tags=None)) == (
        f"whether {APPROVED} is approved for {LAMBDA} cannot be told: "
        "the tag team is unknown (iam:GetRole failed: Throttling)"
    )


def test_services_that_differ_are_told_apart() -> None:
    assert first(POLICY, a_pass((LAMBDA, EC2)), a_role(tags={"team": "web"})) == (
        f"whether {APPROVED} is approved for {LAMBDA} or {EC2} cannot be told: it is for {LAMBDA}, "
        f"not for {EC2}, and the record does not tell which of them gets it"
    )


def test_a_role_that_the_record_does_not_show_is_called_so() -> None:
    assert first(a_policy(), a_pass((), value=None), a_role(None)) == (
        "a role that the record does not show is not approved for a service that the record does not tell: "
        "the policy approves nothing"
    )


hostile = st.text(st.characters() | st.sampled_from("\n\r\t\x1b\u202e{}%\\"), max_size=400)


@given(hostile, hostile, hostile)
def test_no_name_breaks_a_line_or_drowns_the_rest(arn: str, key: str, value: str) -> None:
    for role in (a_role(arn, {"team": value, key: value}), a_role(None, {"team": value})):
        for reason in judge(POLICY, a_pass(value=arn), role).reasons:
            assert reason.isprintable()
            assert len(reason) < 6000


def test_what_does_not_print_is_escaped_and_the_end_of_long_text_is_kept() -> None:
    assert printable("a\n\u202eb\\") == "a\\n\\u202eb\\\\"
    assert printable("é 漢") == "é 漢"
    assert printable("x" * 300 + "/name", 20) == "xxxxxxxxxxxxx…x/name"
    assert len(printable("y" * 300, 100)) == 100
