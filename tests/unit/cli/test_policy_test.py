"""``passrole policy test``: what a policy decides, against what its owners expect."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Ran, Run
from tests.unit.cli.test_check import GOOD, POLICY
from tests.unit.samples import ACCOUNT

File = Callable[..., Path]
REPOSITORY = Path(__file__).parents[3]
LAMBDA = "iam:PassedToService: lambda.amazonaws.com"
HEAD = f"""version: 1
defaults: {{{LAMBDA}}}
tests:
"""
CASE = f"""- name: case
  context: {{role:Arn: "{GOOD}", role:Tag/approved-for: lambda}}
  expect: allowed
"""
Tested = Callable[[str], Ran]


@pytest.fixture
def tested(run: Run, file: File) -> Tested:
    """Runs the tests given as YAML on the policy."""

    def tested(tests: str) -> Ran:
        file("guardrail.yaml", POLICY)
        file("guardrail.tests.yaml", tests)
        return run("policy", "test")

    return tested


def test_the_repositorys_own_policy_passes_its_tests(run: Run, tmp_path: Path) -> None:
    for name in ("guardrail.yaml", "guardrail.tests.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)

    ran = run("policy", "test")

    assert (ran.status, ran.err) == (0, "")
    assert int(ran.out.split()[1]) >= 30


@pytest.mark.parametrize(
    ("tag", "expectations"),
    [
        ("lambda", ("allowed", "approved")),
        ("ec2", ("implicit deny", "violation")),
        ("[]", ("implicit deny", "violation")),
        ("null", ("undetermined",)),
    ],
)
def test_expectations_that_are_met(tested: Tested, tag: str, expectations: tuple[str, ...]) -> None:
    cases = "".join(
        CASE.replace("case", word).replace("lambda", tag).replace("allowed", word) for word in expectations
    )

    ran = tested(HEAD + cases)

    number = len(expectations)
    assert (ran.status, ran.out) == (0, f"✓ {number} test{'s' if number > 1 else ''} passed\n")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("allowed", "explicit deny"), 'got allowed: by "application roles"'),
        (("allowed", "undetermined"), 'got approved: by "application roles"'),
        (
            (": lambda", ": ec2"),
            'got implicit deny: "application roles" needs role:Tag/approved-for StringEquals lambda '
            '(it is "ec2")',
        ),
        (
            (": lambda", ": null"),
            'got undetermined: "application roles" needs role:Tag/approved-for StringEquals lambda '
            "(unknown: the context says null)",
        ),
        (
            ("allowed", "allowed\n  by: others"),
            'expected allowed by "others", got allowed by "application roles"',
        ),
    ],
)
def test_what_fails_is_one_line_that_says_why(tested: Tested, change: tuple[str, str], why: str) -> None:
    ran = tested(HEAD + CASE.replace("case", "first") + CASE.replace(*change))

    assert ran.status == 1
    line, summary = ran.out.splitlines()
    assert line.startswith("✗ guardrail.tests.yaml:7: case: expected ")
    assert line.endswith(why)
    assert summary == "2 tests: 1 passed, 1 failed"


def test_what_a_roles_arn_tells_need_not_be_written(run: Run, file: File) -> None:
    file("guardrail.yaml", "version: 1\napproved:\n- {name: by name, roles: [good]}\n")
    tests = "".join(
        CASE.replace("case", f"number {n}").replace(f'"{GOOD}"', arn).replace("allowed", expected)
        for n, (arn, expected) in enumerate(
            [
                (f'"{GOOD}"', "allowed"),
                (f"arn:aws:iam::{ACCOUNT}:role/bad", "violation"),
                ("null", "undetermined"),
            ]
        )
    )
    file("t.yaml", HEAD + tests)

    assert run("policy", "test", "--tests", "t.yaml").out == "✓ 3 tests passed\n"


def test_documents_of_iams_can_be_tested(run: Run, file: File) -> None:
    file("p.json", {"Statement": {"Sid": "Never", "Effect": "Deny", "Action": "*", "Resource": "*"}})
    file("p.tests.yaml", HEAD + CASE.replace("allowed", "explicit deny\n  by: Never"))

    ran = run("policy", "test", "p.json")

    assert (ran.status, ran.out) == (0, "✓ 1 test passed\n")


@pytest.mark.parametrize(
    ("tests", "problem"),
    [
        ("version: 2\ntests:\n" + CASE, "1:10: version: expected version: 1"),
        ("version: 1\ntests: []\n", "2:8: tests: expected a list of tests"),
        ("[]", "1:1: expected a mapping with version and tests"),
        (HEAD + CASE + "foo: 1\n", "7:1: foo: unknown key; expected one of version, defaults, tests"),
        (HEAD.replace("defaults", "default") + CASE, "2:1: default: unknown key; did you mean defaults?"),
        (HEAD + "- 1\n", "4:3: tests[0]: expected a test"),
        (HEAD + CASE + CASE, '7:9: tests[1].name: "case" is given in line 4 already'),
        (HEAD + CASE.replace("case", "1"), '4:9: tests[0].name: expected text; quote it: "1"'),
        (HEAD + CASE + "  expects: x\n", "7:3: tests[0].expects: unknown key; did you mean expect?"),
        (HEAD + CASE.replace("  expect: allowed\n", ""), "4:3: tests[0]: no expect"),
        (HEAD + CASE.replace("allowed", "alowed"), "6:11: tests[0].expect: expected allowed, "),
        (HEAD + CASE + "  at: noon\n", "7:7: tests[0].at: expected a time"),
        (
            HEAD + CASE.replace("allowed", "implicit deny\n  by: x"),
            "7:7: tests[0].by: no statement decides what is implicit deny",
        ),
        (
            HEAD + CASE.replace("role:Tag/", "role:Tags/"),
            'tests[0].context["role:Tags/approved-for"]: unknown condition key',
        ),
        (
            HEAD.replace("PassedToService", "PasedToService") + CASE,
            '2:12: defaults["iam:PasedToService"]: unknown condition key; did you mean iam:PassedToService?',
        ),
        (
            HEAD.replace(LAMBDA, "aws:PrincipalAccount: 111122223333") + CASE,
            "111122223333 is read as a number, expected text; quote it",
        ),
        (
            HEAD + CASE.replace("role:Tag/", 'ROLE:ARN: "x", role:Tag/'),
            "given twice: names of condition keys are compared without case",
        ),
        (HEAD + CASE.replace(f'"{GOOD}"', "web"), '"web" is no role\'s ARN'),
        (HEAD + CASE.replace(": lambda", ": [a]"), "role:Tag/ has one value; [] stands for none"),
        (HEAD + CASE.replace(": lambda", ": {a: b}"), "expected one text"),
        (HEAD + CASE.replace(": lambda", ": "), "expected text; write null for what is unknown"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_tests_has_its_place(tested: Tested, tests: str, problem: str) -> None:
    ran = tested(tests)

    assert (ran.status, ran.out) == (2, "")
    [line] = ran.err.splitlines()
    assert line.startswith("guardrail.tests.yaml:")
    assert problem in line


@pytest.mark.parametrize(("key", "value"), [("role:AgeDays", "30"), ("aws:PrincipalIsAWSService", "true")])
def test_numbers_and_truth_values_of_their_keys_need_no_quotes(tested: Tested, key: str, value: str) -> None:
    assert tested(HEAD + CASE.replace("role:Tag", f"{key}: {value}, role:Tag")).status == 0


def test_tests_that_are_not_there_are_told(run: Run, file: File) -> None:
    file("guardrail.yaml", POLICY)

    ran = run("policy", "test")

    assert ran.status == 2
    assert ran.err == "guardrail.tests.yaml: cannot be read: No such file or directory\n"


def test_nothing_in_tests_steers_the_terminal(tested: Tested) -> None:
    ran = tested(HEAD + CASE.replace("case", '"\\e[31m[red]"').replace(": lambda", ': "\\u202e"'))

    assert ran.status == 1
    assert "\\x1b[31m[red]" in ran.out
    assert all(line.isprintable() for line in ran.out.split("\n"))
