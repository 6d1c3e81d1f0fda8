"""The times that people give: a moment, or how long ago."""

import re
from datetime import datetime, timedelta

from passrole.cli.errors import InputError
from passrole.clock import parse_time

_AGO = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(given: str, now: datetime, option: str) -> datetime:
    """The moment that ISO 8601 (UTC without an offset), or ``2h`` or ``3d`` before now, means.

    Args:
        option: that it was given with, for what is said about it.

    Raises:
        InputError: it is neither.
    """
    try:
        if ago := _AGO.fullmatch(given):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return parse_time(given)
    except (ValueError, OverflowError):
        raise InputError(
            f"{option}: {given!r} is no time; expected ISO 8601 (2026-11-22T14:00Z), or how long ago: 2h, 3d"
        ) from None
