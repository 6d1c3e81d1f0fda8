"""What passes come down to: which role went to which service by whom, how often and on which days."""

from collections.abc import Iterable
from dataclasses import dataclass

AWS_SERVICES = "AWS services"  # the passer where a service passed a role by itself: no condition tells which


@dataclass(frozen=True, slots=True, order=True)
class Triple:
    """One role to one service by one passer.

    Attributes:
        role: ARN.
        service: service principal.
        passer: what ``aws:PrincipalArn`` is; `AWS_SERVICES`; empty where the record does not tell.
    """

    role: str
    service: str
    passer: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How often, and on which days (UTC, ``2026-03-01``); the day of a pass without a time is not known."""

    count: int = 0
    days: frozenset[str] = frozenset()

    @property
    def first(self) -> str | None:
        """The first day."""
        return min(self.days, default=None)

    @property
    def last(self) -> str | None:
        """The last day."""
        return max(self.days, default=None)


NOTHING_SEEN = Seen()


def together(seen: Iterable[Seen]) -> Seen:
    """All that was seen, of passes that are counted once each."""
    listed = list(seen)
    return Seen(sum(each.count for each in listed), frozenset().union(*(each.days for each in listed)))
