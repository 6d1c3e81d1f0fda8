"""The job by which IAM makes its report: begun, awaited, read page by page."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from passrole.refine.report import FailedError, UnfinishedError, answers, begin
from tests.unit.refine.recorded import JOB, ROLE, report_answer, service_answer

GET = "get_service_last_accessed_details"


class Time:
    """Nobody waits: sleeping moves the clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def iam() -> Any:
    return boto3.client("iam", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def stub(iam: Any) -> Iterator[Stubber]:
    """Checks requests and answers against the API's model."""
    with Stubber(iam) as stub:
        yield stub
        stub.assert_no_pending_responses()


def answer(**fields: Any) -> dict[str, Any]:
    return report_answer(**{"JobStatus": "IN_PROGRESS", **fields})


def test_it_is_begun_with_actions(iam: Any, stub: Stubber) -> None:
    asked = {"Arn": ROLE, "Granularity": "ACTION_LEVEL"}
    stub.add_response("generate_service_last_accessed_details", {"JobId": JOB}, asked)
    assert begin(iam, ROLE) == JOB


def test_it_is_awaited_with_longer_and_longer_pauses(iam: Any, stub: Stubber) -> None:
    told: list[float] = []
    time = Time()
    for _ in range(7):
        stub.add_response(GET, answer(), {"JobId": JOB})
    stub.add_response(GET, report_answer(service_answer("s3")), {"JobId": JOB})

    [page] = answers(iam, JOB, 300, told.append, time.sleep, time)

    assert page["ServicesLastAccessed"][0]["ServiceNamespace"] == "s3"
    assert time.slept == [1, 2, 4, 8, 15, 15, 15]
    assert told == [0, 1, 3, 7, 15, 30, 45]


def test_its_pages_are_read_to_the_last(iam: Any, stub: Stubber) -> None:
    stub.add_response(GET, report_answer(service_answer("ec2"), marker="one"), {"JobId": JOB})
    stub.add_response(GET, report_answer(service_answer("s3"), marker="two"), {"JobId": JOB, "Marker": "one"})
    stub.add_response(GET, report_answer(service_answer("sqs")), {"JobId": JOB, "Marker": "two"})

    pages = answers(iam, JOB, 0)

    assert [page["ServicesLastAccessed"][0]["ServiceNamespace"] for page in pages] == ["ec2", "s3", "sqs"]


@pytest.mark.parametrize(("seconds", "slept"), [(0, []), (2, [1, 1]), (10, [1, 2, 4, 3])])
def test_time_is_up_at_its_limit(iam: Any, stub: Stubber, seconds: int, slept: list[int]) -> None:
    time = Time()
    for _ in range(len(slept) + 1):
        stub.add_response(GET, answer())

    with pytest.raises(UnfinishedError):
        answers(iam, JOB, seconds, sleep=time.sleep, clock=time)
    assert time.slept == slept


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"Error": {"Code": "INTERNAL", "Message": "try again"}}, "INTERNAL: try again"),
        ({}, "no code: no reason given"),
    ],
)
def test_a_job_that_failed_says_why(iam: Any, stub: Stubber, fields: dict[str, Any], why: str) -> None:
    stub.add_response(GET, answer(JobStatus="FAILED", **fields))
    with pytest.raises(FailedError, match=why):
        answers(iam, JOB, 300)
