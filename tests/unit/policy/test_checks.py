"""The ready-made checks: every case of their files, what the section means, and which mistakes are told how."""
# ruff: noqa: E501  (a message is one line, here too)

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import passrole.policy
from passrole.evidence import Known
from passrole.language import FlatContext, Ruling, decide
from passrole.policy import CompiledPolicy, Decision, Effect, PolicyStatement, Severity, Stage, stage_for
from passrole.policy.load import parse_guardrail
from passrole.policy.source.check_files import Case, Check, ready_checks
from passrole.policy.source.checks import OPTIONS
from tests.unit.policy.builders import NONE, F, a_pass, a_role, judge
from tests.unit.policy.builders import problem_lines as lines

FOLDER = Path(passrole.policy.__file__).parent / "checks"
CHECKS = ready_checks()
CASES = [(check, case) for check in CHECKS.values() for case in (*check.good, *check.bad)]
ANYTHING = PolicyStatement("anything", Effect.ALLOW)


def enabled(*items: str) -> CompiledPolicy:
    return parse_guardrail(
        f"version: 1\napproved: [{{name: a, roles: [/*]}}]\nchecks: [{', '.join(items)}]\n".encode()
    ).compiled


def denials(*items: str) -> list[PolicyStatement]:
    return [statement for statement in enabled(*items).statements if statement.check]


# The files


def test_these_are_the_checks() -> None:
    assert list(CHECKS) == [
        "no-administrator",
        "no-external-trust",
        "one-service-only",
        "permissions-boundary",
        "role-trusts-service",
        "same-account",
        "service-linked-role",
        "unused-role",
    ]
    assert [path.stem for path in sorted(FOLDER.iterdir())] == list(CHECKS)


@pytest.mark.parametrize(("check", "case"), CASES, ids=[f"{k.name}: {c.case}" for k, c in CASES])
def test_a_check_says_of_each_case_what_its_file_says(check: Check, case: Case) -> None:
    statements = (ANYTHING, *check.compiled(case.parameters))
    assert decide(statements, FlatContext(case.context)) is case.ruling


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_shows_what_it_lets_pass_what_it_denies_and_what_it_cannot_tell(check: Check) -> None:
    assert len(check.good) >= 2
    assert {case.ruling for case in check.good} == {Ruling.ALLOWED}
    assert len(check.bad) >= 2
    assert {case.ruling for case in check.bad} == {Ruling.EXPLICIT_DENY, Ruling.UNDETERMINED}
    assert len({case.case for case in (*check.good, *check.bad)}) == len(check.good) + len(check.bad)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_only_denies_and_the_cases_give_every_key_that_it_asks_for(check: Check) -> None:
    statements = check.compiled({})
    assert {statement.effect for statement in statements} == {Effect.DENY}
    asked = frozenset().union(*(statement.keys for statement in statements))
    given = {key.lower() for case in check.good + check.bad for key in case.context}
    assert asked <= given
    assert check.why.count(". ") == 1


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_defaults_are_values_that_people_may_write_and_each_parameter_is_used(check: Check) -> None:
    defaults = {
        name: p.default if isinstance(p.default, int) else list(p.default)
        for name, p in check.parameters.items()
    }
    OPTIONS[check.name].model_validate(defaults)
    text = (FOLDER / f"{check.name}.yaml").read_text()
    assert all(f"<{name}>" in text for name in check.parameters)


def test_a_wrong_statement_in_a_file_is_told() -> None:
    wrong = CHECKS["no-administrator"].model_copy(
        update={
            "statements": [{"Effect": "Deny", "Resource": "*", "Condition": {"Bool": {"role:Admin": "true"}}}]
        }
    )
    with pytest.raises(ValueError, match=r"the check no-administrator is wrong: .*role:Admin"):
        wrong.compiled({})


# The section


def test_a_check_that_is_on_denies_with_its_name_and_severity() -> None:
    [statement] = denials("no-administrator")
    assert (statement.sid, statement.check, statement.effect) == (
        "no-administrator", "no-administrator", Effect.DENY
    )  # fmt: skip
    assert (statement.severity, statement.response) == (Severity.HIGH, None)


def test_severity_and_response_are_overridden_and_parameters_filled_in() -> None:
    [statement] = denials("{unused-role: {days: 60, severity: critical, response: quarantine}}")
    assert (statement.severity, statement.response) == (Severity.CRITICAL, Stage.QUARANTINE)
    assert {c.values for c in statement.conditions if c.key != "role:ServiceLinked"} == {("60",)}


def test_paths_become_resources_and_lists_are_joined_to_what_is_there() -> None:
    [boundary] = denials("{permissions-boundary: {paths: [/teams/*, 'arn:aws:iam::111122223333:role/x']}}")
    assert boundary.resources == ("arn:*:iam::*:role/teams/*", "arn:aws:iam::111122223333:role/x")
    [trust] = denials("{no-external-trust: {accounts: ['444455556666']}}")
    assert trust.conditions[0].values == ("${role:Account}", "AIDA*", "AROA*", "444455556666")


def test_a_check_may_be_on_twice_with_other_parameters() -> None:
    first, second = denials(
        "{permissions-boundary: {paths: [/a/*]}}",
        "{permissions-boundary: {paths: [/b/*], severity: critical}}",
    )
    assert (first.sid, second.sid) == ("permissions-boundary", "permissions-boundary (2)")
    assert first.check == second.check == "permissions-boundary"


