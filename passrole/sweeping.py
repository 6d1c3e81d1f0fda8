"""What falls due by time alone: news that nobody published, and exemptions that expire."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from passrole.clock import parse_time
from passrole.finding import Change, Finding, State, end_of_exemption
from passrole.ledger import Ledger
from passrole.news import Topic, publish_news
from passrole.policy import CompiledPolicy, Exemption

ENDING = timedelta(days=14)  # how long ahead people are told that an exemption ends


class Did(StrEnum):
    """What was due of a finding."""

    PUBLISHED = "news was published late"
    REOPENED = "an exemption expired, and its finding is open again"
    PROLONGED = "an exemption was prolonged"


class Sweeper:
    """Does what is due."""

    def __init__(self, ledger: Ledger, topic: Topic, policy: CompiledPolicy) -> None:
        self._ledger = ledger
        self._topic = topic
        self.policy = policy

    def sweep(self, until: str, now: str) -> Iterator[tuple[Finding, Did]]:
        """Does all that is due since ``until`` or before; both times are ISO 8601."""
        for listed in self._ledger.due(until):
            finding = self._ledger.finding(listed.id)  # the index may lag behind
            if finding is None:
                continue
            if finding.has_news:
                publish_news(self._ledger, self._topic, finding)
                yield finding, Did.PUBLISHED
            elif _has_ended(finding, now):
                yield from self._end(finding, now)

    def _end(self, finding: Finding, now: str) -> Iterator[tuple[Finding, Did]]:
        until = self._prolonged(finding, now)
        if until is not None:
            longer = replace(finding, exempt_until=until)
            if self._ledger.record_change(Change(longer, None, finding)):
                yield longer, Did.PROLONGED
            return
        change = end_of_exemption(finding, now)
        if self._ledger.record_change(change):
            publish_news(self._ledger, self._topic, change.finding)
            yield change.finding, Did.REOPENED

    def _prolonged(self, finding: Finding, now: str) -> str | None:
        """Until when the exemption of that name counts in the present policy."""
        ends = (e.expires for e in self.policy.exemptions if e.name == finding.exemption)
        return max((end for end in ends if parse_time(end) > parse_time(now)), default=None)


def ending(policy: CompiledPolicy, now: datetime) -> tuple[Exemption, ...]:
    """The exemptions of a policy that end soon."""
    return tuple(e for e in policy.exemptions if now < parse_time(e.expires) <= now + ENDING)


def _has_ended(finding: Finding, now: str) -> bool:
    if finding.state is not State.EXEMPTED or finding.exempt_until is None:
        return False
    return parse_time(finding.exempt_until) <= parse_time(now)
