"""What happens to one event about the guard: decided, recorded, told. At least once in, one finding out."""

from passrole.clock import Clock, iso, utc_now
from passrole.finding import Finding
from passrole.ledger import Ledger
from passrole.news import Topic, publish_news
from passrole.selfwatch.decision import Counts, GuardChange, change_of
from passrole.selfwatch.deployments import Deployments
from passrole.selfwatch.findings import fed_by, finding_of
from passrole.selfwatch.own import OwnResources
from passrole.trail import record_in

_ATTEMPTS = 6


class BusyFindingError(RuntimeError):
    """Others kept changing the same finding; the message is to be delivered again."""


class GuardWatch:
    """Tells people who changes the guard."""

    def __init__(
        self,
        ledger: Ledger,
        topic: Topic,
        account: str,
        own: OwnResources,
        deployments: Deployments,
        clock: Clock = utc_now,
    ) -> None:
        self._ledger = ledger
        self._topic = topic
        self._account = account
        self._own = own
        self._deployments = deployments
        self._clock = clock

    def watch(self, body: str) -> Finding | None:
        """Judges an EventBridge envelope; the finding that it feeds, or None if it changes nothing of ours.

        Raises:
            EnvelopeError: the event is forged, or not readable.
            BusyFindingError: to be delivered again.
            ClientError, BotoCoreError: AWS did not answer; to be delivered again.
        """
        change = change_of(record_in(body, self._account), self._own)
        if change is None or not self._counts(change):
            return None
        finding = self._record(change)
        publish_news(self._ledger, self._topic, finding)  # what an earlier delivery left, too
        return finding

    def _counts(self, change: GuardChange) -> bool:
        if change.counts is Counts.ALWAYS:
            return True
        is_deploying = bool(change.event_time and change.region) and self._deployments.were_under_way(
            change.event_time or "", change.source, change.region or ""
        )
        return is_deploying is (change.counts is Counts.WHILE_DEPLOYING)

    def _record(self, change: GuardChange) -> Finding:
        for _ in range(_ATTEMPTS):
            now = iso(self._clock())
            opened = finding_of(change, now)
            before = self._ledger.finding(opened.finding.id)
            step = opened if before is None else fed_by(before, change, now)
            if step is None and before is not None:
                return before
            if step is not None and self._ledger.record_change(step):
                return step.finding
        raise BusyFindingError(f"event {change.event_id} could not be recorded in {_ATTEMPTS} attempts")
