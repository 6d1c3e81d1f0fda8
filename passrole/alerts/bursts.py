"""The rule by which news is told by itself, or waits to be told with others.

- The first three of a passer, role, service and kind of news are told at once; while more come, they wait.
- At most 18 a minute are told at once on a channel, whoever passes what: else whoever has many roles, or
  makes them, could hide in the noise, or have the channel's receiver turn us away.
- News of critical findings waits for no others of its passer, role and service; it counts among the 18, and
  has two more of its own.
- Once there were too many, none is told alone until there were few enough for three minutes.

What waits is told within a few minutes: a digest is due three minutes after its first news.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Protocol

from passrole.finding import Finding, News
from passrole.ledger import Limit
from passrole.policy import Severity

QUIET = timedelta(minutes=3)
DIGEST_AFTER = timedelta(minutes=3)
OF_A_GROUP = Limit(most=3, per=timedelta(minutes=3), quiet=QUIET)
OF_A_CHANNEL = Limit(most=18, per=timedelta(minutes=1), quiet=QUIET)
CRITICAL_BESIDES = Limit(most=2, per=timedelta(minutes=1), quiet=QUIET)


class Bursts(Protocol):
    """What the rule needs of the ledger."""

    def is_among_first(self, channel: str, name: str, limit: Limit, now: datetime) -> bool:
        """Counts one news of a burst; whether it is one of the first."""


def is_told_at_once(bursts: Bursts, channel: str, finding: Finding, news: News, now: datetime) -> bool:
    """Whether the news is to be told by itself; counts it."""
    is_critical = finding.severity is Severity.CRITICAL
    group = f"GROUP#{digest_of(group_of(finding))}#{news}"
    if not is_critical and not bursts.is_among_first(channel, group, OF_A_GROUP, now):
        return False
    if bursts.is_among_first(channel, "ALL", OF_A_CHANNEL, now):
        return True
    return is_critical and bursts.is_among_first(channel, "CRITICAL", CRITICAL_BESIDES, now)


def group_of(finding: Finding) -> tuple[str, ...]:
    """What findings are told together by: passer, role and services."""
    passer = finding.passer
    who = passer.arn or passer.name or passer.invoked_by or passer.principal_id or ""
    return who, finding.role, *finding.services


def digest_of(parts: tuple[str, ...]) -> str:
    """A short name for texts of any length, of which none can run into its neighbour."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
