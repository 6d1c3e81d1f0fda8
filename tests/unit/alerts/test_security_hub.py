"""The Security Hub channel: imports with moto, and the workflow, which moto has not, with botocore's stub."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from passrole.alerts import Alert, Channel, Deliverer, DeliveryError, SecurityHub, Told
from passrole.alerts.renderings.asff import asff, workflow
from passrole.finding import News, State
from passrole.ledger import Ledger
from tests.unit.alerts.samples import ALERTS, FINDING, alert
from tests.unit.samples import ACCOUNT, NOW, REGION

PRODUCT = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default"
IDENTIFIER = {"Id": f"passrole-guardrail/{FINDING.id}", "ProductArn": PRODUCT}
RELEASED = ALERTS["released"]
IMPORTED = {"SuccessCount": 1, "FailedCount": 0, "FailedFindings": []}
UPDATED = {"ProcessedFindings": [IDENTIFIER], "UnprocessedFindings": []}


def _left(code: str, message: str) -> dict[str, Any]:
    unprocessed = {"FindingIdentifier": IDENTIFIER, "ErrorCode": code, "ErrorMessage": message}
    return {"ProcessedFindings": [], "UnprocessedFindings": [unprocessed]}


@pytest.fixture
def client(aws: None) -> Any:
    return boto3.client("securityhub")


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    """Answers what it is told, to the parameters that it is told and no others."""
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def channel(client: Any) -> Channel:
    return SecurityHub(PRODUCT, client)


def _expects_import(stub: Stubber, told: Alert, answer: dict[str, Any] = IMPORTED) -> None:
    stub.add_response("batch_import_findings", answer, {"Findings": [asff(told, PRODUCT)]})


def _expects_update(stub: Stubber, told: Alert, answer: dict[str, Any]) -> None:
    update = workflow(told)
    assert update is not None
    stub.add_response("batch_update_findings", answer, {"FindingIdentifiers": [IDENTIFIER], **update})


def _failure(channel: Channel, told: Alert = RELEASED) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(told)
    return caught.value


class BrokenSecurityHub:
    """Raises at the import, or at the update."""

    def __init__(self, error: Exception, *, at_update: bool) -> None:
        self._error = error
        self._at_update = at_update

    def batch_import_findings(self, **_: Any) -> dict[str, Any]:
        if not self._at_update:
            raise self._error
        return IMPORTED

    def batch_update_findings(self, **_: Any) -> None:
        raise self._error


def test_one_finding_goes_through_its_life(client: Any, channel: Channel) -> None:
    channel.send(ALERTS["opened"])
    channel.send(alert(News.CONTAINMENT_REFUSED, why="the cap is reached"))

    [finding] = client.get_findings()["Findings"]
    assert finding["Id"] == IDENTIFIER["Id"]
    assert finding["ProductFields"]["passrole-guardrail/news"] == "containment_refused"
    assert "the cap is reached" in finding["Description"]


def test_what_is_opened_needs_no_status(stub: Stubber, channel: Channel) -> None:
    _expects_import(stub, ALERTS["opened"])

    channel.send(ALERTS["opened"])


@pytest.mark.parametrize("name", ["contained", "released", "resolved", "exempted", "exemption-ended"])
def test_status_and_note_follow_the_import(stub: Stubber, channel: Channel, name: str) -> None:
    _expects_import(stub, ALERTS[name])
    _expects_update(stub, ALERTS[name], UPDATED)

    channel.send(ALERTS[name])


def test_repeat_imports_and_leaves_the_status(stub: Stubber, channel: Channel) -> None:
    repeat = alert(News.RELEASED, state=State.RELEASED, repeat=True)
    _expects_import(stub, repeat)

    channel.send(repeat)


def test_import_that_failed_is_told_and_sets_no_status(stub: Stubber, channel: Channel) -> None:
    failed = {"Id": IDENTIFIER["Id"], "ErrorCode": "InvalidAccess", "ErrorMessage": "not enabled\n\u202e"}
    answer = {"SuccessCount": 0, "FailedCount": 1, "FailedFindings": [failed]}
    _expects_import(stub, RELEASED, answer)

    error = _failure(channel)

    assert str(error) == "Security Hub did not import the finding: InvalidAccess: not enabled\\n\\u202e"
    assert not error.may_have_arrived


@pytest.mark.parametrize("code", ["FindingNotFound", "ConcurrentUpdateError"])
def test_status_of_what_was_just_imported_is_tried_again_later(
    stub: Stubber, channel: Channel, code: str
) -> None:
    _expects_import(stub, RELEASED)
    _expects_update(stub, RELEASED, _left(code, "it takes a while"))

    error = _failure(channel)

    assert str(error) == f"Security Hub did not set the status: {code}: it takes a while"
    assert (error.retry_after, error.may_have_arrived) == (30.0, False)


def test_status_that_is_refused_is_told(stub: Stubber, channel: Channel) -> None:
    _expects_import(stub, RELEASED)
    _expects_update(stub, RELEASED, _left("InvalidInput", "no"))

    error = _failure(channel)

    assert (str(error), error.retry_after) == ("Security Hub did not set the status: InvalidInput: no", None)


@pytest.mark.parametrize("operation", ["batch_import_findings", "batch_update_findings"])
@pytest.mark.parametrize("code", ["LimitExceededException", "TooManyRequestsException", "AccessDenied"])
def test_refusal_did_not_arrive(operation: str, code: str) -> None:
    refusal = ClientError({"Error": {"Code": code, "Message": "slow down"}}, operation)
    hub = BrokenSecurityHub(refusal, at_update=operation == "batch_update_findings")

    error = _failure(SecurityHub(PRODUCT, hub))  # type: ignore[arg-type]

    assert code in str(error)
    assert not error.may_have_arrived


@pytest.mark.parametrize(
    ("error", "at_update", "may_have_arrived"),
    [
        (ReadTimeoutError(endpoint_url="https://hub"), False, False),  # an import is repeated at will
        (ReadTimeoutError(endpoint_url="https://hub"), True, True),
        (ConnectTimeoutError(endpoint_url="https://hub"), True, False),
        (EndpointConnectionError(endpoint_url="https://hub"), True, False),
    ],
)
def test_only_a_status_whose_answer_was_lost_may_have_arrived(
    error: Exception, at_update: bool, may_have_arrived: bool
) -> None:
    hub = BrokenSecurityHub(error, at_update=at_update)

    assert _failure(SecurityHub(PRODUCT, hub)).may_have_arrived is may_have_arrived  # type: ignore[arg-type]


class Hub:
    """Imports everything; answers about the status as it is told, then well. Keeps what was asked of it."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def batch_import_findings(self, **_: Any) -> dict[str, Any]:
        self.asked.append("import")
        return IMPORTED

    def batch_update_findings(self, **_: Any) -> dict[str, Any]:
        self.asked.append("status")
        answer = self._answers.pop(0) if self._answers else UPDATED
        if isinstance(answer, Exception):
            raise answer
        return answer


def _deliver_twice(ledger: Ledger, hub: Hub) -> None:
    deliverer = Deliverer(ledger, SecurityHub(PRODUCT, hub))  # type: ignore[arg-type]
    with pytest.raises(DeliveryError):
        deliverer.deliver(RELEASED.finding, RELEASED.step, NOW)
    # Later than a claim that nobody gave back is held.
    told = deliverer.deliver(RELEASED.finding, RELEASED.step, NOW + timedelta(hours=1))
    assert told is Told.SENT


def test_status_that_was_certainly_not_set_is_set_when_the_message_comes_again(ledger: Ledger) -> None:
    hub = Hub(_left("FindingNotFound", "it takes a while"))

    _deliver_twice(ledger, hub)

    assert hub.asked == ["import", "status", "import", "status"]


def test_status_whose_answer_was_lost_is_not_set_again(ledger: Ledger) -> None:
    """It may be set, and whoever investigates may have set another since."""
    hub = Hub(ReadTimeoutError(endpoint_url="https://hub"))

    _deliver_twice(ledger, hub)

    assert hub.asked == ["import", "status", "import"]
