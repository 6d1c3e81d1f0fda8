"""Names, numbers and times in the words of the report."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from passrole.arn import Arn
from passrole.names import short_passer, short_resource, short_role
from passrole.passes import Passer

NOT_KNOWN = "not known"
_SUFFIX = ".amazonaws.com"
_NAMED = 2  # services that are named where a pass may have gone to any of several


def number(value: int) -> str:
    """``12,345``."""
    return f"{value:,}"


def many(count: int, one: str, more: str | None = None) -> str:
    """``1 role``, ``1,234 roles``."""
    return f"{number(count)} {one if count == 1 else more or one + 's'}"


def passes(count: int) -> str:
    return many(count, "pass", "passes")


def moment(time: str | None) -> str:
    """An ISO time of a record, in UTC, as people read it: ``2026-03-01 12:00:05``."""
    return time.replace("T", " ").removesuffix("Z") if time else NOT_KNOWN


def day(time: str) -> str:
    """The day of an ISO time: ``1 March 2026``."""
    return f"{datetime.fromisoformat(time):%-d %B %Y}"


def passer_name(passer: str | None) -> str:
    """``deploy`` for a role or a user; the permission set for a role of IAM Identity Center."""
    return short_passer(Passer(arn=passer, role_arn=passer)) if passer else NOT_KNOWN


def role_name(role: str | None) -> str:
    """A role's name; ``instance-profile/web`` where the record names a profile that was not resolved."""
    if not role:
        return "not shown"
    arn, short = Arn.parse(role), short_role(role)
    return arn.resource if arn and short == role else short


def service_name(service: str | None) -> str:
    """``lambda``; ``ec2 or spot``, ``ec2 or 3 others`` where the call alone does not tell which."""
    if not service:
        return NOT_KNOWN
    names = [name.removesuffix(_SUFFIX) for name in service.split(" or ")]
    others = len(names) - 1
    return " or ".join(names) if len(names) <= _NAMED else f"{names[0]} or {others} others"


def resource_name(resource: str | None) -> str:
    """A resource's name."""
    return short_resource(resource) if resource else NOT_KNOWN


def told_apart(names: Sequence[str | None], shorten: Callable[[str | None], str]) -> list[str]:
    """Short names, with the end of the account's number where two would be the same: ``deploy ·3333``."""
    short = [shorten(name) for name in names]
    seen = Counter(short)
    return [one if seen[one] == 1 else one + _ending(name) for name, one in zip(names, short, strict=True)]


def _ending(name: str | None) -> str:
    arn = Arn.parse(name)
    return f" ·{arn.account[-4:]}" if arn else ""
