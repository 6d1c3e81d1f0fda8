"""IAM statements in guardrail.yaml: what they mean there, and each mistake in one line with its place."""

import pytest

from passrole.evidence import Known
from passrole.policy import Condition, Decision, Effect, Severity, Stage
from passrole.policy.load import parse_guardrail
from tests.unit.policy.builders import APPROVED, F, a_pass, a_role, allow, judge, problem_lines

FILE = "version: 1\napproved:\n  - {name: apps, roles: [/application_role/*]}\n"


def warnings_of(text: str) -> list[str]:
    told = parse_guardrail(text.encode()).warnings
    return [line for line in told if "nobody is told" not in line]


def test_a_statement_says_what_it_says_in_iam_and_how_urgent_it_is() -> None:
    policy = parse_guardrail(
        f"""{FILE}
statements:
  - Sid: never the payroll
    Effect: Deny
    Resource: "arn:aws:iam::*:role/payroll/*"
    Condition: {{StringNotEqualsIfExists: {{"aws:PrincipalTag/team": [payroll, "${{role:Tag/owner}}"]}}}}
    severity: critical
    response: quarantine
""".encode()
    ).compiled
    statement = policy.statements[-1]
    assert (statement.sid, statement.effect, statement.actions) == (
        "never the payroll",
        Effect.DENY,
        ("iam:PassRole",),
    )
    assert statement.conditions == (
        Condition("StringNotEqualsIfExists", "aws:PrincipalTag/team", ("payroll", "${role:Tag/owner}")),
    )
    assert (statement.severity, statement.response) == (Severity.CRITICAL, Stage.QUARANTINE)
    assert policy.keys >= {"aws:principaltag/team", "role:tag/owner"}


def test_a_whole_document_keeps_its_language() -> None:
    document = '{Statement: [{Effect: Allow, Action: "*", Resource: "arn:aws:iam::*:role/${aws:username}"}]}'
    [_, literal] = parse_guardrail(f"{FILE}statements: [{document}]".encode()).compiled.statements
    assert not literal.variables
    dated = document.replace("{Statement", "{Version: 2012-10-17, Statement")
    [_, variable] = parse_guardrail(f"{FILE}statements: [{dated}]".encode()).compiled.statements
    assert variable.variables
    assert (literal.sid, variable.sid) == ("statement 1", "statement 1")


def test_numbers_and_truth_values_need_no_quotes() -> None:
    text = (
        f"{FILE}statements:\n  - {{Effect: Deny, Resource: '*', Condition: "
        "{NumericGreaterThan: {'role:AgeDays': 90}, Bool: {'role:Administrator': true}}}\n"
    )
    [_, statement] = parse_guardrail(text.encode()).compiled.statements
    assert [condition.values for condition in statement.conditions] == [("90",), ("true",)]


