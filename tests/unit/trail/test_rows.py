"""What a row of the catalogue can say, and what comes of it."""

from typing import Any

import pytest

from passrole.catalogue import Call, CallTable
from passrole.passes import Coverage, Direction, Outcome, Pass, RoleKind
from passrole.trail import passes_of

ROLES = "arn:aws:iam::111122223333:role/"
A, B, C = ROLES + "a", ROLES + "b", ROLES + "c"


def call_of(*roles: dict[str, Any], **fields: Any) -> Call:
    places = [{"kind": "role_arn", "place": "role", "services": ["x.amazonaws.com"]} | role for role in roles]
    row = {
        "action": "x:Make",
        "source": "x.amazonaws.com",
        "names": ["Make"],
        "decision": "covered",
        "roles": places,
        "shape": "derived",
    }
    return Call.from_json(row | fields)


def passes(call: Call, request: Any, response: Any = None, **fields: Any) -> tuple[Pass, ...]:
    record = {
        "eventSource": "x.amazonaws.com",
        "eventName": "Make",
        "eventID": "1",
        "requestParameters": request,
        "responseElements": response,
        **fields,
    }
    return passes_of(record, CallTable([call]))


def values(found: tuple[Pass, ...]) -> list[tuple[str, str | None]]:
    return [(pass_.path.partition(".")[2], pass_.role.value) for pass_ in found]


def test_each_place_is_a_pass_of_its_own() -> None:
    call = call_of({"paths": ["task.role"], "place": "task role"}, {"paths": ["roles[]"], "place": "role"})
    found = passes(call, {"task": {"role": A}, "roles": [B, C]})
    assert values(found) == [("task.role", A), ("roles.0", B), ("roles.1", C)]
    assert [pass_.place for pass_ in found] == ["task role", "role", "role"]


def test_the_first_path_of_a_place_that_is_there_counts() -> None:
    call = call_of({"paths": ["jobInput.role", "role"]})
    assert values(passes(call, {"role": A, "jobInput": {"role": B}})) == [("jobInput.role", B)]
    assert values(passes(call, {"role": A, "jobInput": {}})) == [("role", A)]


def test_two_places_at_one_member_are_one_pass() -> None:
    call = call_of({"paths": ["role"]}, {"paths": ["Role"]})
    assert values(passes(call, {"role": A})) == [("role", A)]


def test_a_role_of_the_response_counts_where_the_request_names_none() -> None:
    call = call_of({"paths": ["role"]}, {"paths": ["things[].role"], "where": "response"})
    answer = {"things": [{"role": B}, {"role": B}, {"role": C}]}
    assert values(passes(call, {"role": A}, answer)) == [("role", A)]
    assert values(passes(call, {}, answer)) == [("things.0.role", B), ("things.2.role", C)]
    assert values(passes(call, None, answer)) == [("things.0.role", B), ("things.2.role", C)]


def test_a_role_that_is_assumed_through_the_passed_one_is_chained() -> None:
    call = call_of({"paths": ["role"]}, {"paths": ["targetRole"], "direction": "chained"})
    found = passes(call, {"role": A, "targetRole": B})
    assert [(p.role.value, p.direction) for p in found] == [(A, Direction.PASSES), (B, Direction.CHAINED)]


def test_a_role_that_is_taken_away_is_no_pass() -> None:
    call = call_of({"paths": ["addRoles[]"]}, {"paths": ["removeRoles[]"], "direction": "removes"})
    assert values(passes(call, {"addRoles": [A], "removeRoles": [B]})) == [("addRoles.0", A)]
    assert passes(call, {"removeRoles": [B]}) == ()


@pytest.mark.parametrize("decision", ["not a pass", "role not visible"])
def test_a_call_that_was_decided_to_show_no_pass_shows_none(decision: str) -> None:
    call = call_of({"paths": ["role"]}, decision=decision, reason="it only reads")
    assert passes(call, {"role": A, "roleArn": A}) == ()


