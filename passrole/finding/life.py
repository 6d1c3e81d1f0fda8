"""The life of a finding: what passes, judgements and people make of it, step by step."""

from dataclasses import replace
from typing import Any

from passrole.clock import parse_time
from passrole.finding import GUARD, Change, Finding, News, State, Step
from passrole.passes import Passer
from passrole.policy import Decision, Severity, Stage, gravest

_STAGE_ORDER = (Stage.OBSERVE, Stage.ALERT, Stage.QUARANTINE)


def exempted(fresh: Finding, exemption: str, until: str) -> Finding:
    """A finding as it stands while an exemption counts: nobody is told of it before that ends."""
    return replace(fresh, state=State.EXEMPTED, published=1, exemption=exemption, exempt_until=until)


def end_of_exemption(finding: Finding, at: str) -> Change:
    """The step of a finding whose exemption has expired: it comes back."""
    why = f"the exemption {finding.exemption} expired"
    return advance(finding, State.OPEN, News.EXEMPTION_ENDED, at, GUARD, why)


def feed(before: Finding | None, fresh: Finding) -> Change:
    """What a pass does to a finding: opens it, is counted by it, or opens it again.

    Events come late and unordered: a pass from before the finding's latest step is only counted.
    """
    if before is None:
        news = News.EXEMPTED if fresh.state is State.EXEMPTED else News.OPENED
        return Change(fresh, Step(1, fresh.opened_at, news, _who(fresh.passer), fresh.reasons[0]), None)
    is_late = _is_earlier(fresh, before)
    # What a sweep saw first tells nothing of the passer: the event does, however late it comes.
    latest = before if is_late and not before.is_of_sweep else fresh
    # A late pass takes no verdict from a later one; only a stricter response counts whenever it comes.
    judged = before if is_late and not _is_stricter(fresh, before) else fresh
    counted = replace(
        fresh,
        decision=judged.decision,
        reasons=judged.reasons,
        policy_hash=judged.policy_hash,
        severity=_severity(before, fresh, judged),
        checks=judged.checks,
        response=judged.response,
        passer=latest.passer,
        event_source=latest.event_source,
        event_name=latest.event_name,
        event_time=latest.event_time,
        last_pass=latest.last_pass,
        state=before.state,
        # What a sweep found stands for a pass of which nothing was known: the event tells of that one.
        passes=before.passes + (fresh.is_of_sweep or not before.is_of_sweep),
        opened_at=before.opened_at,
        updated_at=before.updated_at,
        revision=before.revision,
        published=before.published,
        refused_at=before.refused_at,
        exemption=_longer(fresh, before).exemption if before.state is State.EXEMPTED else None,
        exempt_until=_longer(fresh, before).exempt_until if before.state is State.EXEMPTED else None,
        exempt_by=before.exempt_by,
        waits_until=before.waits_until,
        awaits_approval=before.awaits_approval,
        approved_by=before.approved_by,
        would_contain=before.would_contain,
        check_at=before.check_at,
        was_told=before.is_told and not _is_exempt_from_the_start(before),
    )
    if not counted.is_to_be_contained:
        counted = replace(counted, waits_until=None)  # nothing falls due then
    if fresh.state is State.EXEMPTED:
        # What stands open for another reason goes on; what is exempt is so for as long as the latest pass.
        return Change(counted, None, before)
    why = None if _is_waived(before, fresh.updated_at) else _why_reopened(before, fresh)
    if why is None:
        return Change(counted, None, before)
    return advance(
        counted, State.OPEN, News.REOPENED, fresh.updated_at, _who(fresh.passer), why, before=before
    )


def judged_again(
    before: Finding | None, fresh: Finding, uncapped: Stage, who: str, why: str
) -> Change | None:
    """What a new judgement of what holds its role does to a finding; None if nothing.

    Nothing was passed: so a finding that people released stays so, unless the policy became stricter.

    Args:
        fresh: the finding as if none existed; its stage is that of what exists already.
        uncapped: the stage that a pass would have: what an event's finding has of it, it keeps.
        who, why: what brought the judgement about.
    """
    at, told = fresh.updated_at, f"{why}: {fresh.reasons[0]}"
    if before is None:
        news = News.EXEMPTED if fresh.state is State.EXEMPTED else News.OPENED
        return Change(fresh, Step(1, at, news, who, told), None)
    if before.state is State.CONTAINED or _is_waived(before, at) or _is_only_doubt(fresh, before):
        return None
    kept = min(before.response, uncapped, key=_STAGE_ORDER.index)
    judged = replace(
        before,
        decision=fresh.decision,
        reasons=fresh.reasons,
        policy_hash=fresh.policy_hash,
        severity=_severity(before, fresh, fresh),
        checks=fresh.checks,
        response=max(fresh.response, kept, key=_STAGE_ORDER.index),
    )
    if before.is_told and not judged.is_told and not _is_exempt_from_the_start(before):
        judged = replace(judged, was_told=True)
    if not judged.is_to_be_contained:
        judged = replace(judged, waits_until=None)  # nothing falls due then
    if fresh.state is State.EXEMPTED:
        return _exempted_now(before, judged, fresh, who, why)
    is_again = before.state in (State.RESOLVED, State.EXEMPTED) or _is_stricter(judged, before)
    if is_again:
        return advance(judged, State.OPEN, News.REOPENED, at, who, told, before=before, origin=fresh.origin)
    if before.state is State.RELEASED or judged == before:
        return None
    return Change(judged, None, before)


