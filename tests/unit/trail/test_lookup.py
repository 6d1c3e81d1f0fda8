"""CloudTrail's event history: page by page, at its rate, and on where a token has ended."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from passrole.sweep.pace import Pace
from passrole.trail.lookup import EventHistory
from tests.unit.histories import History
from tests.unit.samples import REGION, create_function_record

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALL = (NOON - timedelta(days=1), NOON)


def minutes_ago(*minutes: int) -> list[dict[str, Any]]:
    return [
        create_function_record(
            eventID=f"event-{m:03}", eventTime=(NOON - timedelta(minutes=m)).strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        for m in minutes
    ]


class Waits:
    """A clock that goes on only where somebody waits for it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def waits() -> Waits:
    return Waits()


def ids(history: History, waits: Waits, since: datetime = ALL[0], until: datetime = ALL[1]) -> list[str]:
    reader = EventHistory(history.clients, Pace(2, waits, waits.sleep), waits.sleep)
    return [event.event_id for event in reader.events(REGION, since, until)]


def test_events_come_from_all_pages_the_latest_first(waits: Waits) -> None:
    history = History({REGION: minutes_ago(*range(1, 131))})

    assert ids(history, waits) == [f"event-{m:03}" for m in range(1, 131)]


def test_the_times_bound_what_comes(waits: Waits) -> None:
    history = History({REGION: minutes_ago(5, 10, 15, 20)})
    since, until = NOON - timedelta(minutes=15), NOON - timedelta(minutes=10)

    assert ids(history, waits, since, until) == ["event-010", "event-015"]


def test_calls_that_read_come_where_they_pass_roles_and_none_comes_twice(waits: Waits) -> None:
    passing = {"eventSource": "states.amazonaws.com", "eventName": "TestState"}
    writes, reads, also_writes, other = minutes_ago(1, 2, 3, 4)
    reads |= {**passing, "readOnly": True}
    also_writes |= {**passing, "readOnly": False}
    other |= {"eventName": "ListFunctions", "readOnly": True}

    assert ids(History({REGION: [writes, reads, also_writes, other]}), waits) == [
        "event-001",
        "event-002",
        "event-003",
    ]


def test_two_requests_a_second_are_made_at_most(waits: Waits) -> None:
    history = History({REGION: minutes_ago(*range(1, 501))}, clock=waits)

    ids(history, waits)

    assert len(history.asked_at) > 10
    assert all(later - earlier >= 0.5 for earlier, later in itertools.pairwise(history.asked_at))


def test_throttling_is_waited_out(waits: Waits) -> None:
    history = History({REGION: minutes_ago(1, 2)}, fails=["ThrottlingException"] * 4)

    assert ids(history, waits) == ["event-001", "event-002"]
    assert waits.now > 1 + 2 + 4 + 8


def test_throttling_without_end_is_told(waits: Waits) -> None:
    history = History({REGION: minutes_ago(1)}, fails=["ThrottlingException"] * 1000)

    with pytest.raises(ClientError, match="ThrottlingException"):
        ids(history, waits)


def test_where_a_token_has_ended_it_goes_on_from_the_last_event(waits: Waits) -> None:
    history = History({REGION: minutes_ago(*range(1, 131))}, tokens_end_after=1)

    came = ids(history, waits)

    assert list(dict.fromkeys(came)) == [f"event-{m:03}" for m in range(1, 131)]
    assert len(came) < 140


def test_a_refusal_is_told_at_once(waits: Waits) -> None:
    history = History({REGION: minutes_ago(1)}, fails=["AccessDeniedException"])

    with pytest.raises(ClientError, match="AccessDeniedException"):
        ids(history, waits)


def test_the_record_comes_as_cloudtrail_wrote_it_and_what_is_none_as_nothing(waits: Waits) -> None:
    (record,) = minutes_ago(1)
    history = History({REGION: [record]})
    reader = EventHistory(history.clients, Pace(2, waits, waits.sleep), waits.sleep)

    (event,) = reader.events(REGION, *ALL)
    assert (event.at, event.record) == (NOON - timedelta(minutes=1), record)

    for text in ("", "{", "[]", json.dumps("x")):
        history.text = text
        (event,) = reader.events(REGION, *ALL)
        assert event.record is None
