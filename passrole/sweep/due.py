"""What falls due by time alone: late news, exemptions that expire, and what `contain` is to look at."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from passrole.clock import parse_time
from passrole.finding import Change, Finding, News, State
from passrole.finding.life import end_of_exemption
from passrole.ledger import Ledger
from passrole.news import Pointer, PointerQueue, Topic, publish_news
from passrole.policy import CompiledPolicy, Exemption

ENDING = timedelta(days=14)  # how long ahead people are told that an exemption ends


class Did(StrEnum):
    """What was due of a finding."""

    PUBLISHED = "news was published late"
    REOPENED = "an exemption expired, and its finding is open again"
    PROLONGED = "an exemption was prolonged"
    POINTED_OUT = "its resource is due to be contained, or looked at again"


class DueWork:
    """Does what is due."""

    def __init__(
        self, ledger: Ledger, topic: Topic, to_contain: PointerQueue, policy: CompiledPolicy
    ) -> None:
        """``to_contain`` is the queue of `contain`, which alone may look at resources and act on them."""
        self._ledger = ledger
        self._topic = topic
        self._to_contain = to_contain
        self.policy = policy

    def do(self, until: str, now: str) -> Iterator[tuple[Finding, Did]]:
        """Does all that is due now; news only if it is as old as ``until``. Both times are ISO 8601."""
        for listed in self._ledger.due(now):
            finding = self._ledger.finding(listed.id)  # the index may lag behind
            if finding is None:
                continue
            if finding.has_news:
                if finding.updated_at <= until:  # else it is in the hands of who wrote it
                    publish_news(self._ledger, self._topic, finding)
                    yield finding, Did.PUBLISHED
            elif _has_ended(finding, now):
                yield from self._end(finding, now)
            elif _is_for_contain(finding, now):
                news = News.CONTAINED if finding.state is State.CONTAINED else News.CONTAINMENT_WAITS
                self._to_contain.send(Pointer(finding.id, finding.revision, news).to_message())
                yield finding, Did.POINTED_OUT

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


def _is_for_contain(finding: Finding, now: str) -> bool:
    due = finding.waits_until or finding.check_at
    return due is not None and parse_time(due) <= parse_time(now)
