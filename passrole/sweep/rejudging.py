"""Judges what holds a role already once more: by fresh evidence, and by the policy of today.

Sweeps, changes of roles and changes of the policy lead here. Nothing is passed, so nothing is counted:
findings open, open again, change or are resolved, each with a step that says who or what brought it about.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from passrole.clock import Clock, iso, utc_now
from passrole.detection.detector import EvidenceSource
from passrole.detection.ending import end_of
from passrole.evidence import Evidence, known
from passrole.finding import APPROVED_NOW, Change, Finding, State
from passrole.finding.life import exempted, judged_again
from passrole.finding.opening import findings_of
from passrole.finding.severity import depends_on_administrator
from passrole.ledger import Holding, Ledger
from passrole.news import Topic, publish_news
from passrole.passes import Origin, Pass
from passrole.policy import (
    CompiledPolicy,
    Decision,
    Verdict,
    evaluate,
    stage_for,
    stage_of_existing,
    without_exemptions,
)

_ATTEMPTS = 4
_NO_CONCERN = (Decision.APPROVED, Decision.EXEMPT)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is judged again.

    Attributes:
        origin: what kind of cause.
        who: who brought it about.
        why: what happened, in words that a colon and the reason of the verdict can follow.
        as_of: ISO 8601; facts that were read before are asked for again.
    """

    origin: Origin
    who: str
    why: str
    as_of: str


class Effect(StrEnum):
    """What a judgement did to findings."""

    OPENED = "opened"
    RESOLVED = "resolved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Judged:
    """One pass, judged again.

    Attributes:
        verdict: None where IAM did not answer, or where there is no such role.
        effects: on findings.
        bare: the verdict without exemptions.
    """

    pass_: Pass
    evidence: Evidence
    verdict: Verdict | None
    effects: tuple[Effect, ...] = ()
    bare: Verdict | None = None


class Rejudge:
    """Judges living passes of one account."""

    def __init__(
        self,
        policy: CompiledPolicy,
        evidence: EvidenceSource,
        ledger: Ledger,
        topic: Topic,
        clock: Clock = utc_now,
    ) -> None:
        self._policy = policy
        self._evidence = evidence
        self._ledger = ledger
        self._topic = topic
        self._clock = clock

    def holdings(self, holdings: Iterable[Holding], cause: Cause) -> Iterator[Judged]:
        """Judges what is held, each by the pass that led to it.

        What holds a role by a pass that the ledger has no more is left to the next sweep.
        """
        given = list(holdings)
        passes = self._ledger.recorded_passes(holding.pass_id for holding in given)
        living = (
            replace(passes[h.pass_id].pass_, resources=(h.resource,)) for h in given if h.pass_id in passes
        )
        return self.passes(living, cause)

    def passes(self, passes: Iterable[Pass], cause: Cause) -> Iterator[Judged]:
        """Judges passes, each with the one resource that still holds its role."""
        weighed = [self.weigh(pass_, cause) for pass_ in passes]
        ids = {finding.id for _, fresh in weighed for finding in fresh}
        there = self._ledger.findings_with(ids)
        for judged, fresh in weighed:
            effects = (self._settle(judged, finding, there.get(finding.id), cause) for finding in fresh)
            yield replace(judged, effects=tuple(effect for effect in effects if effect))

    def weigh(self, pass_: Pass, cause: Cause) -> tuple[Judged, Sequence[Finding]]:
        """The verdict on one pass, and the findings that it is about, as if none existed.

        Where the verdict is no concern, they stand for what is to be resolved.
        """
        # As of now: a role that was made anew since is the one that the resource works with.
        evidence = self._evidence.evidence(replace(pass_, event_time=cause.as_of))
        if evidence.is_of_no_role:
            return Judged(pass_, evidence, None), ()
        now = iso(self._clock())
        verdict = evaluate(self._policy, pass_, evidence, now)
        if evidence.is_unanswered and (
            verdict.decision is Decision.UNDETERMINED or known(evidence.role_id) is None
        ):
            # Certain or not: without the role's id it would be another finding than the one that there is.
            return Judged(pass_, evidence, None), ()
        concern = verdict
        if verdict.decision is Decision.EXEMPT:
            concern = without_exemptions(self._policy, pass_, evidence, now)
        if concern.decision not in _NO_CONCERN and depends_on_administrator(pass_, concern, evidence):
            evidence = self._evidence.with_administrator(pass_, evidence)
        stage = stage_of_existing(self._policy, pass_, concern)
        fresh = findings_of(pass_, concern, evidence, stage, now)
        if verdict.exemption is not None and verdict.exempt_until is not None:
            fresh = tuple(exempted(f, verdict.exemption, verdict.exempt_until) for f in fresh)
        judged = Judged(pass_, evidence, verdict, bare=concern)
        return judged, tuple(replace(f, origin=cause.origin) for f in fresh)

    def changes(self, judged: Judged, fresh: Iterable[Finding], cause: Cause) -> Iterator[Change]:
        """What a judgement of a pass that nobody knew of does to findings."""
        for finding in fresh:
            change = self._change(judged, finding, self._ledger.finding(finding.id), cause)
            if change:
                yield change

    def publish(self, finding: Finding) -> None:
        """Tells what is new of a finding."""
        publish_news(self._ledger, self._topic, finding)

    def _settle(self, judged: Judged, fresh: Finding, before: Finding | None, cause: Cause) -> Effect | None:
        for attempt in range(_ATTEMPTS):
            if attempt:
                before = self._ledger.finding(fresh.id)
            change = self._change(judged, fresh, before, cause)
            if change is None:
                if before is not None:  # an earlier attempt may have died before it told
                    self.publish(before)
                return None
            if self._ledger.record_change(change):
                self.publish(change.finding)
                return effect_of(change)
        return None  # others are at work on it, and the next look sees what they made of it

    def _change(self, judged: Judged, fresh: Finding, before: Finding | None, cause: Cause) -> Change | None:
        verdict = judged.verdict
        if verdict is None:
            return None
        if verdict.decision is Decision.APPROVED:
            why = f"{cause.why}: {APPROVED_NOW}"
            return end_of(self._ledger, before, cause.who, why, fresh.updated_at) if before else None
        # What is exempt comes back as it would stand without: at the stage of what it rests from.
        uncapped = stage_for(self._policy, judged.pass_, judged.bare or verdict)
        return judged_again(before, fresh, uncapped, cause.who, cause.why)


def effect_of(change: Change) -> Effect | None:
    """What a change is, to count it."""
    if change.step is None:
        return Effect.CHANGED
    if change.finding.state is State.RESOLVED:
        return Effect.RESOLVED
    return Effect.OPENED if change.finding.state is State.OPEN else Effect.CHANGED
