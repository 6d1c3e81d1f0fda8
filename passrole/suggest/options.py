"""What people may choose about a suggestion."""

from dataclasses import dataclass

from passrole.suggest.triples import Seen


@dataclass(frozen=True, slots=True)
class Options:
    """How much must be seen before it counts as normal.

    Attributes:
        min_count: passes of a role to a service by a passer.
        min_days: distinct days (UTC) of them.
        confidence: from 0 to 1: the least share of supported days among all days that a statement approves.
        any_passer: whether statements approve whoever passes the role.
    """

    min_count: int = 3
    min_days: int = 2
    confidence: float = 0.9
    any_passer: bool = False

    def supports(self, seen: Seen) -> bool:
        """Whether so much was seen that it is normal."""
        return seen.count >= self.min_count and len(seen.days) >= self.min_days
