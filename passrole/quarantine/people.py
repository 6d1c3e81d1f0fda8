"""What people decide about a finding: approve its containment, exempt or resolve it; and who may not."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from passrole.arn import Arn, parse_role_arn
from passrole.clock import iso
from passrole.finding import Finding, News, State
from passrole.finding.guard import Trouble
from passrole.finding.life import advance
from passrole.ledger import Ledger
from passrole.news import Topic, publish_news
from passrole.passes import Passer
from passrole.quarantine.acting import BusyError, leases
from passrole.quarantine.targets import places_of_holds

_ASSUMED = "assumed-role/"
_ENDED_BY: dict[str, str] = {
    Trouble.BREAKER_TRIPPED: "passrole quarantine reset",
    Trouble.SWITCHED_OFF: "passrole quarantine on",
}
_IDENTITY_CENTER, _ITS_PATH = "AWSReservedSSO_", "/aws-reserved/"


class NotDoneError(RuntimeError):
    """It is not done; the message says why and what to do."""


def is_passer(passer: Passer, who: str) -> bool:
    """Whether the principal of that ARN may be who passed the role.

    The name of a session is chosen by whoever begins it, except by Identity Center: so whoever has the role
    behind the session may be the passer.
    """
    if who == passer.arn:
        return True
    mine, other = Arn.parse(who), Arn.parse(passer.arn)
    if mine is None or other is None or mine.account != other.account:
        return False
    if not (mine.resource.startswith(_ASSUMED) and other.resource.startswith(_ASSUMED)):
        return False
    my_role, other_role = mine.resource.split("/")[1], other.resource.split("/")[1]
    return my_role == other_role and not _is_of_identity_center(my_role, passer.role_arn)


def refuse_passer(finding: Finding, who: str, passer_may: bool) -> None:
    """Stops the passer of a finding.

    Raises:
        NotDoneError: ``who`` may be the passer, and the policy does not allow that.
    """
    if not passer_may and is_passer(finding.passer, who):
        did = "made that change" if finding.is_about_guard else "passed the role"
        raise NotDoneError(f"{who} {did}, or may have: another person decides about finding {finding.id}")


def approve(ledger: Ledger, topic: Topic, finding: Finding, who: str, why: str, now: datetime) -> Finding:
    """Has the finding's resource contained: one that waits, or whose containment was refused or failed.

    Raises:
        NotDoneError: the policy does not have it contained, or it changed meanwhile.
    """
    if not finding.is_to_be_contained:
        raise NotDoneError(
            f"finding {finding.id} is {finding.state}, response {finding.response}: nothing is to be approved"
        )
    return _record(ledger, topic, finding, State.OPEN, News.APPROVED, who, why, now, approved_by=who)


def exempt(
    ledger: Ledger, topic: Topic, finding: Finding, who: str, why: str, until: datetime, now: datetime
) -> Finding:
    """Exempts one finding until a time, whoever passes the role there again.

    Raises:
        NotDoneError: something is held for the finding, or is about to be; the time is past, or it changed
            meanwhile.
    """
    if finding.is_about_guard:
        raise NotDoneError(
            f"finding {finding.id} is about the guardrail itself: `passrole findings resolve` closes such"
        )
    if finding.state is State.CONTAINED:
        raise NotDoneError(f"finding {finding.id} is contained: release it, and exempt it then")
    if until <= now:
        raise NotDoneError(f"{iso(until)} is past; expected a time to come")
    try:
        # So that it is not contained at this moment: what is exempt is held by nothing.
        with leases(ledger, places_of_holds(finding), f"exempt-{uuid.uuid4()}", lambda: now):
            for held in _held_for(ledger, finding):  # by a containment that came to half of it
                raise NotDoneError(f"{held} is held for finding {finding.id}: release it, and exempt it then")
            return _record(
                ledger,
                topic,
                finding,
                State.EXEMPTED,
                News.EXEMPTED,
                who,
                why,
                now,
                exemption=f"granted by {who}",
                exempt_until=iso(until),
                exempt_by=who,
            )
    except BusyError as error:
        raise NotDoneError(f"{error}: try again shortly") from None


def resolve(ledger: Ledger, topic: Topic, finding: Finding, who: str, why: str, now: datetime) -> Finding:
    """Closes a finding about the guard itself, which nothing that happens closes.

    Raises:
        NotDoneError: it is not for people to close, or changed meanwhile.
    """
    refusal = why_not_resolved(finding)
    if refusal:
        raise NotDoneError(refusal)
    return _record(ledger, topic, finding, State.RESOLVED, News.RESOLVED, who, why, now)


def why_not_resolved(finding: Finding) -> str | None:
    """Why people do not close a finding by their word, and what closes it; None if they do."""
    if not finding.is_about_guard:
        return f"finding {finding.id} is about a resource: take the role from it, release it, or exempt it"
    if finding.state is State.RESOLVED:
        return f"finding {finding.id} is resolved"
    if finding.event_name in _ENDED_BY:
        return f"finding {finding.id} says what is so: `{_ENDED_BY[finding.event_name]}` ends it"
    return None


def _is_of_identity_center(name: str, role_arn: str | None) -> bool:
    """Whether Identity Center names the role's sessions: anybody can name a role alike, in another path."""
    role = parse_role_arn(role_arn)
    return name.startswith(_IDENTITY_CENTER) and (role is None or role.path.startswith(_ITS_PATH))


def _held_for(ledger: Ledger, finding: Finding) -> Iterator[str]:
    """ARNs of what is held for a finding."""
    for place in places_of_holds(finding):
        containment = ledger.containment(place)
        if containment and containment.is_active and finding.id in containment.holds:
            yield place


def _record(
    ledger: Ledger,
    topic: Topic,
    finding: Finding,
    state: State,
    news: News,
    who: str,
    why: str,
    now: datetime,
    **standing: Any,
) -> Finding:
    change = advance(finding, state, news, iso(now), who, why, **standing)
    if not ledger.record_change(change):
        raise NotDoneError(f"finding {finding.id} changed meanwhile: look at it, and try again")
    publish_news(ledger, topic, change.finding)
    return change.finding
