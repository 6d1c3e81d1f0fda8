"""The EventBridge channel: a bus of moto's, and one that keeps the entries."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from hypothesis import given, settings

from passrole.alerts import Alert, DeliveryError, EventBus
from passrole.alerts.renderings.payload import payload
from passrole.news.message import message_of
from tests.unit.alerts.samples import ALERTS, FINDING, alert
from tests.unit.alerts.test_hostile_names import ALERTS as HOSTILE_ALERTS
from tests.unit.samples import ACCOUNT, REGION

BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/security"


class Bus:
    """Keeps what is put, or answers otherwise."""

    def __init__(self, answer: dict[str, Any] | Exception | None = None) -> None:
        self.entries: list[dict[str, Any]] = []
        self._answer = answer

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.entries += Entries
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer or {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


def _put(told: Alert) -> dict[str, Any]:
    bus = Bus()
    EventBus(BUS, bus).send(told)  # type: ignore[arg-type]
    [entry] = bus.entries
    return entry


def _failure(answer: dict[str, Any] | Exception) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        EventBus(BUS, Bus(answer)).send(ALERTS["opened"])  # type: ignore[arg-type]
    return caught.value


def _answer(operation: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": "A"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


def test_real_client_takes_the_entry(aws: None) -> None:
    events = boto3.client("events")
    events.create_event_bus(Name="security")

    EventBus(BUS, events).send(ALERTS["contained"])


@pytest.mark.parametrize("name", ALERTS)
def test_every_news_is_an_event_at_its_time(name: str) -> None:
    entry = _put(ALERTS[name])

    told = json.loads(entry["Detail"])
    told.pop("repeat", None)
    assert told == json.loads(json.dumps(message_of(ALERTS[name].finding, ALERTS[name].step)))
    assert entry["EventBusName"] == BUS
    assert entry["Source"] == "passrole-guardrail"
    assert entry["Time"] == datetime(2026, 11, 22, 3, 14, 11, tzinfo=UTC)
    assert ("repeat" in json.loads(entry["Detail"])) is ALERTS[name].repeat


def test_repeat_says_so() -> None:
    assert json.loads(_put(alert(repeat=True))["Detail"])["repeat"] is True


def test_resources_are_only_what_is_an_arn() -> None:
    assert _put(alert(resource="payments", role="BreakGlass"))["Resources"] == []
    assert _put(alert(resource=None))["Resources"] == [FINDING.role]
    too_long = f"{FINDING.resource}{'x' * 2_048}"
    assert _put(alert(resource=too_long))["Resources"] == [FINDING.role]


@settings(max_examples=50, deadline=None)
@given(HOSTILE_ALERTS)
def test_whatever_things_are_called_the_entry_is_json_that_everybody_reads(told: Alert) -> None:
    entry = _put(replace(told, step=replace(told.step, at=FINDING.updated_at)))

    detail = entry["Detail"]
    size = len(detail) + sum(map(len, entry["Resources"])) + len(entry["Source"] + entry["DetailType"]) + 14
    assert detail.isascii()
    assert size < 256 * 1024
    json.dumps(json.loads(detail), ensure_ascii=False).encode()  # no half of a surrogate pair


def test_half_a_surrogate_pair_is_replaced_and_whole_ones_stay() -> None:
    told = json.loads(payload(alert(place="a\ud83db 🚨")))

    assert told["finding"]["place"] == "a\ufffdb 🚨"


def test_entry_that_failed_is_a_delivery_error() -> None:
    entry = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "no"}

    error = _failure({"FailedEntryCount": 1, "Entries": [entry]})

    assert str(error) == "EventBridge did not accept the event: NotAuthorizedForSourceException: no"
    assert not error.may_have_arrived


@pytest.mark.parametrize(
    ("error", "may_have_arrived"),
    [
        (ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "PutEvents"), False),
        (EndpointConnectionError(endpoint_url="https://events"), False),
        (ConnectTimeoutError(endpoint_url="https://events"), False),
        (ReadTimeoutError(endpoint_url="https://events"), True),
        (_answer("PutEvents", 400), False),
        (_answer("PutEvents", 500), True),
        (_answer("PutEvents", 503), False),
        (_answer("PutEvents", 504), True),
    ],
)
def test_lost_answer_may_have_arrived(error: Exception, may_have_arrived: bool) -> None:
    assert _failure(error).may_have_arrived is may_have_arrived
