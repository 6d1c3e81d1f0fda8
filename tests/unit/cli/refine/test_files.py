"""A snapshot and a report in files, in place of AWS."""

from typing import Any

import pytest

from tests.unit.cli.conftest import Run
from tests.unit.cli.refine.role import DETAILS, IAM, KMS, LOGS_USED, MANAGED, SQS, File, in_json
from tests.unit.refine.recorded import IN_PROGRESS, ROLE, RecordedAws, report_answer


def test_files_give_the_same_policy_without_aws(run: Run, aws: RecordedAws, file: File) -> None:
    of_aws = in_json(run("refine", "orders", "--json"))
    aws.requests.clear()
    snapshot = file("snapshot.json", DETAILS)
    pages = (
        file("one.json", report_answer(KMS, SQS, marker="m")),
        file("two.json", report_answer(IAM, LOGS_USED)),
    )

    ran = run(
        "refine", ROLE, "--iam", snapshot, *(x for page in pages for x in ("--last-accessed", page)), "--json"
    )

    told = in_json(ran)
    assert ran.status == 0
    assert not aws.requests
    assert {name: told[name] for name in ("policy", "actions", "counts", "statements")} == {
        name: of_aws[name] for name in ("policy", "actions", "counts", "statements")
    }
    assert told["access_analyzer"]["unread"] == "it was not asked: all comes from files"


def test_a_snapshot_and_the_report_of_aws(run: Run, aws: RecordedAws, file: File) -> None:
    ran = run("refine", "orders", "--iam", file("snapshot.json", DETAILS))
    assert ran.status == 0
    asked = {operation for operation, _ in aws.requests}
    assert asked == {"GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails", "ListAnalyzers"}


def test_the_role_of_aws_and_a_report_in_a_file(run: Run, aws: RecordedAws, file: File) -> None:
    ran = run("refine", "orders", "--last-accessed", file("one.json", report_answer(KMS, LOGS_USED)))
    assert ran.status == 0
    assert not aws.asked("GenerateServiceLastAccessedDetails")


EXPECTED = "expected the output of: aws iam get-service-last-accessed-details"


@pytest.mark.parametrize(
    ("report_file", "message"),
    [
        (
            "{",
            "f.json: not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))",
        ),
        (IN_PROGRESS, f"f.json: the report is IN_PROGRESS, expected COMPLETED; {EXPECTED}"),
        ([], "f.json: it is no answer of GetServiceLastAccessedDetails "),
        (report_answer(KMS, marker="m"), "f.json: pages of the report are missing"),
    ],
)
def test_a_file_that_is_no_report_is_told(
    run: Run, aws: RecordedAws, file: File, report_file: Any, message: str
) -> None:
    file("f.json", report_file)
    ran = run("refine", "orders", "--iam", file("snapshot.json", DETAILS), "--last-accessed", "f.json")
    assert ran.status == 2
    assert ran.err.startswith(message)


@pytest.mark.parametrize(
    ("role", "change", "message"),
    [
        ("payments", {}, "the role payments could not be read: the role is not in the snapshot"),
        (
            "orders",
            {"Policies": []},
            f"the policy {MANAGED} could not be read: the policy {MANAGED} is not in",
        ),
        ("orders", {"RoleDetailList": None}, "RoleDetailList is null, expected a list"),
    ],
)
def test_a_snapshot_that_lacks_something_is_told(
    run: Run, file: File, role: str, change: dict[str, Any], message: str
) -> None:
    snapshot = file("snapshot.json", DETAILS | change)
    ran = run("refine", role, "--iam", snapshot, "--last-accessed", file("f.json", report_answer(KMS)))
    assert ran.status == 2
    assert ran.err.startswith(f"{snapshot}: {message}")