def ended(before: Finding, who: str, why: str, at: str) -> Change | None:
    """The step of a finding that nothing speaks for any more; None if it is not for this to end.

    What is contained stays so until it is released: to look at the resource is `contain`'s.
    """
    if before.state in (State.CONTAINED, State.RESOLVED):
        return None
    change = advance(before, State.RESOLVED, News.RESOLVED, at, who, why)
    if not _is_exempt_from_the_start(before):
        return change
    return replace(change, finding=replace(change.finding, published=change.finding.revision))


def advance(
    finding: Finding,
    state: State,
    news: News,
    at: str,
    who: str,
    why: str,
    before: Finding | None = None,
    **standing: Any,
) -> Change:
    """The next step of a finding's life; ``standing`` is what of its fields belongs to the step."""
    revision = finding.revision + 1
    refused_at = at if news in (News.CONTAINMENT_REFUSED, News.CONTAINMENT_FAILED) else None
    after = replace(
        finding,
        state=state,
        revision=revision,
        updated_at=at,
        refused_at=refused_at,
        exemption=None,
        exempt_until=None,
        exempt_by=None,
        waits_until=None,
        awaits_approval=False,
        approved_by=None,
        would_contain=False,
        check_at=None,
    )
    after = replace(after, **standing)
    return Change(after, Step(revision, at, news, who, why), before or finding)


def _exempted_now(before: Finding, judged: Finding, fresh: Finding, who: str, why: str) -> Change | None:
    """The policy waives what it does not approve: what stands open rests until that ends."""
    waiver: dict[str, Any] = {"exemption": fresh.exemption, "exempt_until": fresh.exempt_until}
    if before.state is State.EXEMPTED:
        longer = replace(judged, exempt_by=None, **waiver)
        return None if longer == before else Change(longer, None, before)
    if before.state is not State.OPEN:
        return None
    told = f"{why}: the exemption {fresh.exemption} waives it"
    return advance(
        judged, State.EXEMPTED, News.EXEMPTED, fresh.updated_at, who, told, before=before, **waiver
    )


def _severity(before: Finding, fresh: Finding, judged: Finding) -> Severity:
    """The severity of the verdict that counts; under one policy no further pass makes it milder.

    Who passes the role once more, as a machine or while IAM is too busy to tell what it is, makes nothing
    better. What was released or resolved is judged anew.
    """
    if before.state in (State.RELEASED, State.RESOLVED) or fresh.policy_hash != before.policy_hash:
        return judged.severity
    return gravest(before.severity, fresh.severity)


def _why_reopened(before: Finding, fresh: Finding) -> str | None:
    if _is_stricter(fresh, before):
        return f"the policy now says {fresh.response} where it said {before.response}"
    if before.state is State.OPEN and not _may_be_tried_again(before, fresh):
        return None
    # CloudTrail's times have whole seconds: in the same second the pass may be the later one.
    if fresh.event_time is not None and fresh.event_time[:19] < before.updated_at[:19]:
        return None
    if before.state is State.OPEN and before.would_contain:
        return "the role was passed again under another policy than that of the dry run"
    if before.state is State.OPEN:
        return "the role was passed again after its containment was refused"
    return f"the role was passed again after it was {before.state}"


def _longer(fresh: Finding, before: Finding) -> Finding:
    """Whose exemption counts: the latest one of the policy, but what a person granted is not cut short."""
    if fresh.exempt_until is None:
        return before
    is_granted = before.exempt_by is not None and before.exempt_until is not None
    return before if is_granted and (before.exempt_until or "") > fresh.exempt_until else fresh


def _is_waived(finding: Finding, at: str) -> bool:
    """Whether a person has exempted this very finding, for that time still."""
    return (
        finding.state is State.EXEMPTED
        and finding.exempt_by is not None
        and finding.exempt_until is not None
        and parse_time(finding.exempt_until) > parse_time(at)
    )


def _is_exempt_from_the_start(finding: Finding) -> bool:
    return finding.state is State.EXEMPTED and finding.revision == 1


def _may_be_tried_again(before: Finding, fresh: Finding) -> bool:
    """Whether a containment that was not done is due again.

    One that was refused is not in the hour whose acts were used up; that of a dry run is under a new policy.
    """
    if fresh.response is not Stage.QUARANTINE:
        return False
    if before.would_contain:
        return fresh.policy_hash != before.policy_hash
    hour = slice(0, 13)
    return before.refused_at is not None and fresh.updated_at[hour] != before.refused_at[hour]


def _is_only_doubt(fresh: Finding, before: Finding) -> bool:
    """Whether less is known by now, as of a passer who is gone: that clears nobody of a violation."""
    return (
        before.state is State.OPEN
        and before.decision is Decision.VIOLATION
        and fresh.decision is Decision.UNDETERMINED
        and fresh.policy_hash == before.policy_hash
    )


def _is_stricter(fresh: Finding, before: Finding) -> bool:
    return _STAGE_ORDER.index(fresh.response) > _STAGE_ORDER.index(before.response)


def _is_earlier(fresh: Finding, before: Finding) -> bool:
    """Whether a pass came late: what is known of a later one stays."""
    if fresh.event_time is None or before.event_time is None:
        return False
    return fresh.event_time < before.event_time


def _who(passer: Passer) -> str:
    return passer.arn or passer.invoked_by or passer.principal_id or "unknown"
