"""Whatever a role's policies are, and whatever it used: the refined policy allows no more, and all that."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.language import Effect, Ruling, fold
from passrole.refine.policy import Refined, RolePolicy, refine
from passrole.refine.usage import Fate, Usage
from tests.unit.refine.strategies import ACTIONS, policies, requests, ruling, usages

ALLOWED = Ruling.ALLOWED


def documents_of(refined: Refined) -> list[Any]:
    return [refined.document] if refined.document else []


@settings(max_examples=200, deadline=None)
@given(policies, usages(), st.lists(requests(), min_size=1, max_size=12))
def test_it_allows_no_more_and_what_is_used_or_not_tracked_as_before(
    given_policies: list[RolePolicy], usage: Usage, asked: list[dict[str, str]]
) -> None:
    refined = refine(given_policies, usage)
    originals = [policy.document for policy in given_policies]

    for request in asked:
        before, after = ruling(originals, request), ruling(documents_of(refined), request)
        if after is ALLOWED:
            assert before is ALLOWED, request
        if after is Ruling.EXPLICIT_DENY or before is Ruling.EXPLICIT_DENY:
            assert after is before, request
        prefix, name = fold(request["action"]).split(":")
        known = {*map(fold, ACTIONS.get(prefix, ())), *_tracked(usage, prefix)}
        if name in known and usage.fate(prefix, name).is_kept:
            assert after is before, request


@settings(max_examples=200, deadline=None)
@given(policies, usages(), st.lists(requests(), min_size=1, max_size=12))
def test_no_statement_allows_more_than_it_did(
    given_policies: list[RolePolicy], usage: Usage, asked: list[dict[str, str]]
) -> None:
    for policy in given_policies:
        statements = policy.document["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            document = {**policy.document, "Statement": [statement]}
            refined = refine([RolePolicy("p", document)], usage)
            for request in asked:
                if ruling(documents_of(refined), request) is ALLOWED:
                    assert ruling([document], request) is ALLOWED, request


@settings(max_examples=200, deadline=None)
@given(policies, usages())
def test_what_is_known_to_be_unused_is_allowed_by_no_action_that_was_narrowed(
    given_policies: list[RolePolicy], usage: Usage
) -> None:
    refined = refine(given_policies, usage)
    narrowed = [s for s in refined.statements if _is_narrowable(s)]
    for action in refined.of(Fate.DROPPED):
        request = {"action": action, "role:Arn": "arn:aws:s3:::bucket/a", "aws:username": "anna"}
        everywhere = [{"Version": "2012-10-17", "Statement": [{**s, "Resource": "*"} for s in narrowed]}]
        if "*" not in action:
            assert ruling(everywhere, request | {"aws:PrincipalTag/team": "web"}) is not ALLOWED


@settings(max_examples=200, deadline=None)
@given(policies, usages())
def test_the_document_is_one_that_iam_takes(given_policies: list[RolePolicy], usage: Usage) -> None:
    refined = refine(given_policies, usage)
    sids = [statement["Sid"] for statement in refined.statements if "Sid" in statement]
    assert len(set(sids)) == len(sids)
    assert all(statement.get("Action", True) for statement in refined.statements)
    # What was refined once is not refined further.
    if refined.document:
        assert refine([RolePolicy("p", refined.document)], usage).statements == refined.statements


def _is_narrowable(statement: Any) -> bool:
    """Not so what names no service, which IAM does not take, and which is left as it is."""
    excluded = {"NotAction", "NotResource"} & set(statement)
    of_no_service = "s*:Get*" in statement.get("Action", statement.get("action", ()))
    return statement["Effect"] == Effect.ALLOW and not excluded and not of_no_service


def _tracked(usage: Usage, prefix: str) -> set[str]:
    service = usage.service(prefix)
    return set(service.tracked) if service else set()
