"""``catalogue.leave_out``: what it means, which mistakes are told how, and what is warned of."""
# ruff: noqa: E501  (a message is one line, here too)

import re
from pathlib import Path

import pytest

from passrole.catalogue import Call, Decision, load_catalogue
from passrole.catalogue.left_out import NOTHING, LeftOut
from passrole.policy import CompiledPolicy
from passrole.policy.load import parse_guardrail
from passrole.policy.settings import Guardrail
from tests.unit.policy.builders import NONE, F
from tests.unit.policy.builders import problem_lines as lines

GLUE = "glue.amazonaws.com"
NOTEBOOK = LeftOut(calls=frozenset({("sagemaker.amazonaws.com", "CreateNotebookInstance")}))


def leaving_out(*values: str) -> Guardrail:
    return parse_guardrail(f"{NONE}catalogue: {{leave_out: [{', '.join(values)}]}}\n".encode())


def warnings(*values: str) -> list[str]:
    return [line for line in leaving_out(*values).warnings if "catalogue" in line]


def test_without_it_nothing_is_left_out() -> None:
    for guardrail in (
        parse_guardrail(NONE.encode()),
        leaving_out(),
        parse_guardrail(f"{NONE}catalogue: {{}}".encode()),
    ):
        assert guardrail.settings.left_out == guardrail.compiled.left_out == NOTHING


def test_the_rules_and_the_functions_are_told_the_same() -> None:
    guardrail = leaving_out(GLUE, "sagemaker:CreateNotebookInstance")
    assert guardrail.settings.left_out == NOTEBOOK.joined(LeftOut(frozenset({GLUE})))
    assert CompiledPolicy.from_json(guardrail.compiled_json()).left_out == guardrail.settings.left_out
    assert guardrail.compiled.hash != leaving_out(GLUE).compiled.hash


@pytest.mark.parametrize("action", ["SageMaker:createnotebookinstance", "sagemaker:CREATENOTEBOOKINSTANCE"])
def test_actions_are_compared_without_case(action: str) -> None:
    assert leaving_out(action).settings.left_out == NOTEBOOK


def test_an_action_leaves_out_every_spelling_of_every_call_that_it_stands_for() -> None:
    rows = [call for call in load_catalogue().calls() if call.action == "apigateway:PUT"]
    assert len(rows) > 1
    names = {(row.source, name) for row in rows for name in row.names}
    assert leaving_out("apigateway:PUT").settings.left_out == LeftOut(calls=frozenset(names))


@pytest.mark.parametrize("call", list(load_catalogue().calls())[::25], ids=lambda call: call.action)
def test_every_action_and_source_of_the_catalogue_can_be_left_out(call: Call) -> None:
    assert leaving_out(call.action).settings.left_out.has(call.source, call.names[0])
    assert leaving_out(call.source).settings.left_out.has(call.source, "CreateNovelty")


MISTAKES = {
    "a service without its domain": (
        "glue",
        '"glue" is no event source of the catalogue; did you mean glue.amazonaws.com?',
    ),
    "a misspelt source": (
        "gleu.amazonaws.com",
        '"gleu.amazonaws.com" is no event source of the catalogue; did you mean glue.amazonaws.com?',
    ),
    "a source in another case": (
        "Glue.amazonaws.com",
        '"Glue.amazonaws.com" is no event source of the catalogue; did you mean glue.amazonaws.com?',
    ),
    "the prefix of actions, where the source is called otherwise": (
        "cloudwatch",
        '"cloudwatch" is no event source of the catalogue; did you mean monitoring.amazonaws.com?',
    ),
    "the prefix of actions of two sources": (
        "redshift-data",
        '"redshift-data" is no event source of the catalogue; did you mean redshift.amazonaws.com?',
    ),
    "no source at all": (
        "zzzz",
        '"zzzz" is no event source of the catalogue; see passrole catalogue list',
    ),
    "nothing": ('""', '"" is no event source of the catalogue; see passrole catalogue list'),
    "a misspelt action": (
        "sagemaker:CreateNotebokInstance",
        '"sagemaker:CreateNotebokInstance" is no IAM action of the catalogue; did you mean sagemaker:CreateNotebookInstance?',
    ),
    "the name of an event": (
        "lambda:CreateFunction20150331",
        '"lambda:CreateFunction20150331" is no IAM action of the catalogue; did you mean lambda:CreateFunction?',
    ),
    "no action at all": ("q:R", '"q:R" is no IAM action of the catalogue; see passrole catalogue list'),
    "a wildcard": ('"glue:*"', '"glue:*": no wildcards here; name an event source, or each action'),
    "a number": ("7", '7 is read as a number, expected text; quote it: "7"'),
    "a list": ("[glue]", "expected text, found a list"),
    "a mapping": ("{glue: x}", "expected text, found a mapping"),
}


