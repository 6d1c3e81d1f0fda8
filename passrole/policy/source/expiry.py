"""When exemptions expire: a date, which counts to its end in UTC, or a time with its zone."""

import re
from datetime import UTC, date, datetime, timedelta

from passrole.policy.text import quoted

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_YEARS = range(2000, 3000)  # what is beside them is a slip, and near the ends of what Python counts
_SOON = 14  # days


def expiry(text: str) -> str:
    """A date such as 2027-03-31, or a time such as 2027-03-31T18:00:00Z."""
    first_moment_after(text)
    return text


def first_moment_after(text: str) -> datetime:
    """The first moment, in UTC, at which what expires then no longer counts.

    Raises:
        ValueError: ``text`` is no such date or time.
    """
    wrong = f'{quoted(text)} is no date; expected one such as "2027-03-31", or a time: "2027-03-31T18:00:00Z"'
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(wrong) from None
    if moment.year not in _YEARS:
        raise ValueError(wrong)
    if _DATE.fullmatch(text):
        return moment.replace(tzinfo=UTC) + timedelta(days=1)
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(wrong)
    if not found[2]:
        raise ValueError(f"a time needs its zone: write {quoted(text + 'Z')} for UTC")
    return moment.astimezone(UTC)


def too_far(text: str, today: date) -> str | None:
    """What is wrong with an expiry more than a year after ``today``; None of any other."""
    latest = _a_year_after(today)
    if _last_day(text) <= latest:
        return None
    return (
        f"more than a year ahead: {latest.isoformat()} is the latest; an exemption is renewed, not forgotten"
    )


def doubt(text: str, today: date) -> str | None:
    """What is to be said of an expiry that is past or near; None of any other."""
    last = _last_day(text)
    days = (last - today).days
    if days < 0:
        return f"expired on {last.isoformat()}: it no longer counts; remove it"
    if days > _SOON:
        return None
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    return f"expires {when}, on {last.isoformat()}: renew it, or remove it when it is over"


def _last_day(text: str) -> date:
    """The last day, in UTC, on which it counts at all."""
    return (first_moment_after(text) - timedelta(microseconds=1)).date()


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + 1, day=28)