def test_checks_come_last_and_survive_the_way_to_the_functions() -> None:
    policy = enabled(*(f'"{name}"' for name in CHECKS))
    assert [s.sid for s in policy.statements] == ["a", *CHECKS]
    assert CompiledPolicy.from_json(policy.to_json()) == policy
    assert "role:administrator" in policy.keys


def trusting(*services: str) -> Any:
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return replace(a_role(), path=Known("/application_role/"), trust_policy=Known({"Statement": [statement]}))


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("lambda.amazonaws.com", Decision.APPROVED),
        ("lambda.eu-west-1.amazonaws.com", Decision.APPROVED),
        ("lambda.us-east-1.amazonaws.com", Decision.VIOLATION),
        ("ec2.amazonaws.com", Decision.VIOLATION),
    ],
)
def test_a_check_judges_passes(service: str, expected: Decision) -> None:
    policy = enabled("{role-trusts-service: {response: quarantine}}")
    verdict = judge(policy, a_pass(), trusting(service))
    assert verdict.decision is expected
    if expected is Decision.VIOLATION:
        assert [s.check for s in verdict.denied_by] == ["role-trusts-service"]
        assert stage_for(policy, a_pass(), verdict) is Stage.QUARANTINE


def test_a_check_that_says_nothing_more_than_another_is_warned_of_at_its_place() -> None:
    text = "checks:\n  - permissions-boundary\n  - permissions-boundary: {paths: [/a/*]}\n"
    assert (
        f'{F}:5:5: checks[1]: "permissions-boundary (2)" says nothing more than "permissions-boundary" does'
        in parse_guardrail(f"{NONE}{text}".encode()).warnings
    )


# Mistakes

MISTAKES = {
    "role-trust-service": '1: checks[0]: "role-trust-service" is no check; did you mean role-trusts-service?',
    "{Unused-role: {days: 1}}": '1: checks[0]: "Unused-role" is no check; did you mean unused-role?',
    "xyz": f'1: checks[0]: "xyz" is no check; known are {", ".join(CHECKS)}',
    "{unused-role: {day: 60}}": "16: checks[0].unused-role.day: unknown key; did you mean days?",
    "{unused-role: {days: 0}}": "22: checks[0].unused-role.days: expected a whole number from 1 to 1000, found 0",
    "{no-administrator: {days: 1}}": "21: checks[0].no-administrator.days: unknown key; expected one of severity, response",
    "{unused-role: {severity: hihg}}": '26: checks[0].unused-role.severity: expected low, medium, high or critical, found "hihg"; did you mean high?',
    "{unused-role: {severity: 3}}": "26: checks[0].unused-role.severity: expected low, medium, high or critical",
    "{unused-role: {response: stop}}": '26: checks[0].unused-role.response: expected observe, alert or quarantine, found "stop"',
    "{unused-role: }": "14: checks[0].unused-role: expected a mapping (key: value), found nothing",
    "{unused-role: , days: 60}": '1: checks[0]: one check an item: "days" stands beside unused-role; parameters stand below its name, indented further, or in braces: unused-role: {…}',
    "7": "1: checks[0]: expected a check's name, or its name with parameters, as in unused-role: {days: 60}",
    "{}": "1: checks[0]: expected a check's name, or its name with parameters, as in unused-role: {days: 60}",
    "{permissions-boundary: {paths: [web]}}": "33: checks[0].permissions-boundary.paths[0]: \"web\" is a role's name; expected a path such as /teams/*, or a role's ARN",
    "{permissions-boundary: {boundaries: []}}": "37: checks[0].permissions-boundary.boundaries: empty; expected at least one value",
    "{no-external-trust: {accounts: [444455556666]}}": '33: checks[0].no-external-trust.accounts[0]: 444455556666 is read as a number, expected text; quote it: "444455556666"',
}  # fmt: skip


@pytest.mark.parametrize(("item", "expected"), MISTAKES.items(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line_with_its_place(item: str, expected: str) -> None:
    column, _, message = expected.partition(": ")
    assert lines(f"{NONE}checks: [{item}]\n") == [f"{F}:3:{9 + int(column)}: {message}"]


def test_a_check_that_is_on_twice_with_the_same_parameters_is_a_mistake() -> None:
    text = "checks:\n  - unused-role: {days: 60}\n  - unused-role: {days: 60, severity: low}\n"
    assert lines(NONE + text) == [f"{F}:5:5: checks[1]: the check unused-role is on in line 4 already"]


def test_a_response_to_an_unknown_check_is_a_mistake() -> None:
    assert lines(NONE + "response: {checks: {no-admin: alert}}\n") == [
        f'{F}:3:21: response.checks.no-admin: "no-admin" is no check; did you mean no-administrator?'
    ]


# The reference


def row(check: Check) -> str:
    parameters = [f"`{name}`: {p.what} ({shown(p.default)})" for name, p in check.parameters.items()]
    return f"| `{check.name}` | {check.title} | {check.severity} | {'; '.join(parameters) or 'none'} |"


def shown(default: int | tuple[str, ...]) -> str:
    if isinstance(default, int):
        return str(default)
    return ", ".join(f"`{value}`" for value in default) or "none"


def test_the_table_in_the_reference_is_that_of_the_files() -> None:
    text = (Path(__file__).parents[3] / "docs/policy.md").read_text()
    section = text.split("\n## Checks\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [row(check) for check in CHECKS.values()]
