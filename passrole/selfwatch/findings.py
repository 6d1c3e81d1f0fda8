"""A change of the guard -> the finding that people hear of it by.

One finding a kind, thing, principal (of a deployment, its role) and day: an event that is delivered again
changes nothing, a further one is counted, and told again where it is graver, or another call than those
before, or a further deployment.
"""

from dataclasses import replace

from passrole.finding import Change, Finding, News, State, Step
from passrole.finding.guard import trouble
from passrole.finding.life import advance
from passrole.passes import Outcome, Passer
from passrole.policy import Severity, gravest
from passrole.selfwatch.decision import GuardChange

# Of so many events the finding tells: they fit into its record, and into what is compared.
_MOST_REASONS = 20


def finding_of(change: GuardChange, now: str) -> Change:
    """The step that opens the finding of a change. ``now`` is ISO 8601."""
    who, day = who_is(change.passer), (change.event_time or now)[:10]
    # A pipeline calls its session otherwise at each run.
    by = change.passer.role_arn or who if change.is_deployment else who
    about = repr([change.part, change.resource, change.region, by, day])
    opened = trouble(change.kind, about, change.account, change.region, _told(change), now)
    finding = replace(
        opened.finding,
        resource=change.resource,
        resource_type=change.part,
        passer=change.passer,
        event_time=change.event_time,
        outcome=change.outcome,
        severity=_severity(change),
        passes=1,
        last_pass=change.event_id,
    )
    return Change(finding, Step(1, now, News.OPENED, who, finding.reasons[0]), None)


def fed_by(before: Finding, change: GuardChange, now: str) -> Change | None:
    """What a further event does to the finding; None if the event is in it already."""
    if before.last_pass == change.event_id or any(_is_of(change, reason) for reason in before.reasons):
        return None
    fresh = finding_of(change, now).finding
    is_done = Outcome.SUCCEEDED in (before.outcome, change.outcome)
    counted = replace(
        before,
        passer=fresh.passer,
        event_time=fresh.event_time,
        last_pass=fresh.last_pass,
        reasons=(*fresh.reasons, *before.reasons)[:_MOST_REASONS],
        outcome=Outcome.SUCCEEDED if is_done else Outcome.DENIED,
        severity=gravest(before.severity, fresh.severity),
        passes=before.passes + 1,
    )
    if not _is_told_again(before, change):
        return Change(counted, None, before)
    who = who_is(change.passer)
    return advance(counted, State.OPEN, News.REOPENED, now, who, fresh.reasons[0], before=before)


def who_is(passer: Passer) -> str:
    """The principal in one text."""
    return passer.arn or passer.invoked_by or passer.principal_id or "unknown"


def _is_told_again(before: Finding, change: GuardChange) -> bool:
    is_graver = before.outcome is Outcome.DENIED and change.outcome is Outcome.SUCCEEDED
    is_done = change.outcome is Outcome.SUCCEEDED
    is_known = any(reason.startswith(f"{change.call} ") for reason in before.reasons)
    is_another_deployment = change.is_deployment and is_done
    return before.state is not State.OPEN or is_graver or not is_known or is_another_deployment


def _severity(change: GuardChange) -> Severity:
    """Critical is what was done to what is known to be the guard's; deployments mostly are what they seem."""
    if change.outcome is not Outcome.SUCCEEDED:
        return Severity.HIGH
    if change.is_deployment:
        return Severity.MEDIUM
    return Severity.HIGH if change.resource is None else Severity.CRITICAL


def _told(change: GuardChange) -> str:
    """The event in a sentence; it ends in the event's id, by which it is known again."""
    what = change.resource or "something that the record does not name"
    where = f" from {change.passer.source_ip}" if change.passer.source_ip else ""
    denied = ", which AWS denied" if change.outcome is Outcome.DENIED else ""
    when = change.event_time or "an unknown time"
    return f"{change.call} on {what} by {who_is(change.passer)}{where} at {when}{denied} {_mark(change)}"


def _is_of(change: GuardChange, reason: str) -> bool:
    return reason.endswith(_mark(change))


def _mark(change: GuardChange) -> str:
    return f"(event {change.event_id})"
