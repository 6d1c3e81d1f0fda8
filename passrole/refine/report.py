"""Has IAM make its report of what a role last accessed, and waits for it.

IAM makes it as a job: seconds for most roles. Only who began a job can read it, with temporary credentials in
the same session. Source: GenerateServiceLastAccessedDetails and GetServiceLastAccessedDetails of the IAM API
reference. An answer of a job in progress lacks members that the reference says are always there.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 15.0  # seconds


class UnfinishedError(Exception):
    """The job was still in progress when time was up."""


class FailedError(Exception):
    """IAM could not make the report; the message is IAM's code and reason."""


def begin(iam: "IAMClient", role: str) -> str:
    """Begins the report of a role's ARN, with actions; its job id."""
    return iam.generate_service_last_accessed_details(Arn=role, Granularity="ACTION_LEVEL")["JobId"]


def answers(
    iam: "IAMClient",
    job: str,
    seconds: float,
    told: Callable[[float], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> list[Mapping[str, Any]]:
    """All pages of the finished report.

    Args:
        seconds: how long to wait for it at most.
        told: is told, before each pause, for how many seconds the wait has lasted.

    Raises:
        UnfinishedError: it takes longer.
        FailedError: IAM gave it up.
    """
    began, pause = clock(), _FIRST_PAUSE
    while True:
        answer: Mapping[str, Any] = iam.get_service_last_accessed_details(JobId=job)
        if answer["JobStatus"] == "FAILED":
            error = answer.get("Error") or {}
            raise FailedError(f"{error.get('Code', 'no code')}: {error.get('Message', 'no reason given')}")
        if answer["JobStatus"] == "COMPLETED":
            return [answer, *_further(iam, job, answer)]
        waited = clock() - began
        if waited >= seconds:
            raise UnfinishedError
        told(waited)
        sleep(min(pause, seconds - waited))
        pause = min(2 * pause, _LONGEST_PAUSE)


def _further(iam: "IAMClient", job: str, page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    while page.get("IsTruncated"):
        page = iam.get_service_last_accessed_details(JobId=job, Marker=page["Marker"])
        yield page
