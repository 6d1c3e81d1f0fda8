"""Reading members of records whose every value may be of any type: nothing here raises."""

from typing import Any

from passrole.clock import parse_time

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
        moment = parse_time(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z" if moment else None
