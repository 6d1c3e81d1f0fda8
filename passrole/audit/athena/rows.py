"""A row of the query's result -> the CloudTrail record that it was made from, as far as it was asked for."""

import json
from collections.abc import Sequence
from typing import Any

from passrole.audit.athena.fields import FIELDS, READ_ONLY, REQUEST, RESPONSE

ALIASES = tuple(field.alias for field in FIELDS)
_BOOLEANS = {"true": True, "false": False}


def record_of(row: Sequence[str | None]) -> dict[str, Any]:
    """The record, in CloudTrail's spelling.

    Args:
        row: the values, in the order of `FIELDS`; None for NULL.

    Raises:
        ValueError: the row has another number of values.
    """
    record: dict[str, Any] = {}
    for field, told in zip(FIELDS, row, strict=True):
        if told is None:
            continue
        *above, last = field.path
        part = record
        for name in above:
            part = part.setdefault(name, {})
        if field in (REQUEST, RESPONSE):
            part[last] = _unfolded(told)
        else:
            part[last] = _BOOLEANS.get(told) if field is READ_ONLY else told
    return record


def _unfolded(told: str) -> Any:
    """A request or an answer; a text that is none of JSON stays one, as a record may have it."""
    try:
        return json.loads(told)
    except (ValueError, RecursionError):
        return told