def test_the_denial_of_a_call_whose_role_is_not_visible_is_an_attempt_all_the_same() -> None:
    call = call_of(decision="role not visible", reason="the task definition holds it")
    message = f"User: u is not authorized to perform: iam:PassRole on resource: {A}"
    (pass_,) = passes(call, {}, errorCode="AccessDenied", errorMessage=message)
    assert (pass_.outcome, pass_.role.arn, pass_.path) == (Outcome.DENIED, A, "errorMessage")
    assert pass_.coverage is Coverage.COVERED


def test_a_member_that_names_a_role_only_where_another_one_says_so() -> None:
    when = {"path": "attributeName", "like": "*FeedbackRoleArn"}
    call = call_of({"paths": ["attributeValue"], "when": when})
    feedback = {"attributeName": "LambdaSuccessFeedbackRoleArn", "attributeValue": A}
    assert values(passes(call, feedback)) == [("attributeValue", A)]
    spelt = {"AttributeName": "HTTPFailureFeedbackRoleArn", "AttributeValue": A}
    assert values(passes(call, spelt)) == [("AttributeValue", A)]
    for name in ("DisplayName", "FeedbackRoleArnX", "", None, 7, ["LambdaSuccessFeedbackRoleArn"]):
        assert passes(call, {"attributeName": name, "attributeValue": A}) == ()
    assert passes(call, {"attributeValue": A}) == ()


TEXT = call_of({"paths": ["body"], "kind": "opaque"})


@pytest.mark.parametrize(
    "text",
    [
        f'{{"credentials": "{A}", "other": ["{B}", "{A}"]}}',
        f"role: {A}\nother: '{B}'\n",
        f"[{A}, {B}]",
        f"{{first: {A}, second: {B}}}",
        f"The roles are {A} and {B}.",
        f"<role>{A}</role><role>{B}</role>",
        f"{A}\\n{B}",
    ],
)
def test_each_role_in_a_text_of_another_language_is_a_pass_with_an_identity_of_its_own(text: str) -> None:
    found = passes(TEXT, {"body": text})
    assert values(found) == [("body", A), ("body#1", B)]
    assert [(p.role.kind, p.role.name) for p in found] == [(RoleKind.ROLE_ARN, "a"), (RoleKind.ROLE_ARN, "b")]


def test_a_text_that_the_record_holds_unfolded_is_searched_too() -> None:
    body = {"paths": {"/x": [{"credentials": A}, {"credentials": ROLES + "team/b"}]}}
    assert values(passes(TEXT, {"body": body})) == [("body", A), ("body#1", ROLES + "team/b")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        f"{ROLES}*",
        f"{ROLES}app-*",
        f"{ROLES}app-${{env}}",
        f"{ROLES}app-{{{{ env }}}}",
        f"{ROLES}app-%s",
        f"{ROLES}app-<name>",
        f"{ROLES}app-?",
        f"{ROLES}app-" + "x" * 600,
        "arn:aws:iam::*:role/a",
        "arn:aws:iam::111122223333:rolex/a",
        "arn:aws:sts::111122223333:assumed-role/a/b",
        7,
        [],
        None,
    ],
)
def test_what_only_begins_like_a_role_in_a_text_is_none(text: Any) -> None:
    assert passes(TEXT, {"body": text}) == ()


def test_a_name_where_the_member_takes_names_is_a_name() -> None:
    call = call_of({"paths": ["role"], "kind": "role_arn_or_name"})
    (by_name,) = passes(call, {"role": "worker"})
    (by_path,) = passes(call, {"role": "service-role/AWSBatchServiceRole"})
    assert (by_name.role.kind, by_name.role.name) == (RoleKind.ROLE_NAME, "worker")
    assert by_path.role.value == "service-role/AWSBatchServiceRole"
    assert by_path.role.arn is None


def test_a_key_of_a_map_that_is_too_long_for_the_ledger_makes_no_path_that_is() -> None:
    """A failed call's record may hold anything: the path is part of the pass's key, which has 2,048 bytes."""
    call = call_of({"paths": ["roles.*"]})
    found = passes(call, {"roles": {"ä" * 50_000: A, "ä" * 50_000 + "b": B}})
    assert [p.role.value for p in found] == [A, B]
    assert all(len(p.id.encode()) <= 1536 for p in found)
    assert len({p.id for p in found}) == 2