@pytest.mark.parametrize(("value", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line_with_its_place(value: str, expected: str) -> None:
    content = f"{NONE}catalogue:\n  leave_out:\n    - ec2.amazonaws.com\n    - {value}\n"
    assert lines(content) == [f"{F}:6:7: catalogue.leave_out[1]: {expected}"]


SECTION_MISTAKES = {
    "text in place of the section": (
        "catalogue: glue.amazonaws.com",
        '3:12: catalogue: expected a mapping (key: value), found "glue.amazonaws.com"',
    ),
    "text in place of the list": (
        "catalogue: {leave_out: glue.amazonaws.com}",
        '3:24: catalogue.leave_out: expected a list, found "glue.amazonaws.com": write ["glue.amazonaws.com"]',
    ),
    "a misspelt key": (
        "catalogue: {leaveout: []}",
        "3:13: catalogue.leaveout: unknown key; did you mean leave_out?",
    ),
    "more than there can be": (
        f"catalogue: {{leave_out: [{', '.join(f's{n}.amazonaws.com' for n in range(2_001))}]}}",
        "3:24: catalogue.leave_out: more than 2,000 values",
    ),
    "the same twice": (
        "catalogue: {leave_out: [glue:CreateJob, 'Glue:createJob']}",
        '3:41: catalogue.leave_out[1]: "Glue:createJob" is given in line 3 already; what is left out is named once',
    ),
}


@pytest.mark.parametrize(("section", "expected"), SECTION_MISTAKES.values(), ids=SECTION_MISTAKES)
def test_a_mistake_in_the_section_is_told(section: str, expected: str) -> None:
    assert lines(NONE + section) == [f"{F}:{expected}"]


def test_what_is_not_watched_is_warned_of_at_its_place() -> None:
    of_glue = sum(call.source == GLUE and call.passes_roles for call in load_catalogue().calls())
    assert warnings(GLUE, "sagemaker:createNotebookInstance") == [
        f"{F}:3:25: catalogue.leave_out[0]: {of_glue} calls of glue.amazonaws.com are not watched: their passes are seen by audits of logs only",
        f"{F}:3:45: catalogue.leave_out[1]: 1 call of sagemaker:CreateNotebookInstance is not watched: its passes are seen by audits of logs only",
    ]


def test_what_would_not_be_watched_anyway_is_said_to_be_so() -> None:
    action = next(c.action for c in load_catalogue().calls() if c.decision is Decision.NOT_A_PASS)
    [line] = warnings(action)
    assert line.endswith(f"no call of {action} in the catalogue is watched anyway")


def test_the_example_in_the_reference_is_valid_and_warned_of_as_it_says() -> None:
    section = (
        (Path(__file__).parents[3] / "docs/policy.md").read_text("utf-8").split("## What is left out\n")[1]
    )
    example = section.split("```yaml\n", 1)[1].split("```", 1)[0]
    found = [line for line in parse_guardrail((NONE + example).encode()).warnings if "leave_out" in line]
    told = section.split("```\n")[2].strip()
    assert re.sub("[0-9]+ calls", "… calls", told) == re.sub("[0-9]+ calls", "… calls", found[0])