STATEMENT = "Effect: Deny, Resource: '*'"
MISTAKES = {
    "no mapping": (
        "[deny]",
        ":4:14: {0}: expected an IAM statement or policy document (a mapping)",
    ),
    "no effect": ("[{Resource: '*'}]", ":4:14: {0}: expected Effect: Allow or Effect: Deny"),
    "effect": (
        "[{Effect: deny, Resource: '*'}]",
        ":4:23: {0}.Effect: expected Effect: Allow or Effect: Deny",
    ),
    "no resource": (
        "[{Effect: Deny}]",
        ":4:14: {0}: no Resource; expected Resource: or NotResource:",
    ),
    "both": (
        f"[{{{STATEMENT}, NotResource: '*'}}]",
        ":4:44: {0}.NotResource: a statement has Resource or NotResource, not both",
    ),
    "look-alike": (
        '[{Effect: Deny, Resource: "arn:aws:iam::*:role/\\u0430dmin"}]',
        ':4:39: {0}.Resource: "arn:aws:iam::*:role/\u0430dmin": ARNs are ASCII; a look-alike letter is '
        "no match",
    ),
    "no ARN": (
        "[{Effect: Deny, Resource: /a/*}]",
        ':4:39: {0}.Resource: "/a/*" is no ARN; expected arn:aws:iam::…:role/… or *',
    ),
    "element": (
        f"[{{{STATEMENT}, Conditions: {{}}}}]",
        ":4:44: {0}.Conditions: unknown element; did you mean Condition?",
    ),
    "principal": (
        f"[{{{STATEMENT}, Principal: '*'}}]",
        ":4:44: {0}.Principal: unknown element; only resource policies have it; write a condition on "
        "aws:PrincipalArn",
    ),
    "operator": (
        f"[{{{STATEMENT}, Condition: {{StringIs: {{'role:Name': x}}}}}}]",
        ":4:56: {0}.Condition.StringIs: unknown condition operator; did you mean StringEquals?",
    ),
    "key": (
        f"[{{{STATEMENT}, Condition: {{StringLike: {{'role:Nmae': x}}}}}}]",
        ':4:69: {0}.Condition.StringLike["role:Nmae"]: unknown condition key; did you mean role:Name?',
    ),
    "a tag's key is missing": (
        f"[{{{STATEMENT}, Condition: {{StringLike: {{'role:Tag/': x}}}}}}]",
        ':4:69: {0}.Condition.StringLike["role:Tag/"]: unknown condition key; did you mean role:Tag/…?',
    ),
    "value": (
        f"[{{{STATEMENT}, Condition: {{NumericEquals: {{'role:AgeDays': old}}}}}}]",
        ':4:88: {0}.Condition.NumericEquals["role:AgeDays"]: "old" is no value that NumericEquals '
        "compares; it would never match",
    ),
    "variable": (
        f"[{{{STATEMENT}, Condition: {{StringLike: {{'role:Name': '${{aws:usrname}}'}}}}}}]",
        ':4:82: {0}.Condition.StringLike["role:Name"]: the variable ${aws:usrname}: unknown condition '
        "key; did you mean aws:username?",
    ),
    "a variable in a resource": (
        "[{Effect: Deny, Resource: 'arn:aws:iam::*:role/${aws:usrname}'}]",
        ":4:39: {0}.Resource: the variable ${aws:usrname}: unknown condition key; did you mean aws:username?",
    ),
    "a variable with several values in a resource": (
        "[{Effect: Deny, NotResource: 'arn:aws:iam::*:role/${aws:CalledVia}'}]",
        ":4:42: {0}.NotResource: the variable ${aws:calledvia}: a key with several values is no variable",
    ),
    "a variable without its end": (
        "[{Effect: Deny, Resource: 'arn:aws:iam::*:role/${aws:username'}]",
        ':4:39: {0}.Resource: "arn:aws:iam::*:role/${aws:username": ${ begins a policy variable, which ends '
        "in }: for the signs themselves write ${$}{",
    ),
    "a variable within one": (
        f"[{{{STATEMENT}, Condition: {{StringLike: {{'role:Name': '${{role:Tag/${{aws:username}}}}'}}}}}}]",
        ':4:82: {0}.Condition.StringLike["role:Name"]: "${role:Tag/${aws:username}}": ${ begins a policy '
        "variable, which ends in }: for the signs themselves write ${$}{",
    ),
    "no ARN to compare with": (
        f"[{{{STATEMENT}, Condition: {{ArnLike: {{'aws:PrincipalArn': dev*}}}}}}]",
        ':4:86: {0}.Condition.ArnLike["aws:PrincipalArn"]: "dev*" is no value that ArnLike compares; it '
        "would never match",
    ),
    "severity": (
        f"[{{{STATEMENT}, severity: urgent}}]",
        ":4:54: {0}.severity: expected low, medium, high or critical",
    ),
    "version": (
        f"[{{Version: 2012-10-18, Statement: {{{STATEMENT}, Action: '*'}}}}]",
        ':4:24: {0}.Version: expected "2012-10-17", IAM\'s present language',
    ),
    "name": (
        f"[{{Sid: apps, {STATEMENT}}}]",
        ':4:20: {0}.Sid: "apps" is given in line 3 already; verdicts cite entries and statements by name',
    ),
}


