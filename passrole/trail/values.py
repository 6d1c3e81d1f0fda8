"""Reading members of records whose every value may be of any type: nothing here raises."""

import re
from datetime import datetime
from typing import Any

from passrole.clock import parse_time

# How CloudTrail writes times: by far the most need no more than a check.
_AS_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_REDACTED = frozenset({"HIDDEN_DUE_TO_SECURITY_REASONS", "***", "<sensitiveDataRemoved>"})


def text(value: Any) -> str | None:
    """The value if it is text with something in it, else None."""
    return value if isinstance(value, str) and value else None


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def is_redacted(value: Any) -> bool:
    """Whether CloudTrail put a mark in place of the value."""
    return isinstance(value, str) and value in _REDACTED


def time(value: Any) -> str | None:
    """A record's time as ISO 8601 in UTC with whole seconds, or None if it is no time."""
    try:
        if isinstance(value, str) and _AS_WRITTEN.fullmatch(value):
            datetime.fromisoformat(value)  # a real day and hour?
            return value
        moment = parse_time(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z" if moment else None
