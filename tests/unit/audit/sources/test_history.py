"""The event history as a source: page by page, and on from where an earlier reading stood."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from passrole.audit.sources.errors import SourceError
from passrole.audit.sources.history import HistorySource, Position
from passrole.sweep.pace import Pace
from passrole.trail.lookup import EventHistory
from tests.unit.histories import History
from tests.unit.samples import REGION, create_function_record

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE = NOON - timedelta(days=1)


def at(seconds_before_noon: int, name: str) -> dict[str, Any]:
    time = (NOON - timedelta(seconds=seconds_before_noon)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return create_function_record(eventID=name, eventTime=time)


# Several in one second, at the ends of pages too.
RECORDS = [at(0, "a"), at(5, "b"), at(5, "c"), at(5, "d"), at(5, "e"), at(9, "f"), at(20, "g"), at(20, "h")]
IDS = [record["eventID"] for record in RECORDS]


def source(history: History, size: int = 2) -> HistorySource:
    quick = Pace(1000, lambda: 0.0, lambda _: None)
    return HistorySource(EventHistory(history.clients, quick, lambda _: None), size)


def ids(pages: Any) -> list[str]:
    return [record["eventID"] for page in pages for record in page.records]


def test_records_come_in_pages_the_latest_first() -> None:
    pages = list(source(History({REGION: RECORDS}), 3).pages(REGION, SINCE, NOON))

    assert ids(pages) == IDS
    assert [len(page.records) for page in pages] == [3, 3, 2]
    assert [page.after.is_done for page in pages] == [False, False, True]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("stop_after", range(1, 4))
def test_it_goes_on_where_it_stood_and_repeats_nothing(size: int, stop_after: int) -> None:
    history = source(History({REGION: RECORDS}), size)
    first = [page for page, _ in zip(history.pages(REGION, SINCE, NOON), range(stop_after), strict=False)]
    kept = json.loads(json.dumps(first[-1].after.to_json()))

    rest = list(history.pages(REGION, SINCE, NOON, Position.from_json(kept)))

    assert ids(first) + ids(rest) == IDS


def test_what_is_done_asks_no_more() -> None:
    history = History({REGION: RECORDS})
    *_, last = source(history).pages(REGION, SINCE, NOON)
    asked = len(history.requests)

    assert list(source(history).pages(REGION, SINCE, NOON, last.after)) == []
    assert len(history.requests) == asked


def test_an_empty_history_is_done_at_once() -> None:
    (page,) = source(History({})).pages(REGION, SINCE, NOON)

    assert (page.records, page.after.is_done) == ([], True)


def test_events_without_a_record_are_counted() -> None:
    history = History({REGION: RECORDS})
    history.text = "{"

    pages = list(source(history).pages(REGION, SINCE, NOON))

    assert (ids(pages), sum(page.unreadable for page in pages)) == ([], len(RECORDS))


class ServedHistory:
    """LookupEvents over HTTP on this machine, as AWS's JSON protocol has it."""

    def __init__(self, history: History) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for name in ("StartTime", "EndTime"):
                    asked[name] = datetime.fromtimestamp(asked[name], UTC)
                status, told = 200, {}
                try:
                    told = history.answer(REGION, asked)
                except ClientError as error:
                    about = error.response["Error"]
                    status, told = 400, {"__type": about["Code"], "message": about["Message"]}
                body = json.dumps(told, default=datetime.timestamp).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class has it
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def client(self, service: str, region: str) -> Any:
        url = f"http://127.0.0.1:{self._server.server_address[1]}"
        retries = Config(retries={"mode": "standard", "total_max_attempts": 1})
        return boto3.client("cloudtrail", region, endpoint_url=url, config=retries)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def history(aws: None) -> History:
    return History({REGION: [at(number, f"event-{number:03}") for number in range(120)]})


@pytest.fixture
def over_http(history: History) -> Iterator[HistorySource]:
    served = ServedHistory(history)
    quick = Pace(1000, lambda: 0.0, lambda _: None)
    yield HistorySource(EventHistory(served.client, quick, lambda _: None), 50)
    served.close()


def test_the_history_is_read_over_http_through_throttling(history: History, over_http: HistorySource) -> None:
    history.fails = ["ThrottlingException"] * 3

    pages = list(over_http.pages(REGION, SINCE, NOON))

    assert ids(pages) == [f"event-{number:03}" for number in range(120)]


def test_a_refusal_over_http_is_one_line_with_the_right_that_it_takes(
    history: History, over_http: HistorySource
) -> None:
    history.fails = ["AccessDeniedException"]

    with pytest.raises(SourceError) as told:
        list(over_http.pages(REGION, SINCE, NOON))

    assert str(told.value) == (
        f"the event history of {REGION}: LookupEvents failed: AccessDeniedException: AccessDeniedException "
        "(it takes cloudtrail:LookupEvents)"
    )
