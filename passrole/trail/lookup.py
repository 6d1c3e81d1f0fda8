"""CloudTrail's event history, read back in time: the records of the last 90 days, without any trail.

Source: the CloudTrail API reference, LookupEvents: management events of one region, the latest first, 50 a
page; two requests a second for an account in a region; one attribute a request, besides the times. IAM's
and CloudFront's own events are in the region of global services alone.
"""

import heapq
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from passrole.catalogue import load_catalogue
from passrole.sweep.pace import Pace

KEPT = timedelta(days=90)
PER_SECOND = 2.0
_SERVICE = "cloudtrail"
_PAGE = 50
_THROTTLED = ("ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException")
# Seconds; four minutes in all: by then others have used up the quota for good.
_PAUSES = (1, 2, 4, 8, 16, *[30] * 7)
_TOKEN_ENDED = "InvalidNextTokenException"  # noqa: S105 - an error's name, not a secret
_WRITES = ("ReadOnly", "false")


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One event of the history.

    Attributes:
        at: when the call was made, with whole seconds.
        event_id: CloudTrail's.
        record: the CloudTrail record; None if what came is none.
    """

    at: datetime
    event_id: str
    record: dict[str, Any] | None


class EventHistory:
    """The event history of one account.

    Args:
        clients: makes a client of a service in a region.
        pace: the rate of requests, a region by itself.
        sleep: how to wait while AWS says that it was asked too often.
    """

    def __init__(
        self,
        clients: Callable[[str, str], Any],
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clients = clients
        self._pace = pace or Pace(PER_SECOND)
        self._sleep = sleep

    def events(self, region: str, since: datetime, until: datetime) -> Iterator[LookedUp]:
        """What may pass a role, the latest first: all that writes, and reading calls that pass roles.

        Both times count. Where a page's token has ended, the events of one second may come twice.

        Raises:
            ClientError, BotoCoreError: AWS refused, or did not answer.
        """
        reading = (call for call in load_catalogue().calls() if call.passes_roles and call.read_only)
        names = sorted({name for call in reading for name in call.names})
        looks = [self._with(region, since, until, _WRITES)]
        looks += [self._with(region, since, until, ("EventName", name)) for name in names]
        return heapq.merge(*looks, key=lambda event: event.at, reverse=True)

    def _with(
        self, region: str, since: datetime, until: datetime, attribute: tuple[str, str]
    ) -> Iterator[LookedUp]:
        """The events with one attribute; of those by name only what does not come as writing."""
        token: str | None = None
        reached = until
        while True:
            try:
                page = self._page(region, since, until, attribute, token)
            except ClientError as error:
                if token is None or _code(error) != _TOKEN_ENDED or reached >= until:
                    raise
                token, until = None, reached
                continue
            for event in page.get("Events", ()):
                reached = min(reached, _moment(event["EventTime"]))
                if attribute is _WRITES or event.get("ReadOnly") != "false":
                    yield _looked_up(event)
            token = page.get("NextToken")
            if not token:
                return

    def _page(
        self, region: str, since: datetime, until: datetime, attribute: tuple[str, str], token: str | None
    ) -> dict[str, Any]:
        name, value = attribute
        request: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": name, "AttributeValue": value}],
            "StartTime": since,
            "EndTime": until,
            "MaxResults": _PAGE,
        }
        if token:
            request["NextToken"] = token
        ask, pauses = self._clients(_SERVICE, region).lookup_events, iter(_PAUSES)
        while True:
            self._pace.wait(_SERVICE, region)
            try:
                answer: dict[str, Any] = ask(**request)
            except ClientError as error:
                pause = next(pauses, None)
                if pause is None or _code(error) not in _THROTTLED:
                    raise
                self._sleep(pause)
            else:
                return answer


def _looked_up(event: dict[str, Any]) -> LookedUp:
    try:
        record = json.loads(event.get("CloudTrailEvent") or "")
    except (ValueError, RecursionError):
        record = None
    is_record = isinstance(record, dict)
    return LookedUp(_moment(event["EventTime"]), event.get("EventId", ""), record if is_record else None)


def _moment(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
