"""Times as the project writes them: ISO 8601 in UTC, so that their text sorts as they do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """``2026-11-22T01:02:03.456Z``"""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(text: str, seconds: float) -> str:
    """The ISO time that many seconds after ``text``."""
    return iso(parse_time(text) + timedelta(seconds=seconds))


def parse_time(text: str) -> datetime:
    """The moment that an ISO 8601 text names; without an offset it is UTC.

    Raises:
        ValueError: ``text`` is no such time.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
