"""IAM and IAM Access Analyzer that answer over HTTP, as the real ones do."""

from collections.abc import Iterator

import pytest

from passrole.refine import report
from tests.unit.cli.refine.role import IAM, KMS, LOGS, LOGS_USED, MANAGED, OF_LAMBDA, SQS, WORK
from tests.unit.refine.recorded import RecordedAws, report_answer, role_answers
from tests.unit.samples import REGION


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedAws]:
    """The services; nobody waits."""
    served = RecordedAws()
    url = served.start()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL_IAM": url,
        "AWS_ENDPOINT_URL_ACCESSANALYZER": url,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(report, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    yield served
    served.stop()


@pytest.fixture
def aws(recorded: RecordedAws) -> RecordedAws:
    """A role that lambda may take, with two policies, and a report of what it used."""
    recorded.answers = role_answers(OF_LAMBDA, {"work": WORK}, {MANAGED: LOGS})
    recorded.answers["GetServiceLastAccessedDetails"] = [report_answer(KMS, SQS, IAM, LOGS_USED)]
    return recorded
