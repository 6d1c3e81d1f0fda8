"""Findings about the guard itself: what people must hear of it as of any other finding."""

import hashlib
from enum import StrEnum

from passrole.finding import GUARD, Change, Finding, News, State, Step
from passrole.passes import Outcome, Passer
from passrole.policy import Decision, Severity, Stage


class Trouble(StrEnum):
    """What can be wrong with the guard."""

    BREAKER_TRIPPED = "BreakerTripped"
    SWITCHED_OFF = "QuarantineSwitchedOff"
    GUARD_CHANGED = "GuardChanged"
    TRAIL_BLINDED = "TrailBlinded"
    ALARM_RINGS = "AlarmRings"


def trouble(kind: Trouble, which: str, account: str | None, region: str | None, why: str, at: str) -> Change:
    """The step that opens a finding about the guard.

    Args:
        which: tells this one from others of its kind; part of the finding's identity.
        account, region: where the guard noticed it.
        why: what happened, in a sentence.
        at: when, ISO 8601.
    """
    about = repr([GUARD, kind, which])
    finding = Finding(
        id=hashlib.sha256(about.encode()).hexdigest()[:16],
        account=account,
        region=region,
        resource=None,
        resource_type=None,
        place="the guardrail itself",
        role="none",
        role_id=None,
        services=(),
        passer=Passer(name=GUARD),
        event_source=GUARD,
        event_name=kind,
        event_time=at,
        outcome=Outcome.SUCCEEDED,
        decision=Decision.VIOLATION,
        reasons=(why,),
        policy_hash="",
        severity=Severity.CRITICAL,
        response=Stage.ALERT,
        state=State.OPEN,
        passes=0,
        last_pass="",
        opened_at=at,
        updated_at=at,
        revision=1,
        published=0,
        checks=(kind,),
    )
    return Change(finding, Step(1, at, News.OPENED, GUARD, why), None)
