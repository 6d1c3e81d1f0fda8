"""Fakes fail where they or their callers leave botocore's model of the service."""

from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.samples import NOW

ARN = "arn:aws:apprunner:us-east-1:111122223333:service/orders/8fe1e10304f84fd2b0df550fe98a71fa"
SERVICE: dict[str, Any] = {
    "ServiceName": "orders",
    "ServiceId": "8fe1e10304f84fd2b0df550fe98a71fa",
    "ServiceArn": ARN,
    "CreatedAt": NOW,
    "UpdatedAt": NOW,
    "Status": "RUNNING",
    "SourceConfiguration": {},
    "InstanceConfiguration": {},
    "AutoScalingConfigurationSummary": {},
    "NetworkConfiguration": {},
}


class Answering(FakeApi):
    """App Runner with one answer."""

    service = "apprunner"

    def __init__(self, answer: Any) -> None:
        self._answer_given = answer

    def describe_service(self, ServiceArn: str) -> Any:  # noqa: N803
        if isinstance(self._answer_given, RefusedError):
            raise self._answer_given
        return self._answer_given


@pytest.fixture(autouse=True)
def _account(aws: None) -> None: ...


def describe(answer: Any) -> Any:
    return Answering(answer).client().describe_service(ServiceArn=ARN)


def test_an_answer_of_the_model_comes_back_as_it_is() -> None:
    answer = describe({"Service": SERVICE})

    assert answer["Service"] == SERVICE
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"Colour": "blue"}, "Unknown parameter"),
        ({"ServiceName": 7}, "Invalid type"),
        ({"Status": "SLEEPING"}, "none of"),
        ({"CreatedAt": "2026-11-22T12:00:05Z"}, "no moment"),
        ({"CreatedAt": datetime(2026, 11, 22)}, "no moment"),
        ({"ServiceName": "o" * 41}, "too long"),
        ({"SourceConfiguration": {"ImageRepository": {"ImageIdentifier": "orders"}}}, "Missing required"),
    ],
)
def test_an_answer_that_the_model_does_not_have_fails(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        describe({"Service": SERVICE | fields})


def test_an_answer_that_lacks_a_field_fails() -> None:
    with pytest.raises(AssertionError, match="Missing required"):
        describe({"Service": {name: value for name, value in SERVICE.items() if name != "Status"}})


def test_a_refusal_is_the_clients_own_exception() -> None:
    client = Answering(RefusedError("ResourceNotFoundException", "no such service")).client()

    with pytest.raises(client.exceptions.ResourceNotFoundException, match="no such service") as caught:
        client.describe_service(ServiceArn=ARN)

    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_common_error_is_a_refusal_too() -> None:
    with pytest.raises(ClientError, match="AccessDeniedException"):
        describe(RefusedError("AccessDeniedException", "not you"))


def test_an_error_that_the_operation_does_not_have_fails() -> None:
    with pytest.raises(AssertionError, match="knows no error NoSuchService"):
        describe(RefusedError("NoSuchService", "no such service"))


def test_an_operation_that_the_fake_does_not_have_fails() -> None:
    with pytest.raises(AssertionError, match="knows no PauseService"):
        Answering({}).client().pause_service(ServiceArn=ARN)


def test_a_call_is_held_to_the_model() -> None:
    client = Answering({"Service": SERVICE}).client()

    with pytest.raises(ParamValidationError, match="Unknown parameter"):
        client.describe_service(ServiceArn=ARN, Colour="blue")
    with pytest.raises(AssertionError, match="does not match"):
        client.describe_service(ServiceArn="orders")
