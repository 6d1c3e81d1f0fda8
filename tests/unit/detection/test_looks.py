"""The queue in which events wait: what it is told, what it takes, and what its settings may be."""

from typing import Any

import boto3
import pytest

from passrole.detection.looks import ATTRIBUTE, DELAYS, SqsLooks, parse_delays, parse_look


class Queue:
    """Notes what is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_message(self, **how: Any) -> None:
        self.sent.append(how)


def looks_of(queue: Any, url: str | None = "https://queue", delays: tuple[int, ...] = DELAYS) -> SqsLooks:
    return SqsLooks(url, delays, queue)


def test_each_look_has_its_delay_and_tells_the_next_number() -> None:
    queue = Queue()
    for look in (1, 2, 3):
        looks_of(queue).put("the event", look)

    assert [sent["DelaySeconds"] for sent in queue.sent] == [30, 90, 180]
    assert [sent["MessageAttributes"][ATTRIBUTE]["StringValue"] for sent in queue.sent] == ["2", "3", "4"]
    assert {sent["MessageBody"] for sent in queue.sent} == {"the event"}


def test_an_event_comes_out_as_it_went_in(aws: None) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="looks")["QueueUrl"]
    event = '{"detail": {"name": "ünïcode \\ud83d"}}'

    looks_of(sqs, url, delays=(0,)).put(event, 1)

    [message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["Body"] == event
    assert parse_look(message["MessageAttributes"][ATTRIBUTE]["StringValue"]) == 2


def test_after_the_last_delay_there_is_no_further_look() -> None:
    assert [looks_of(Queue()).takes("{}", look) for look in (1, 2, 3, 4, 999)] == [True] * 3 + [False] * 2


def test_what_does_not_fit_into_a_message_does_not_wait() -> None:
    looks = looks_of(Queue())
    assert looks.takes("x" * 200_000, 1)
    assert not looks.takes("x" * 262_144, 1)
    assert not looks.takes("€" * 100_000, 1), "bytes count, not characters"


def test_without_a_queue_nothing_waits() -> None:
    assert not looks_of(Queue(), url=None).takes("{}", 1)


def test_a_message_without_a_number_comes_for_the_first_time() -> None:
    assert parse_look(None) == 1


@pytest.mark.parametrize("text", ["", "0", "-1", "two", "1.5", "²", "1" * 5000])
def test_a_number_of_a_look_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no number of a look"):
        parse_look(text)


def test_delays_are_whole_seconds() -> None:
    assert parse_delays("30, 90,180") == (30, 90, 180)
    assert sum(DELAYS) == 300


@pytest.mark.parametrize("text", ["", ",", "1,,2", "-1", "1.5", "soon", "901", "²"])
def test_delays_that_sqs_would_not_keep_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="from 0 to 900"):
        parse_delays(text)
