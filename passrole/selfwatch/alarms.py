"""The guard's alarms as findings about the guard, so that they reach every channel and not e-mail alone.

CloudWatch sends an event when an alarm changes its state ("Alarm events and EventBridge", CloudWatch User
Guide). One finding an alarm: it opens when the alarm rings, and is resolved when it is well again. Events are
ordered by CloudWatch's own time; one that comes behind a later one of an alarm that has a finding is dropped.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.finding import GUARD, Change, Finding, News, State
from passrole.finding.guard import Trouble, trouble
from passrole.finding.life import advance
from passrole.ledger import Ledger
from passrole.news import Topic, publish_news
from passrole.policy import Severity
from passrole.trail import EnvelopeError, ForgedEventError, UnreadableEventError

DETAIL_TYPE = "CloudWatch Alarm State Change"
SOURCE = "aws.cloudwatch"
RINGS, IS_WELL = "ALARM", "OK"
# A finding of its own tells of it: see `passrole/quarantine/brakes.py`.
_TOLD_OTHERWISE = frozenset({"BreakerTripped"})
# It is time to think, and nothing is broken.
_MILD = frozenset({"ExemptionsEnding"})
_LONGEST = 1000  # characters of each text that CloudWatch gives
_ATTEMPTS = 6


class BusyAlarmError(RuntimeError):
    """Others kept changing the same finding; the message is to be delivered again."""


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """An alarm of the guard is in another state. ``at`` is ISO 8601, UTC.

    Attributes:
        arn, name: of the alarm.
        state: ``ALARM`` or ``OK``.
        description: what the alarm is about; ``reason`` why it changed, in CloudWatch's words.
        metrics: names of those that it looks at.
    """

    arn: str
    name: str
    account: str
    region: str
    state: str
    at: str
    description: str
    reason: str
    metrics: frozenset[str]


def is_alarm(envelope: Mapping[str, Any]) -> bool:
    """Whether an EventBridge envelope tells of an alarm: it is for `AlarmNews`, which checks the rest."""
    return envelope.get("detail-type") == DETAIL_TYPE


class AlarmNews:
    """Opens and resolves the findings of alarms, and tells of them."""

    def __init__(
        self, ledger: Ledger, topic: Topic, account: str, stack: str, clock: Clock = utc_now
    ) -> None:
        """``stack`` is the name of the guard's stack, with which the names of its alarms begin."""
        self._ledger = ledger
        self._topic = topic
        self._account = account
        self._stack = stack
        self._clock = clock

    def take(self, body: str) -> Finding | None:
        """The finding of the alarm that an envelope tells of; None if nothing is to be told.

        Raises:
            ForgedEventError: AWS did not send it for this account.
            UnreadableEventError: it is no such event.
            BusyAlarmError: to be delivered again.
        """
        change = change_in(body, self._account)
        if not change.name.startswith(f"{self._stack}-") or change.state not in (RINGS, IS_WELL):
            return None
        if change.metrics & _TOLD_OTHERWISE:
            return None
        finding = self._record(change)
        if finding is not None:
            publish_news(self._ledger, self._topic, finding)  # what an earlier delivery left, too
        return finding

    def _record(self, change: AlarmChange) -> Finding | None:
        for _ in range(_ATTEMPTS):
            opened = _opened(change, iso(self._clock()))
            before = self._ledger.finding(opened.finding.id)
            step = _next(before, opened, change)
            if step is None:
                return before
            if self._ledger.record_change(step):
                return step.finding
        raise BusyAlarmError(f"the finding of {change.name} could not be recorded in {_ATTEMPTS} attempts")


def change_in(body: str, account: str) -> AlarmChange:
    """What an envelope tells of an alarm of ``account``.

    Raises:
        ForgedEventError: another source than CloudWatch, or another account.
        UnreadableEventError: it is no such event.
    """
    try:
        envelope = json.loads(body)
        if not is_alarm(envelope):
            raise UnreadableEventError(f"detail-type is not {DETAIL_TYPE!r}")
        if envelope["source"] != SOURCE:
            raise ForgedEventError(f"source is {envelope['source']!r:.100}, expected {SOURCE}")
        if envelope["account"] != account:
            raise ForgedEventError(
                f"the event is of account {envelope['account']!r:.100}, expected {account}"
            )
        return _change(envelope)
    except EnvelopeError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableEventError(f"no alarm's change of state: {error!r:.100}") from None


def _change(envelope: Mapping[str, Any]) -> AlarmChange:
    detail, [arn] = envelope["detail"], envelope["resources"]
    name, state = str(detail["alarmName"]), detail["state"]
    if not str(arn).endswith(f":{envelope['account']}:alarm:{name}"):
        raise UnreadableEventError("the alarm's ARN and its name do not fit")
    configuration = detail.get("configuration") or {}
    metrics = (
        m.get("metricStat", {}).get("metric", {}).get("name") for m in configuration.get("metrics", ())
    )
    return AlarmChange(
        arn=str(arn),
        name=name,
        account=str(envelope["account"]),
        region=str(envelope["region"]),
        state=str(state["value"]),
        at=iso(parse_time(state["timestamp"])),
        description=str(configuration.get("description") or "")[:_LONGEST],
        reason=str(state.get("reason") or "")[:_LONGEST],
        metrics=frozenset(str(metric) for metric in metrics if metric),
    )


def _opened(change: AlarmChange, now: str) -> Change:
    why = f"{change.description or change.name} CloudWatch: {change.reason}"
    opened = trouble(Trouble.ALARM_RINGS, change.arn, change.account, change.region, why, now)
    finding = replace(
        opened.finding,
        resource=change.arn,
        resource_type="cloudwatch:alarm",
        event_time=change.at,
        severity=Severity.LOW if change.metrics & _MILD else Severity.HIGH,
    )
    return replace(opened, finding=finding)


def _next(before: Finding | None, opened: Change, change: AlarmChange) -> Change | None:
    """The step that a change of the alarm makes; None if the finding is there already, or is not needed."""
    rings = change.state == RINGS
    if before is None:
        return opened if rings else None
    if before.event_time is not None and change.at <= before.event_time:
        return None
    now, is_open = opened.finding.updated_at, before.state is State.OPEN
    if rings == is_open or before.state is State.EXEMPTED:
        return None
    state, news = (State.OPEN, News.REOPENED) if rings else (State.RESOLVED, News.RESOLVED)
    fresh = replace(before, event_time=change.at)
    if rings:
        fresh = replace(fresh, reasons=opened.finding.reasons)
    why = opened.finding.reasons[0] if rings else change.reason
    return advance(fresh, state, news, now, GUARD, why, before=before)
