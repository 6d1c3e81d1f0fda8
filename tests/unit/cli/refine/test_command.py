"""``passrole refine ROLE``: who may take the role, what it used, and the policy of that."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run
from tests.unit.cli.refine.role import DETAILS, LOGS, MANAGED, OF_LAMBDA, OPEN, SQS, WORK, File, in_json
from tests.unit.refine.recorded import (
    JOB,
    ROLE,
    RecordedAws,
    Refusal,
    report_answer,
    role_answers,
    service_answer,
)
from tests.unit.samples import ACCOUNT, REGION


def test_the_policy_of_what_is_used(run: Run, aws: RecordedAws) -> None:
    ran = run("refine", "orders", "--json")

    told = in_json(ran)
    work, logs = told["policy"]["Statement"]
    assert ran.status == 0
    assert {"kms:List*", "kms:Encrypt"} <= set(work["Action"])
    assert not {"kms:CreateKey", "kms:*", "sqs:SendMessage"} & set(work["Action"])
    assert work["Action"][-1] == "iam:PassRole"
    assert logs == LOGS["Statement"]
    assert told["actions"]["used"] == ["kms:ListKeys"]
    assert {"kms:CreateKey", "sqs:SendMessage"} <= set(told["actions"]["dropped"])
    assert {"action": "iam:PassRole", "why": "no call of an AWS API, and so not tracked"} in told["actions"][
        "not_tracked"
    ]
    assert [(each["policy"], each["result"]) for each in told["statements"]] == [
        ("work", "narrowed"),
        (MANAGED, "kept"),
    ]
    assert told["counts"]["used"] == 1
    assert told["job"] == JOB
    assert aws.asked("GenerateServiceLastAccessedDetails")[0]["Arn"] == ROLE
    assert aws.asked("GenerateServiceLastAccessedDetails")[0]["Granularity"] == "ACTION_LEVEL"


def test_nothing_but_the_report_is_begun_in_aws(run: Run, aws: RecordedAws) -> None:
    run("refine", ROLE)
    reads = ("Get", "List", "GenerateServiceLastAccessedDetails")
    assert all(operation.startswith(reads) for operation, _ in aws.requests)


def test_people_read_it(run: Run, aws: RecordedAws) -> None:
    ran = run("refine", "orders", "--days", 30)

    for text in (
        f"{ROLE}\n",
        "last used 2026-11-20",
        "✓ service lambda.amazonaws.com",
        f"no analyzer of external access is in {REGION}",
        "What it used of its rights in 30 days",
        "✓ kms  last used 2026-11-20",
        "unused    sqs, iam",
        "iam: PassRole: no call of an AWS API, and so not tracked",
        "↓ narrowed  work, statement 1 Work",
        "actions kept: 1 used,",
    ):
        assert text in ran.out
    assert ran.err == ""


def test_the_policy_goes_to_a_file(run: Run, aws: RecordedAws, tmp_path: Path) -> None:
    ran = run("refine", "orders", "--out", "refined.json")
    told = in_json(run("refine", "orders", "--json"))

    assert "the policy is in refined.json" in ran.out
    assert '"Version"' not in ran.out
    assert json.loads((tmp_path / "refined.json").read_text()) == told["policy"]


def test_a_file_that_cannot_be_written_is_told(run: Run, aws: RecordedAws) -> None:
    ran = run("refine", "orders", "--out", "no/such/folder.json")
    assert (ran.status, ran.err) == (2, "no/such/folder.json: No such file or directory\n")


def test_a_role_that_too_many_may_take(run: Run, aws: RecordedAws) -> None:
    aws.answers |= role_answers(OPEN, {"work": WORK})

    ran = run("refine", "orders")

    assert ran.status == 1
    assert "✗ account arn:aws:iam::444455556666:root" in ran.out
    assert "neither sts:ExternalId nor aws:PrincipalOrgID is asked for" in ran.out
    assert in_json(run("refine", "orders", "--json"))["external_access"] == [
        {
            "kind": "account",
            "principal": "arn:aws:iam::444455556666:root",
            "account": "444455556666",
            "conditions": [],
            "problem": "neither sts:ExternalId nor aws:PrincipalOrgID is asked for: "
            "whoever it works for can have it take this role for them",
        }
    ]


@pytest.mark.parametrize("operation", ["GetRole", "GetPolicyVersion", "GenerateServiceLastAccessedDetails"])
def test_what_the_policy_cannot_do_without_is_fatal(run: Run, aws: RecordedAws, operation: str) -> None:
    aws.answers[operation] = [Refusal("AccessDenied", "you may not", 403)]
    ran = run("refine", "orders")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{operation} failed: AccessDenied: you may not\n"


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"CreateDate": "2026-11-10T12:00:00Z"}, "the role is 12 days old"),
        ({"CreateDate": "2025-01-01T00:00:00Z"}, "wildcards became actions of April 2026"),
    ],
)
def test_what_is_to_be_known_before(run: Run, aws: RecordedAws, fields: dict[str, str], note: str) -> None:
    aws.answers["GetRole"][0]["Role"] |= fields
    assert f"! {note}" in run("refine", "orders").out


def test_a_role_that_aws_manages(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetRole"][0]["Role"]["Arn"] = ROLE.replace("/app/", "/aws-service-role/ecs.amazonaws.com/")
    aws.answers["GetServiceLastAccessedDetails"] = [report_answer(SQS)]
    assert "! AWS manages this role: its policies cannot be changed in IAM" in run("refine", "orders").out


def test_a_role_that_was_never_used(run: Run, aws: RecordedAws, file: File) -> None:
    del aws.answers["GetRole"][0]["Role"]["RoleLastUsed"]
    assert "last used never, as far as IAM remembers" in run("refine", "orders").out
    # A snapshot without it says nothing.
    assert "last used not told" in run("refine", "orders", "--iam", file("snapshot.json", DETAILS)).out


def test_a_role_without_rights_that_it_uses_needs_no_policy(run: Run, aws: RecordedAws) -> None:
    aws.answers |= role_answers(OF_LAMBDA, {"work": LOGS})
    aws.answers["GetServiceLastAccessedDetails"] = [report_answer(service_answer("logs"))]
    ran = run("refine", "orders", "--out", "none.json")
    assert "nothing is left: the role needs no policy" in ran.out
    assert not Path("none.json").exists()


def test_hostile_names_are_only_shown(run: Run, aws: RecordedAws) -> None:
    aws.answers |= role_answers(
        {"Statement": {"Effect": "Allow", "Principal": {"AWS": "\x1b[2J"}, "Action": "sts:AssumeRole"}},
        {"work": {"Statement": {"Effect": "Allow", "Action": "\x1b:\u202e", "Resource": "*"}}},
    )
    out = run("refine", "orders").out
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("app/orders",), "'app/orders' is no role; expected its name, without a path, or its ARN"),
        ((f"{ROLE}x/y", "--days", "30"), "GetRole failed"),
        (("orders", "--days", "401"), "401 is not in the range 1<=x<=400"),
        (("orders", "--job", "j", "--last-accessed", "f"), "--job and --last-accessed each name a report"),
    ],
)
def test_usage_that_makes_no_sense_is_refused(
    run: Run, aws: RecordedAws, arguments: tuple[str, ...], message: str
) -> None:
    aws.answers["GetRole"] = [Refusal("NoSuchEntity", "no such role", 404)]
    ran = run("refine", *arguments)
    assert ran.status == 2
    assert message in ran.err


def test_a_role_of_that_name_with_another_arn_is_another_role(run: Run, aws: RecordedAws) -> None:
    given = f"arn:aws:iam::{ACCOUNT}:role/orders"
    ran = run("refine", given)
    assert (ran.status, ran.err) == (2, f"the role of that name is {ROLE}, expected {given}\n")
