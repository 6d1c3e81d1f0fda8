"""IAM's report of what the role used: begun, awaited, gone on with, and refused."""

from typing import Any

import pytest

from tests.unit.cli.conftest import Run
from tests.unit.cli.refine.role import IAM, KMS, LOGS_USED, SQS, in_json
from tests.unit.refine.recorded import IN_PROGRESS, JOB, ROLE, THROTTLED, RecordedAws, Refusal, report_answer


def test_a_report_comes_in_pages(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [
        report_answer(KMS, marker="next"),
        report_answer(SQS, IAM, LOGS_USED),
    ]
    told = in_json(run("refine", "orders", "--json"))

    services = [service["service"] for service in told["last_accessed"]["services"]]
    assert services == ["kms", "sqs", "iam", "logs"]
    assert aws.asked("GetServiceLastAccessedDetails")[1]["Marker"] == "next"


def test_a_report_in_progress_is_awaited(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [IN_PROGRESS, IN_PROGRESS, report_answer(KMS, LOGS_USED)]
    assert run("refine", "orders").status == 0
    assert len(aws.asked("GetServiceLastAccessedDetails")) == 3


def test_a_report_that_stays_unfinished_is_told_with_what_is_known(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [IN_PROGRESS]

    ran = run("refine", "orders", "--wait", 0)

    assert ran.status == 3
    assert "✓ service lambda.amazonaws.com" in ran.out
    assert ran.err == (
        "IAM's report is not finished after 0 seconds; go on with the same credentials: "
        f"passrole refine orders --job {JOB}\n"
    )
    told = in_json(run("refine", "orders", "--wait", 0, "--json"))
    assert (told["policy"], told["job"], told["failure"]) == (None, JOB, ran.err.rstrip())


def test_a_job_goes_on(run: Run, aws: RecordedAws) -> None:
    ran = run("refine", "orders", "--job", "mine-8eb6c2b8-7b4c-3c13-03b72c8cdfdc")

    assert ran.status == 0
    assert not aws.asked("GenerateServiceLastAccessedDetails")
    assert aws.asked("GetServiceLastAccessedDetails")[0]["JobId"].startswith("mine-")


def test_a_job_of_somebody_else_is_not_to_be_had(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [Refusal("NoSuchEntity", "no such job", 404)]
    ran = run("refine", "orders", "--job", JOB)
    assert ran.status == 2
    assert ran.err.startswith(f"IAM has no report {JOB} for these credentials: only who began it can read it")


def test_a_job_about_another_role_is_refused(run: Run, aws: RecordedAws) -> None:
    other = {**KMS, "LastAuthenticatedEntity": f"{ROLE}-2"}
    aws.answers["GetServiceLastAccessedDetails"] = [report_answer(other)]
    ran = run("refine", "orders", "--job", JOB)
    assert (ran.status, ran.err) == (2, f"job {JOB}: the report is about {ROLE}-2, expected {ROLE}\n")


def test_a_job_that_failed_is_told_with_what_is_known(run: Run, aws: RecordedAws) -> None:
    error = {"Code": "INTERNAL", "Message": "something broke"}
    aws.answers["GetServiceLastAccessedDetails"] = [report_answer(JobStatus="FAILED", Error=error)]

    ran = run("refine", "orders")

    assert ran.status == 2
    assert "✓ service lambda.amazonaws.com" in ran.out
    assert ran.err == f"IAM could not make its report (job {JOB}): INTERNAL: something broke\n"


def test_who_is_interrupted_is_told_how_to_go_on(
    run: Run, aws: RecordedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    aws.answers["GetServiceLastAccessedDetails"] = [IN_PROGRESS]
    monkeypatch.setattr("passrole.cli.refine.asking._show", interrupted)

    ran = run("refine", "orders")

    assert ran.status == 130
    assert f"passrole refine orders --job {JOB}" in ran.err


def test_throttled_requests_are_tried_again(run: Run, aws: RecordedAws) -> None:
    for operation in (
        *("GetRole", "GetRolePolicy", "GenerateServiceLastAccessedDetails"),
        *("GetServiceLastAccessedDetails", "ListAnalyzers"),
    ):
        refusal = (
            Refusal("ThrottlingException", "slow down", 429) if operation == "ListAnalyzers" else THROTTLED
        )
        aws.answers[operation] = [refusal, refusal, *aws.answers[operation]]

    ran = run("refine", "orders", "--json")

    assert (ran.status, in_json(ran)["access_analyzer"]["unread"]) == (0, None)
    assert len(aws.asked("GetServiceLastAccessedDetails")) == 3


def test_what_is_throttled_for_good_is_one_clear_line(run: Run, aws: RecordedAws) -> None:
    aws.answers["GetServiceLastAccessedDetails"] = [THROTTLED]
    ran = run("refine", "orders")
    assert ran.status == 2
    assert ran.err.startswith("GetServiceLastAccessedDetails failed: Throttling: Rate exceeded")
    assert len(aws.asked("GetServiceLastAccessedDetails")) == 8
