"""Whether the canary is missing while its alarm is silent: who may send metrics may keep that so.

`cloudwatch:PutMetricData` is not among the events of CloudTrail that rules get, and a metric can be sent by
way of any log group, too ("Using the PutLogEvents API to send manually-created embedded metric format logs").
What the ledger knows of the canary is not to be had so.
"""

from dataclasses import replace
from datetime import timedelta

from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.finding import GUARD, Change, Finding, News, State
from passrole.finding.guard import Trouble, trouble
from passrole.finding.life import advance
from passrole.ledger import Ledger
from passrole.news import Topic, publish_news
from passrole.policy import Severity

# The alarm has rung by then, and its finding is there: it looks back for 15 minutes, CloudWatch some more.
LATE = timedelta(minutes=30)
_ALARM = "-MonitoringCanaryMissing"
_WHICH = "canary by the ledger"


class SilenceWatch:
    """Tells by the ledger what the alarm should have told by the metric."""

    def __init__(
        self, ledger: Ledger, topic: Topic, account: str | None, region: str | None, clock: Clock = utc_now
    ) -> None:
        """``account`` and ``region`` are the guard's own."""
        self._ledger = ledger
        self._topic = topic
        self._account = account
        self._region = region
        self._clock = clock

    def look(self) -> Finding | None:
        """The finding that was opened or resolved; None if all is as it was."""
        now, last = self._clock(), self._ledger.last_canary()
        since = last.seen_at if last else self._began()
        if since is None:
            return None
        why = (
            f"no pass of the canary was judged since {since}, and no open finding tells that the alarm "
            "CanaryMissing rings: passes of roles may go unseen; and if it does not ring, somebody may send "
            "the metric that keeps it silent"
        )
        opened = trouble(Trouble.ALARM_RINGS, _WHICH, self._account, self._region, why, iso(now))
        before, is_late = self._ledger.finding(opened.finding.id), now - parse_time(since) > LATE
        step = self._next(before, opened, is_late=is_late) if is_late or last else None
        if step is not None and not self._ledger.record_change(step):
            return None  # another run is at it
        finding = step.finding if step else before
        if finding is not None:
            publish_news(self._ledger, self._topic, finding)  # what an earlier run left, too
        return step.finding if step else None

    def _began(self) -> str | None:
        """When the guard began to sweep last: that it never saw the canary since is enough."""
        sweep = self._ledger.latest_sweep()
        return sweep.id if sweep else None

    def _next(self, before: Finding | None, opened: Change, *, is_late: bool) -> Change | None:
        is_open = before is not None and before.state is State.OPEN
        if is_late == is_open or (is_late and self._is_told_by_alarm()):
            return None
        if before is None:
            return opened if is_late else None
        now = opened.finding.updated_at
        if is_late:
            fresh, why = replace(before, reasons=opened.finding.reasons), opened.finding.reasons[0]
            return advance(fresh, State.OPEN, News.REOPENED, now, GUARD, why, before=before)
        return advance(before, State.RESOLVED, News.RESOLVED, now, GUARD, "the canary is seen", before=before)

    def _is_told_by_alarm(self) -> bool:
        return any(
            finding.event_name == Trouble.ALARM_RINGS
            and finding.state is State.OPEN
            and _ALARM in (finding.resource or "")
            for finding in self._ledger.standing(Severity.HIGH)
        )
