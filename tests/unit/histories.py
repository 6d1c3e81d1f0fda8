"""CloudTrail's LookupEvents, which moto has not: requests and answers are held against CloudTrail's model.

What it does is as the CloudTrail API reference has it.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

_PAGE = 50


class History:
    """Events of regions.

    Args:
        records: CloudTrail records, by region.
        fails: error codes with which the next requests fail, one each.
        tokens_end_after: how many pages tokens serve for.
        clock: tells when requests were made, as ``asked_at``.
    """

    def __init__(
        self,
        records: Mapping[str, list[dict[str, Any]]],
        *,
        fails: list[str] | None = None,
        tokens_end_after: int | None = None,
        clock: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.records = dict(records)
        self.fails = fails or []
        self.asked_at: list[float] = []
        self.requests: list[dict[str, Any]] = []
        self.text: str | None = None
        self._tokens_end_after = tokens_end_after
        self._clock = clock
        service = botocore.session.get_session().get_service_model("cloudtrail")
        self._model = service.operation_model("LookupEvents")

    def clients(self, service: str, region: str) -> Any:
        assert service == "cloudtrail"
        return SimpleNamespace(lookup_events=lambda **request: self.answer(region, request))

    def answer(self, region: str, request: dict[str, Any]) -> dict[str, Any]:
        validate_parameters(request, self._model.input_shape)
        self.asked_at.append(self._clock())
        self.requests.append({"region": region, **request})
        if self.fails:
            raise _error(self.fails.pop(0))
        token = json.loads(request["NextToken"]) if "NextToken" in request else {"first": 0, "pages": 0}
        asked = [str(request[name]) for name in ("LookupAttributes", "StartTime", "EndTime")]
        if token.get("asked", asked) != asked or token["pages"] == self._tokens_end_after:
            raise _error("InvalidNextTokenException")
        found = self._found(region, request)
        first = token["first"]
        answer: dict[str, Any] = {"Events": found[first : first + _PAGE]}
        if first + _PAGE < len(found):
            going_on = {"first": first + _PAGE, "pages": token["pages"] + 1, "asked": asked}
            answer["NextToken"] = json.dumps(going_on)
        validate_parameters(answer, self._model.output_shape)
        return answer

    def _found(self, region: str, request: dict[str, Any]) -> list[dict[str, Any]]:
        (attribute,) = request["LookupAttributes"]
        events = sorted(
            map(self._event, self.records.get(region, [])), key=lambda e: e["EventTime"], reverse=True
        )
        return [
            event
            for event in events
            if event[attribute["AttributeKey"]] == attribute["AttributeValue"]
            and request["StartTime"] <= event["EventTime"] <= request["EndTime"]
        ]

    def _event(self, record: dict[str, Any]) -> dict[str, Any]:
        return {
            "EventId": record["eventID"],
            "EventName": record["eventName"],
            "EventSource": record["eventSource"],
            "EventTime": datetime.fromisoformat(record["eventTime"]).astimezone(UTC),
            "ReadOnly": json.dumps(record.get("readOnly", False)),
            "CloudTrailEvent": json.dumps(record) if self.text is None else self.text,
        }


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "LookupEvents")
