"""Whatever the policy: the SCP denies nothing that is approved, the identity policy allows nothing unsaid."""

from dataclasses import replace
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from passrole.clock import iso, later
from passrole.language import FlatContext, Ruling, Truth, decide
from passrole.policy import CompiledPolicy, Effect, Exemption, PolicyStatement, Responses
from passrole.policy.exchange import export_identity, export_scp
from passrole.policy.exempt import waive
from tests.unit.policy.builders import a_policy
from tests.unit.policy.exchange.strategies import as_iam_sees, passes, read, statements
from tests.unit.samples import NOW

POLICIES = st.lists(statements(), min_size=1, max_size=4).map(lambda found: a_policy(*found))
CHECKS = st.sampled_from(("one", "two"))
EXEMPTIONS = st.builds(
    Exemption,
    name=st.just("exempt"),
    owner=st.just("ops"),
    reason=st.just("until the move"),
    expires=st.sampled_from((later(iso(NOW), 60), later(iso(NOW), -60))),
    scope=statements((Effect.ALLOW,)),
    checks=st.lists(CHECKS, max_size=1).map(tuple),
)
EXEMPTING = st.builds(
    lambda statements, checks, exemptions: CompiledPolicy(
        (*statements, *(replace(s, check=name) for s, name in checks)),
        Responses(),
        exemptions=tuple(exemptions),
    ),
    st.lists(statements(), max_size=2),
    st.lists(st.tuples(statements((Effect.DENY,)), CHECKS), max_size=2),
    st.lists(EXEMPTIONS, min_size=1, max_size=2),
)
PASSES = st.lists(passes(), min_size=4, max_size=8)
NOT_TOLD = st.sets(st.sampled_from(("iam:PassedToService", "iam:AssociatedResourceArn")))


@given(
    POLICIES, PASSES, NOT_TOLD, st.sets(st.sampled_from(("role:Tag/team", "aws:PrincipalArn", "role:Path")))
)
@settings(max_examples=150, deadline=None)
def test_the_scp_denies_no_pass_that_the_policy_approves(
    policy: CompiledPolicy, candidates: list[dict[str, Any]], not_told: set[str], unread: set[str]
) -> None:
    scp = read(export_scp(policy, "aws", NOW).document)
    for pass_ in candidates:
        known = FlatContext(pass_ | dict.fromkeys(unread & set(pass_)))
        if decide(policy.statements, known) is Ruling.ALLOWED:
            event("approved")
            assert denials(scp, as_iam_sees(pass_, not_told)) == []


@given(EXEMPTING, PASSES)
@settings(max_examples=150, deadline=None)
def test_the_scp_denies_no_pass_that_is_exempt(
    policy: CompiledPolicy, candidates: list[dict[str, Any]]
) -> None:
    scp = read(export_scp(policy, "aws", NOW).document)
    for pass_ in candidates:
        known = FlatContext(pass_)
        if waive(policy, known, decide(policy.statements, known), iso(NOW)).ruling is Ruling.ALLOWED:
            event("exempt")
            assert denials(scp, as_iam_sees(pass_)) == []


@given(POLICIES, PASSES)
@settings(max_examples=150, deadline=None)
def test_an_scp_without_notes_denies_all_that_the_policy_does(
    policy: CompiledPolicy, candidates: list[dict[str, Any]]
) -> None:
    exported = export_scp(policy, "aws", NOW)
    scp = read(exported.document)
    for pass_ in candidates if not exported.notes else ():
        if decide(policy.statements, FlatContext(pass_)) is not Ruling.ALLOWED:
            event("not approved")
            assert denials(scp, as_iam_sees(pass_))


@given(POLICIES, PASSES)
@settings(max_examples=150, deadline=None)
def test_the_identity_policy_allows_no_pass_that_no_statement_allows(
    policy: CompiledPolicy, candidates: list[dict[str, Any]]
) -> None:
    exported = export_identity(policy, "aws")
    identity = read(exported.document)
    for pass_ in candidates:
        if decide(identity, as_iam_sees(pass_)) is Ruling.ALLOWED:
            event("allowed")
            ruling = decide(policy.statements, FlatContext(pass_))
            assert ruling is Ruling.ALLOWED or (ruling is Ruling.EXPLICIT_DENY and exported.notes)


@given(statements(), PASSES)
@settings(max_examples=150, deadline=None)
def test_what_is_exported_says_neither_more_nor_less(
    statement: PolicyStatement, candidates: list[dict[str, Any]]
) -> None:
    exported = export_identity(a_policy(statement), "aws")
    assert bool(exported.statements) is not bool(exported.notes)
    for written in read(exported.document):
        for pass_ in candidates:
            event(f"applies: {statement.applies(FlatContext(pass_))}")
            assert written.applies(as_iam_sees(pass_)) is statement.applies(FlatContext(pass_))


def denials(scp: Any, context: FlatContext) -> list[str]:
    return [s.sid for s in scp if s.effect is Effect.DENY and s.applies(context) is Truth.TRUE]
