"""IAM's report of what a role last accessed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passrole.refine.accessed import LastAccessed, ReportError, last_accessed_of
from tests.unit.refine.recorded import IN_PROGRESS, ROLE, report_answer, service_answer

LATELY = "2026-11-20T10:00:00+00:00"
AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


def report(*pages: Any) -> LastAccessed:
    return last_accessed_of(pages, ROLE)


def test_a_report_tells_services_and_the_actions_that_are_tracked() -> None:
    told = report(
        report_answer(
            service_answer("S3", LATELY, {"CreateBucket": LATELY, "DeleteBucket": None}),
            service_answer("ec2"),
        )
    )

    assert told.made_at == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert told.by_action
    assert told.services["s3"].last_used == AT
    assert told.services["s3"].tracked == {
        "createbucket": ("CreateBucket", AT),
        "deletebucket": ("DeleteBucket", None),
    }
    assert told.services["ec2"].last_used is None


def test_pages_are_one_report() -> None:
    told = report(report_answer(service_answer("ec2"), marker="m"), report_answer(service_answer("s3")))
    assert list(told.services) == ["ec2", "s3"]


def test_a_report_of_services_alone() -> None:
    assert not report(report_answer(JobType="SERVICE_LEVEL")).by_action


def test_a_service_is_used_if_it_or_one_of_its_actions_is() -> None:
    older = "2026-01-01T00:00:00+00:00"
    by_service, by_action, before = (
        report(report_answer(each)).services["s3"]
        for each in (
            service_answer("s3", LATELY),
            service_answer("s3", older, {"CreateBucket": LATELY}),
            service_answer("s3", older, {"CreateBucket": None}),
        )
    )
    for service in (by_service, by_action):
        assert service.used_since(AT)
        assert not service.used_since(AT + timedelta(seconds=1))
    assert not before.used_since(AT)


@pytest.mark.parametrize(
    ("pages", "why"),
    [
        ([], "no answer"),
        ([{}], "no answer"),
        ([[]], "no answer"),
        ([IN_PROGRESS], "IN_PROGRESS, expected COMPLETED"),
        ([report_answer(marker="m")], "pages of the report are missing"),
        ([report_answer({"ServiceName": "S3"})], "no answer"),
        ([report_answer(JobCreationDate=None)], "when it was made"),
        (
            [report_answer({**service_answer("s3", LATELY), "LastAuthenticatedEntity": ROLE + "2"})],
            f"about {ROLE}2, expected {ROLE}",
        ),
    ],
)
def test_what_is_no_finished_report_of_the_role_is_refused(pages: list[Any], why: str) -> None:
    with pytest.raises(ReportError, match=why):
        report(*pages)
