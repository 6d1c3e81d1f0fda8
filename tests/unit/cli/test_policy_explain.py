"""``passrole policy explain``: the decision on contexts and passes, and each statement's part in it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from passrole.policy.load import parse_guardrail
from tests.unit.cli.conftest import Run
from tests.unit.cli.test_check import BARE, GOOD, POLICY, events, role
from tests.unit.samples import ACCOUNT

File = Callable[..., Path]

CONTEXT = {"role:Arn": GOOD, "role:Tag/approved-for": "lambda", "iam:PassedToService": "lambda.amazonaws.com"}
TEAM = {"StringEquals": {"role:Tag/team": "web"}}
DENY = {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": TEAM}
IAM = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "NotWeb", **DENY},
    ],
}


@pytest.fixture
def policy(file: File) -> Path:
    return file("policy.yaml", POLICY)


@pytest.fixture
def iam(file: File) -> Path:
    return file("iam.json", IAM)


@pytest.mark.parametrize(
    ("change", "decision"),
    [
        ({}, "allowed"),
        ({"role:Tag/approved-for": "ec2"}, "implicit deny"),
        ({"role:Tag/approved-for": None}, "undetermined"),
        ({"role:Tag/approved-for": []}, "implicit deny"),
        ({"ROLE:ARN": None}, "bad"),
    ],
)
def test_the_decision_of_a_guardrail(
    run: Run, file: File, policy: Path, change: dict[str, Any], decision: str
) -> None:
    ran = run(
        "policy", "explain", "--policy", policy, "--context", file("c.json", CONTEXT | change), "--json"
    )

    if decision == "bad":
        assert ran.status == 2
        return
    assert ran.status == 0
    [row] = ran.rows
    assert list(row) == ["decision", "statements", "policy"]
    assert row["decision"] == decision
    assert row["policy"] == parse_guardrail(POLICY.encode()).compiled.hash


@pytest.mark.parametrize(
    ("tag", "decision"), [("web", "explicit deny"), ("db", "allowed"), (None, "undetermined")]
)
def test_the_decision_of_a_document_of_iams(run: Run, file: File, iam: Path, tag: Any, decision: str) -> None:
    context = file("c.json", {"role:Arn": GOOD, "role:Tag/team": tag})

    [row] = run("policy", "explain", "--policy", iam, "--context", context, "--json").rows

    assert row["decision"] == decision
    assert row["policy"] is None
    assert [(s["sid"], s["effect"]) for s in row["statements"]] == [("All", "Allow"), ("NotWeb", "Deny")]
    assert row["statements"][1]["conditions"][-1] == {
        "key": "role:Tag/team",
        "operator": "StringEquals",
        "needed": ["web"],
        "seen": tag,
        "result": {"web": "true", "db": "false", None: "unknown"}[tag],
        "unknown_because": None if tag else "the context says null",
    }


def test_documents_of_iams_can_be_yaml(run: Run, file: File) -> None:
    policy = file("p.yaml", "Version: 2012-10-17\nStatement: {Effect: Allow, Action: '*', Resource: '*'}\n")

    [row] = run("policy", "explain", "--policy", policy, "--context", file("c", {}), "--json").rows

    assert row["decision"] == "allowed"


def test_contexts_come_in_lines_or_over_several(run: Run, iam: Path) -> None:
    lines = "".join(json.dumps({"role:Tag/team": tag}) + "\n" for tag in ("web", "db"))
    block = json.dumps({"role:Tag/team": "web"}, indent=2)

    ran = run("policy", "explain", "--policy", iam, "--context", "-", "--json", stdin=f"\n{lines}\n{block}\n")

    assert [row["decision"] for row in ran.rows] == ["explicit deny", "allowed", "explicit deny"]


def test_numbers_and_truth_values_count_as_they_are_written(run: Run, iam: Path, file: File) -> None:
    policy = file(
        "p.json",
        {
            "Statement": {
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringEquals": {"a": "1.50", "b": "true", "c": "123456789012345678901"}},
            }
        },
    )
    context = file("c.json", '{"a": 1.50, "b": true, "c": 123456789012345678901}')

    [row] = run("policy", "explain", "--policy", policy, "--context", context, "--json").rows

    assert row["decision"] == "allowed"


@pytest.mark.parametrize(
    ("bad", "line", "problem"),
    [
        ('{"a": {}}', 2, "a: expected text"),
        ('{"a": [[]]}', 2, "a: expected text"),
        ('{"a": 1, "a": 2}', 2, "a is given twice"),
        ('{"a": 1, "A": 2}', 2, "A is given twice"),
        ("[]", 2, "expected an object of condition keys, found a list"),
        ('{"a": NaN}', 2, "NaN is no JSON"),
        ('{"a" 1}', 2, "not JSON: "),
        ('{"a":\n1,\n\n', 2, "not JSON: what begins here does not end"),
        ('{"a":\n1, b}', 3, "not JSON: "),
        ('{"a":' * 9000, 2, ""),
        ('{"a\\u001b[31m": {}}', 2, r"a\x1b[31m: expected text"),
    ],
)
def test_what_is_no_context_is_one_line_with_its_place(
    run: Run, file: File, iam: Path, bad: str, line: int, problem: str
) -> None:
    path = file("c.jsonl", '{"role:Tag/team": "web"}\n', bad)

    ran = run("policy", "explain", "--policy", iam, "--context", path, "--json")

    assert ran.status == 2
    assert len(ran.rows) == 1
    [error] = ran.err.splitlines()
    assert error.startswith(f"{path}:{line}: {problem}")


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_no_context_at_all_is_told(run: Run, file: File, iam: Path, content: str) -> None:
    path = file("c.jsonl", content)

    ran = run("policy", "explain", "--policy", iam, "--context", path)

    assert (ran.status, ran.err) == (2, f"{path}: empty; expected a JSON object of condition keys\n")


def test_what_is_no_text_is_told(run: Run, tmp_path: Path, iam: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b'{}\n{"a": "\xff"}')

    ran = run("policy", "explain", "--policy", iam, "--context", path, "--json")

    assert (ran.status, ran.err) == (2, f"{path}:2: not UTF-8 text\n")


def test_a_policy_that_is_wrong_is_told_with_every_problem(run: Run, file: File) -> None:
    statement = {"Effect": "Permit", "Action": "*", "Resource": "*"}
    path = file("p.json", json.dumps({"Statement": [statement, DENY | {"Foo": 1}]}, indent=1))

    ran = run("policy", "explain", "--policy", path, "--context", file("c", {}), "--json")

    assert (ran.status, ran.out) == (2, "")
    assert [line.partition(": ")[0] for line in ran.err.splitlines()] == [f"{path}:4:14", f"{path}:17:4"]


@pytest.mark.parametrize("args", [("--context", "c", "--events", "e"), ("--context", "c", "--iam", "i")])
def test_options_that_exclude_each_other(run: Run, iam: Path, args: tuple[str, ...]) -> None:
    ran = run("policy", "explain", "--policy", iam, *args)

    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1


def test_people_see_a_tree(run: Run, file: File, policy: Path) -> None:
    context = file("c.json", CONTEXT | {"role:Tag/approved-for": None})

    ran = run("policy", "explain", "--policy", policy, "--context", context)

    assert ran.status == 0
    assert ran.out.splitlines() == [
        f"undetermined  {context}:1",
        "└── ? Allow  application roles",
        f"    ├── ✓ role:Arn ArnLike arn:*:iam::*:role/application_role/*  ← {GOOD}",
        "    ├── ? role:Tag/approved-for StringEquals lambda  ← unknown: the context says null",
        "    └── ✓ iam:PassedToService StringEquals lambda.amazonaws.com  ← lambda.amazonaws.com",
    ]


def test_of_many_statements_those_for_other_roles_are_folded(run: Run, file: File) -> None:
    others = [
        {"Effect": "Allow", "Action": "*", "Resource": f"arn:aws:iam::{ACCOUNT}:role/{n}"} for n in range(10)
    ]
    policy = file("p.json", {"Statement": [*others, DENY]})

    ran = run("policy", "explain", "--policy", policy, "--context", file("c.json", {"role:Arn": GOOD}))

    assert ran.out.splitlines()[1:] == [
        "├── ✗ Deny  statement 11",
        f"│   ├── ✓ role:Arn ArnLike *  ← {GOOD}",
        "│   └── ✗ role:Tag/team StringEquals web  ← absent",
        "└── 10 statements are for other roles",
    ]


def test_nothing_in_policies_and_contexts_steers_the_terminal(run: Run, file: File) -> None:
    evil = "\x1b[31m[red]\n\u202e"
    condition = {"StringEquals": {f"k{evil}": [evil, "x"]}}
    statement = {"Sid": evil, "Effect": "Allow", "Action": evil, "Resource": evil, "Condition": condition}
    policy = file("p.json", {"Statement": statement})
    context = file("c.json", {"role:Arn": evil, f"k{evil}": [evil]})

    for ran in (
        run("policy", "explain", "--policy", policy, "--context", context),
        run("policy", "explain", "--policy", policy),
    ):
        assert ran.status == 0
        assert "[red]" in ran.out
        assert all(line.isprintable() for line in ran.out.split("\n"))


def test_without_a_context_the_statements_are_shown(run: Run, policy: Path) -> None:
    expected = {
        "Sid": "application roles",
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "arn:*:iam::*:role/application_role/*",
        "Condition": {
            "StringEquals": {"role:Tag/approved-for": "lambda", "iam:PassedToService": "lambda.amazonaws.com"}
        },
    }

    assert json.loads(run("policy", "explain", "--policy", policy).out) == expected
    assert run("policy", "explain", "--policy", policy, "--json").rows[0]["statements"] == [expected]


@pytest.mark.parametrize(("arn", "verdict"), [(GOOD, "approved"), (BARE, "violation")])
def test_passes_are_explained(run: Run, file: File, policy: Path, arn: str, verdict: str) -> None:
    snapshot = file("iam.json", {"RoleDetailList": [role(GOOD, approved_for="lambda"), role(BARE)]})
    args = ("policy", "explain", "--policy", policy, "--events", events(file, arn), "--iam", snapshot)

    [row] = run(*args, "--json").rows

    assert row["event_id"] == "event-0"
    assert row["verdict"] == verdict
    assert [part["key"] for part in row["statements"][0]["conditions"]] == [
        "role:Arn",
        "role:Tag/approved-for",
        "iam:PassedToService",
    ]
    out = run(*args).out
    assert f"\n{verdict}" in out
    assert "role:Tag/approved-for StringEquals lambda" in out


def test_a_document_of_iams_judges_passes_too(run: Run, file: File, iam: Path) -> None:
    [row] = run("policy", "explain", "--policy", iam, "--events", events(file, GOOD), "--json").rows

    assert (row["verdict"], row["policy"]) == ("undetermined", None)