@pytest.mark.parametrize(("statements", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line_with_its_place(statements: str, expected: str) -> None:
    assert problem_lines(f"{FILE}statements: {statements}\n") == [
        F + expected.replace("{0}", "statements[0]")
    ]


DOUBTS = {
    "IAM's tag key": (
        f"[{{Sid: s, {STATEMENT}, Condition: {{StringEquals: {{'iam:ResourceTag/team': x}}}}}}]",
        "IAM does not decide iam:PassRole by iam:ResourceTag/team: write role:Tag/team",
    ),
    "no set operator": (
        f"[{{Sid: s, {STATEMENT}, Condition: {{StringEquals: {{'role:TrustedServices': x}}}}}}]",
        "role:TrustedServices has several values: without ForAnyValue: or ForAllValues: it never matches",
    ),
    "no role": (
        "[{Sid: s, Effect: Allow, Resource: 'arn:aws:s3:::bucket/*'}]",
        '"s" never matches: it is about no role, or no pass',
    ),
    "no pass": (
        "[{Sid: s, Effect: Allow, Action: 'iam:CreateRole', Resource: '*'}]",
        '"s" never matches: it is about no role, or no pass',
    ),
    "shadowed": (
        "[{Sid: s, Effect: Allow, Resource: 'arn:*:iam::*:role/application_role/web/*'}]",
        '"s" says nothing more than "apps" does',
    ),
    "denied": (
        "[{Sid: s, Effect: Deny, Resource: 'arn:*:iam::*:role/app*'}]",
        '"apps" approves nothing: "s" denies it all',
    ),
}


@pytest.mark.parametrize(("statements", "expected"), DOUBTS.values(), ids=DOUBTS)
def test_what_is_doubtful_is_a_warning_with_its_place(statements: str, expected: str) -> None:
    [warning] = warnings_of(f"{FILE}statements: {statements}\n")
    assert warning.endswith(expected)
    assert warning.startswith("guardrail.yaml:")


@pytest.mark.parametrize(
    "statements",
    [
        "[{Effect: Allow, Action: 'iam:CreateRole', NotResource: 'arn:aws:iam::*:role/*'}]",
        "[{Effect: Deny, Resource: '*', Condition: {StringEquals: {'role:Name': x}}}]",
        "[{Effect: Allow, Resource: 'arn:*:iam::*:role/application_role?/*'}]",
        "[{Effect: Allow, Resource: 'arn:aws:iam::*:role/${aws:PrincipalTag/AllowedRolePath}'}]",
        "[{Effect: Allow, Action: 'lambda:*', Resource: 'arn:aws:iam::*:role/x'}]",
        "[{Effect: Deny, Resource: 'arn:aws:iam::*'}]",
        "[{Effect: Deny, Resource: '*', Condition: {StringEquals: {'role:Name': '${$}{aws:username}'}}}]",
        "[{Effect: Deny, Resource: '*', Condition: {ArnLike: {'aws:PrincipalArn': '*:user/x'}}}]",
    ],
)
def test_what_may_well_be_meant_is_no_warning(statements: str) -> None:
    told = [line for line in warnings_of(f"{FILE}statements: {statements}\n") if "never matches" not in line]
    assert told == []


def test_parts_that_a_resource_leaves_out_are_any() -> None:
    assert warnings_of(f"{FILE}statements: [{{Effect: Deny, Resource: 'arn:*:iam'}}]\n") == [
        'guardrail.yaml:3:5: approved[0]: "apps" approves nothing: "statement 1" denies it all'
    ]


def test_an_entry_asks_for_all_that_it_names() -> None:
    entry = (
        "{name: a, roles: [/x/*], passers: 'arn:aws:iam::*:role/ci', passer_tags: {team: '${role:Tag/team}'},"
        " resources: ['arn:aws:lambda:*:*:function:web-*'], accounts: ['111122223333'], regions: [eu-west-1]}"
    )
    [statement] = parse_guardrail(f"version: 1\napproved: [{entry}]".encode()).compiled.statements
    assert statement == allow(
        "a",
        Condition("StringEquals", "aws:PrincipalTag/team", ("${role:Tag/team}",)),
        Condition("ArnLike", "iam:AssociatedResourceArn", ("arn:aws:lambda:*:*:function:web-*",)),
        Condition("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/ci",)),
        Condition("StringEquals", "aws:ResourceAccount", ("111122223333",)),
        Condition("StringEquals", "aws:RequestedRegion", ("eu-west-1",)),
        resources=("arn:*:iam::*:role/x/*",),
    )


def test_a_path_may_hold_a_variable() -> None:
    text = "version: 1\napproved: [{name: a, roles: ['/${role:Tag/team}/*']}]"
    policy = parse_guardrail(text.encode()).compiled
    assert judge(policy, a_pass(), a_role(tags={"team": "application_role"})).decision is Decision.APPROVED
    assert judge(policy, a_pass(), a_role(tags={"team": "*"})).decision is Decision.VIOLATION
    assert judge(policy, a_pass(), a_role(tags={})).decision is Decision.VIOLATION
    assert isinstance(a_role().arn, Known)
    assert a_role().arn == Known(APPROVED)
