"""What IAM cannot tell yet waits, and is judged once it can, or told with what is missing."""

import uuid

import pytest

from passrole.finding import State
from passrole.policy import Decision
from tests.e2e.deployment import Deployment, record_of_function

pytestmark = pytest.mark.e2e


def test_a_role_that_is_not_there_when_the_event_comes_is_judged_when_it_is(deployment: Deployment) -> None:
    """As IAM shows a role that was just made: to some readers, some seconds later."""
    role = f"arn:aws:iam::{deployment.emulator.account}:role/application_role/late"
    record = record_of_function("late", role, str(uuid.uuid4()), eventTime="2099-01-01T00:00:00Z")
    deployment.emulator.put_event(record)
    deployment.wait(lambda: _waiting(deployment), "an event that waits")
    assert deployment.pass_of(role) is None, "nothing is recorded meanwhile"

    deployment.role("late", "/application_role/", approved_for="lambda")

    judged = deployment.wait(lambda: deployment.pass_of(role), "the pass")
    assert judged["verdict"] == Decision.APPROVED
    deployment.settle()
    assert deployment.findings_on("function:late") == []


def test_a_role_that_never_shows_is_told_once_as_undetermined(deployment: Deployment) -> None:
    role = f"arn:aws:iam::{deployment.emulator.account}:role/application_role/never"
    record = record_of_function("ghost", role, str(uuid.uuid4()))

    for _ in range(2):
        deployment.emulator.put_event(record)

    finding = deployment.finding_on("function:ghost", State.OPEN)
    deployment.wait(lambda: deployment.slack.about(finding.id), "an alert")
    deployment.settle()
    [finding] = deployment.findings_on("function:ghost")
    assert (finding.decision, finding.passes) == (Decision.UNDETERMINED, 1)
    assert "does not exist" in finding.reasons[0]
    assert finding.reasons[1] == "it was looked at 3 times, and this stayed unknown"
    assert len(deployment.slack.about(finding.id)) == 1


def _waiting(deployment: Deployment) -> int:
    name = "ApproximateNumberOfMessagesDelayed"
    counted = deployment.emulator.client("sqs").get_queue_attributes(
        QueueUrl=deployment.outputs["SecondLooksQueueUrl"], AttributeNames=[name]
    )["Attributes"]
    return int(counted[name])
