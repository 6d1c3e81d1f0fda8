"""A query of Athena: started, waited for, read page by page; and stopped when nobody waits any more.

Sources: "StartQueryExecution", "GetQueryExecution", "GetQueryResults", "StopQueryExecution" and "AthenaError"
of the Athena API reference. A query that goes on costs what it scans, whether anybody reads it or not.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from passrole.audit.athena.rows import ALIASES, record_of
from passrole.audit.sources.errors import SourceError, refusal
from passrole.sweep.faults import is_transient

_PLACE = "Athena"
_FIRST_PAUSE, _LONGEST_PAUSE, _FACTOR = 0.5, 10.0, 1.5  # seconds between two looks
# Seconds; four minutes in all: by then others have used up the quota for good.
_PAUSES = (1, 2, 4, 8, 16, *[30] * 7)
_RETRIES = (30, 120)  # seconds before a query that failed for now is started again
_PAGE = 1000  # rows: as many as a call may be asked for
_RUNNING = ("QUEUED", "RUNNING")
_SUCCEEDED = "SUCCEEDED"


@dataclass(frozen=True, slots=True)
class QueryState:
    """How a query stands.

    Attributes:
        state: ``QUEUED``, ``RUNNING``, ``SUCCEEDED``, ``FAILED`` or ``CANCELLED``.
        scanned: bytes so far, which is what Athena charges for.
    """

    state: str
    scanned: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Where queries run.

    Attributes:
        workgroup: None for the account's primary one.
        output: ``s3://bucket/prefix`` for the result; None where the workgroup has one.
    """

    workgroup: str | None = None
    output: str | None = None

    def to_request(self) -> dict[str, Any]:
        """The part of a request that says so."""
        request: dict[str, Any] = {}
        if self.workgroup:
            request["WorkGroup"] = self.workgroup
        if self.output:
            request["ResultConfiguration"] = {"OutputLocation": self.output}
        return request


class _FailedForNowError(SourceError):
    """Athena says that the same query may succeed another time."""


class AthenaQuery:
    """Runs a query.

    Args:
        client: of Athena.
        sleep: how to wait, in seconds.
    """

    def __init__(
        self, client: Any, settings: Settings | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._settings = settings or Settings()
        self._sleep = sleep

    def run(self, sql: str, told: Callable[[QueryState], None] = lambda _: None) -> str:
        """The id of a query that has its result. What fails for now is tried again: failures cost nothing.

        Args:
            told: hears how it stands, now and then.

        Raises:
            SourceError: it failed, somebody else stopped it, or AWS refuses.
            BotoCoreError: AWS did not answer.
        """
        pauses = iter(_RETRIES)
        while True:
            query = self.start(sql)
            try:
                self.wait(query, told)
            except _FailedForNowError:
                if (pause := next(pauses, None)) is None:
                    raise
                self._sleep(pause)
            else:
                return query

    def start(self, sql: str) -> str:
        """The id of a query that was started.

        Raises:
            SourceError: AWS refuses.
            BotoCoreError: it did not answer.
        """
        started = self._ask(
            self._client.start_query_execution,
            QueryString=sql,
            ClientRequestToken=uuid.uuid4().hex,
            **self._settings.to_request(),
        )
        return str(started["QueryExecutionId"])

    def wait(self, query: str, told: Callable[[QueryState], None] = lambda _: None) -> QueryState:
        """Waits until a query has its result. If that is broken off, by Ctrl-C or in any way, it is stopped.

        Args:
            told: hears how it stands, now and then.

        Raises:
            SourceError: it failed, somebody else stopped it, or AWS refuses.
            BotoCoreError: AWS did not answer.
        """
        try:
            state, status = self._wait(query, told)
        except BaseException:
            with suppress(ClientError, BotoCoreError):
                self._client.stop_query_execution(QueryExecutionId=query)
            raise
        if state.state != _SUCCEEDED:
            may_pass = status.get("AthenaError", {}).get("Retryable", False)
            raise (_FailedForNowError if may_pass else SourceError)(
                f"{_PLACE}: query {query} {_ended(status)}"
            )
        return state

    def records(self, query: str) -> Iterator[list[dict[str, Any]]]:
        """The CloudTrail records of the result, page by page.

        Raises:
            SourceError: AWS refuses, or the result is of another query.
            BotoCoreError: it did not answer.
        """
        token: dict[str, str] = {}
        while True:
            page = self._ask(
                self._client.get_query_results, QueryExecutionId=query, MaxResults=_PAGE, **token
            )
            rows = [_values(row) for row in page["ResultSet"]["Rows"]]
            if not token and tuple(rows[0] if rows else ()) != ALIASES:
                raise SourceError(f"{_PLACE}: query {query} has other columns than were asked for")
            yield [record_of(row) for row in (rows if token else rows[1:])]
            if not (following := page.get("NextToken")):
                return
            token = {"NextToken": following}

    def _wait(self, query: str, told: Callable[[QueryState], None]) -> tuple[QueryState, Mapping[str, Any]]:
        """How it ended."""
        pause = _FIRST_PAUSE
        while True:
            found = self._ask(self._client.get_query_execution, QueryExecutionId=query)["QueryExecution"]
            status = found["Status"]
            state = QueryState(status["State"], found.get("Statistics", {}).get("DataScannedInBytes", 0))
            told(state)
            if state.state not in _RUNNING:
                return state, status
            self._sleep(pause)
            pause = min(pause * _FACTOR, _LONGEST_PAUSE)

    def _ask(self, call: Callable[..., dict[str, Any]], **request: Any) -> dict[str, Any]:
        pauses = iter(_PAUSES)
        while True:
            try:
                return call(**request)
            except ClientError as error:
                pause = next(pauses, None)
                if pause is None or not is_transient(error):
                    raise refusal(_PLACE, error) from None
                self._sleep(pause)


def _ended(status: Mapping[str, Any]) -> str:
    about = status.get("AthenaError", {}).get("ErrorMessage")
    why = " ".join(str(status.get("StateChangeReason") or about or "no reason is told").split())
    return f"{'was cancelled' if status['State'] == 'CANCELLED' else 'failed'}: {why}"


def _values(row: Mapping[str, Any]) -> list[str | None]:
    return [value.get("VarCharValue") for value in row["Data"]]
