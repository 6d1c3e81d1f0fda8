"""Logs of calls that pass roles, as CloudTrail puts them into a bucket."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.unit.samples import ACCOUNT, create_function_record

# A file of that name could be, but not the one that is written first, whose name is longer: an audit ends
# after its reading, and what it read is kept.
UNWRITABLE = "o" * 250


def passing(number: int, role: str = "application_role/good", **fields: Any) -> dict[str, Any]:
    """The record of a call that passes a role."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    record = create_function_record(eventID=f"event-{number}", eventTime=f"2026-03-{number:02d}T10:00:00Z")
    record["requestParameters"] = record["requestParameters"] | {"role": arn}
    return record | fields


def write_log(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Writes one, gzipped."""
    path.write_bytes(gzip.compress(json.dumps({"Records": list(records)}).encode()))
