"""``passrole policy import``: IAM's documents as statements that ``policy validate`` takes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

File = Callable[..., Path]
DEV = "arn:aws:iam::111122223333:role/dev"
DENY = {"Sid": "NoAdmins", "Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/admin/*"}
FULL = {"Sid": "Full", "Effect": "Allow", "Action": "*", "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [DENY, FULL]}
HEAD = "version: 1\napproved: []\n"


def test_an_scp_gives_statements_that_are_valid(run: Run, file: File) -> None:
    ran = run("policy", "import", "--scp", file("scp.json", DOCUMENT))

    assert (ran.status, ran.err) == (
        0,
        '"Full": left out: an Allow of a service control policy approves nothing\n',
    )
    assert run("policy", "validate", file("p.yaml", HEAD, ran.out)).out.startswith("! ")
    assert run("policy", "validate", file("p.yaml", HEAD, ran.out)).status == 0
    assert '  - Sid: "NoAdmins"\n' in ran.out


def test_an_identity_policy_is_for_its_passers(run: Run, file: File) -> None:
    anna = "arn:aws:iam::111122223333:user/anna"

    ran = run("policy", "import", "--identity", file("p.json", DOCUMENT), "--passers", DEV, anna)

    assert ran.status == 0
    assert ran.out.count(f'"{DEV}"') == ran.out.count(f'"{anna}"') == 2
    assert run("policy", "validate", file("p.yaml", HEAD, ran.out)).status == 0


def test_a_document_may_come_by_the_standard_input(run: Run) -> None:
    ran = run("policy", "import", "--scp", "-", stdin=json.dumps(DOCUMENT))

    assert ran.out.startswith("statements:\n")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "give either --scp FILE or --identity FILE"),
        (["--scp", "a", "--identity", "b"], "give either --scp FILE or --identity FILE"),
        (["--scp", "a", "--passers", DEV], "--passers goes with --identity"),
        (["--scp", "a", "b"], "--passers goes with --identity"),
        (["--identity", "a"], "--identity needs --passers ARN"),
    ],
)
def test_a_wrong_use_is_one_line(run: Run, options: list[str], line: str) -> None:
    ran = run("policy", "import", *options)

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert line in ran.err


def test_a_session_is_no_passer(run: Run, file: File) -> None:
    session = "arn:aws:sts::111122223333:assumed-role/dev/anna"

    ran = run("policy", "import", "--identity", file("p.json", DOCUMENT), "--passers", session)

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f'--passers: "{session}" is a session; give the ARN of its role\n'


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("{", ":1:2: not valid JSON"),
        ("[]", ": no policy document"),
        ('{"Statement": [{}]}', ": Statement[0]: expected Effect"),
    ],
)
def test_what_is_no_document_is_told_with_its_file(run: Run, file: File, content: str, line: str) -> None:
    path = file("x.json", content)

    ran = run("policy", "import", "--scp", path)

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"{path}{line}")


def test_a_file_that_is_not_there_is_told(run: Run) -> None:
    ran = run("policy", "import", "--scp", "nowhere.json")

    assert (ran.status, ran.err) == (2, "nowhere.json: cannot be read: No such file or directory\n")
