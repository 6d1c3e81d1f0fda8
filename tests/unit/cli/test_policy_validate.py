"""``passrole policy validate``: what is wrong with a guardrail.yaml, before it is deployed."""

from collections.abc import Callable
from pathlib import Path

from tests.unit.cli.conftest import Run
from tests.unit.cli.test_check import POLICY

File = Callable[..., Path]
MAIL = "alerts: {email: security@example.com}\n"
OPERATORS = 'operators: ["arn:aws:iam::111122223333:role/security"]\n'


def test_a_valid_policy_is_said_to_be_so(run: Run, file: File) -> None:
    file("guardrail.yaml", POLICY, MAIL, OPERATORS)

    ran = run("policy", "validate")

    assert ran.status == 0
    assert ran.out.startswith("✓ guardrail.yaml is valid: 1 statement, no warnings\n")


def test_what_is_doubtful_is_told_and_is_no_error(run: Run, file: File) -> None:
    path = file("p.yaml", POLICY, OPERATORS)

    ran = run("policy", "validate", path)

    assert ran.status == 0
    assert f"! {path}" in ran.out
    assert "nobody is told" in ran.out
    assert "1 warning\n" in ran.out


def test_each_problem_is_one_line_with_its_place(run: Run, file: File) -> None:
    path = file("p.yaml", POLICY, "alert: {}\nregions: [Mars]\n")

    ran = run("policy", "validate", path)

    assert (ran.status, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first.startswith(f"{path}:10:")
    assert second.startswith(f"{path}:11:")


def test_a_policy_that_is_not_there_is_told(run: Run) -> None:
    ran = run("policy", "validate", "nowhere.yaml")

    assert (ran.status, ran.err) == (2, "nowhere.yaml: cannot be read: No such file or directory\n")


def test_a_files_name_is_no_markup(run: Run, file: File) -> None:
    file("[red]p.yaml", POLICY, MAIL)

    assert "[red]p.yaml is valid" in run("policy", "validate", "[red]p.yaml").out


def test_text_of_a_policy_does_not_steer_the_terminal(run: Run, file: File) -> None:
    path = file("p.yaml", 'version: 1\napproved: []\n"\\x1b[31m[red]": 1\n')

    ran = run("policy", "validate", path)

    assert ran.status == 2
    assert "\x1b" not in ran.err
