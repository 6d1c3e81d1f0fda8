"""Events put on a bus by hand: as AWS delivers a CloudTrail record, and as any customer can."""

import json
from collections.abc import Mapping
from typing import Any

DETAIL_TYPE = "AWS API Call via CloudTrail"


class EventRefusedError(Exception):
    """PutEvents did not take the event; the message holds the bus's code and reason."""


def source_of(record: Mapping[str, Any]) -> str:
    """The envelope's source for a record: `lambda.amazonaws.com` becomes `aws.lambda`."""
    return "aws." + str(record["eventSource"]).partition(".")[0]


def put_record(client: Any, record: Mapping[str, Any], source: str | None, mark: str) -> str:
    """Put a CloudTrail record on the client's default bus as AWS does; `mark` lets its source pass."""
    entry = {
        "Source": source or source_of(record),
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(record),
        "TraceHeader": mark,
    }
    return _put(client, entry)


def put_customer_event(
    client: Any, source: str, detail_type: str, detail: Mapping[str, Any], bus: str
) -> str:
    """Put an event as a customer; a source that begins with `aws.` is refused as on AWS."""
    entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail), "EventBusName": bus}
    return _put(client, entry)


def _put(client: Any, entry: dict[str, str]) -> str:
    result = client.put_events(Entries=[entry])["Entries"][0]
    if "ErrorCode" in result:
        raise EventRefusedError(f"{result['ErrorCode']}: {result.get('ErrorMessage', '')}")
    return str(result["EventId"])
