"""Roles that a call brings in by a reference: what detection is told to look up, and what it is not."""

from typing import Any

import pytest

from passrole.catalogue import CallTable
from passrole.passes import Coverage, Outcome, Pass, Referral
from passrole.trail import passes_of
from tests.unit.trail.test_rows import A, call_of

TASK, EXECUTION = "taskRoleArn", "executionRoleArn"
TEMPLATE = [{"path": "launchTemplate", "to": "launch template"}]
DEFINITION = [{"path": "taskDefinition", "to": "task definition"}]
OVERRIDES = {"paths": ["overrides.taskRoleArn"], "place": "task role"}


def passes(request: Any, *roles: dict[str, Any], response: Any = None, **told: Any) -> tuple[Pass, ...]:
    row = {key: told.pop(key) for key in ("references", "decision", "absent") if key in told}
    record = {
        "eventSource": "x.amazonaws.com",
        "eventName": "Make",
        "eventID": "e-1",
        "requestParameters": request,
        "responseElements": response,
    }
    return passes_of(record | told, CallTable([call_of(*roles, **row)]), include_unseen=True)


def test_each_role_that_the_thing_can_hold_is_a_pass_of_its_own() -> None:
    found = passes({"taskDefinition": "web:3"}, references=DEFINITION)

    assert [p.referral for p in found] == [
        Referral("task definition", "web:3", None, member) for member in (TASK, EXECUTION)
    ]
    assert [(p.path, p.place) for p in found] == [
        ("requestParameters.taskDefinition#taskRoleArn", "task role"),
        ("requestParameters.taskDefinition#executionRoleArn", "execution role"),
    ]
    assert {p.services for p in found} == {("ecs-tasks.amazonaws.com",)}
    assert {p.role.value for p in found} == {None}


def test_a_role_that_the_call_names_overrides_that_of_the_thing() -> None:
    found = passes(
        {"taskDefinition": "web", "overrides": {"taskRoleArn": A}}, OVERRIDES, references=DEFINITION
    )

    assert [(p.role.value, p.place) for p in found] == [(A, "task role"), (None, "execution role")]


@pytest.mark.parametrize(
    ("value", "id_", "version"),
    [
        ({"launchTemplateId": "lt-1", "version": "3"}, "lt-1", "3"),
        ({"LaunchTemplateName": "web", "Version": 3}, "web", "3"),
        ({"launchTemplateName": "web"}, "web", None),
        ({"launchTemplateId": ["lt-1"], "version": {}}, None, None),
        ({"launchTemplateId": "x" * 2049}, None, None),
        ({"launchTemplateName": "lt-0123abc", "version": "1"}, None, "1"),
    ],
)
def test_id_and_version_are_taken_in_any_spelling(value: Any, id_: str | None, version: str | None) -> None:
    [found] = passes({"launchTemplate": value}, references=TEMPLATE)

    assert found.referral == Referral("launch template", id_, version, "iamInstanceProfile")


def test_what_the_response_tells_needs_no_look_up() -> None:
    answer = {"paths": ["instances[].profile"], "place": "instance profile", "where": "response"}
    request = {"launchTemplate": {"launchTemplateId": "lt-1"}}

    assert passes(request, answer, references=TEMPLATE, response={"instances": [{"id": "i-1"}]}) == ()
    [shown] = passes(request, answer, references=TEMPLATE, response={"instances": [{"profile": A}]})
    assert (shown.role.value, shown.referral) == (A, None)
    [attempt] = passes(request, answer, references=TEMPLATE, errorCode="Client.InvalidParameter")
    assert (attempt.outcome, attempt.role.value) == (Outcome.FAILED, None)


@pytest.mark.parametrize("response", [{"omitted": True, "originalSize": 150_000}, "cut off", [1]])
def test_a_response_that_the_record_leaves_out_answers_nothing(response: Any) -> None:
    """That of a call that starts many instances is too large for a record."""
    answer = {"paths": ["instances[].profile"], "place": "instance profile", "where": "response"}

    [found] = passes(
        {"launchTemplate": {"launchTemplateId": "lt-1"}}, answer, references=TEMPLATE, response=response
    )

    assert found.referral == Referral("launch template", "lt-1", None, "iamInstanceProfile")


def test_of_several_things_each_is_looked_up_once() -> None:
    references = [{"path": "configs[].launchTemplate", "to": "launch template"}]
    templates = [{"launchTemplateId": name} for name in ("lt-1", "lt-2", "lt-1")]
    named = {"paths": ["configs[].profile"], "place": "instance profile"}

    found = passes({"configs": [{"launchTemplate": t} for t in templates]}, references=references)
    assert [p.referral.id for p in found if p.referral] == ["lt-1", "lt-2"]

    configs = [{"launchTemplate": templates[0]}, {"profile": A}]
    both = passes({"configs": configs}, named, references=references)
    assert {p.role.value for p in both} == {A, None}, "one thing's own role says nothing of another"


def test_what_no_api_tells_is_said_to_be_not_visible() -> None:
    [pass_] = passes({"broker": "b-1"}, references=[{"path": "broker", "to": "broker configuration"}])

    assert (pass_.coverage, pass_.referral) == (
        Coverage.NOT_VISIBLE,
        Referral("broker configuration", "b-1"),
    )


def test_a_call_whose_role_is_never_visible_is_a_pass_when_it_was_done() -> None:
    [pass_] = passes({"name": "x"}, decision="role not visible", reason="no member")
    assert (pass_.coverage, pass_.role.value, pass_.path) == (
        Coverage.NOT_VISIBLE,
        None,
        "requestParameters",
    )
    assert passes({"name": "x"}, decision="role not visible", errorCode="InvalidParameter") == ()


def test_a_call_that_refers_to_nothing_passes_nothing() -> None:
    assert passes({"name": "x"}, decision="role not visible", references=TEMPLATE) == ()
    assert passes({"desiredCount": 3}, references=DEFINITION, absent=True) == ()


def test_the_refused_role_of_a_message_counts_and_nothing_is_looked_up() -> None:
    message = f"User: u is not authorized to perform: iam:PassRole on resource: {A}"
    [pass_] = passes(
        {"taskDefinition": "web"}, references=DEFINITION, errorCode="AccessDenied", errorMessage=message
    )

    assert (pass_.role.value, pass_.path, pass_.coverage) == (A, "errorMessage", Coverage.COVERED)


def test_extraction_for_people_shows_only_what_the_record_shows() -> None:
    record = {
        "eventSource": "ecs.amazonaws.com",
        "eventName": "RunTask",
        "requestParameters": {"taskDefinition": "web"},
    }

    assert passes_of(record) == ()
    assert len(passes_of(record, include_unseen=True)) == 2
