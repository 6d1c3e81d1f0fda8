"""What happens to one event: passes, evidence, verdicts, findings, news. At least once in, one record out."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.detection.canary import Canary
from passrole.detection.ending import end_of
from passrole.detection.looks import FIRST
from passrole.detection.single_places import holds_one_role
from passrole.evidence import Evidence, known
from passrole.finding import APPROVED_NOW, Change, Finding
from passrole.finding.life import exempted, feed
from passrole.finding.opening import findings_of
from passrole.finding.severity import depends_on_administrator
from passrole.ledger import Ledger
from passrole.news import Topic, publish_news
from passrole.passes import Direction, Outcome, Pass
from passrole.policy import CompiledPolicy, Decision, Verdict, evaluate, stage_for, without_exemptions
from passrole.trail import passes_of, record_in

_ATTEMPTS = 6
# Many workers may count passes of one finding at once: without a pause of random length most would fail.
_PAUSE = 0.1  # seconds at most before the second attempt; twice as long before each further one
# Of an event with more passes, each is recorded at once: so every delivery goes on where time ran out.
_MOST_WAITING = 200
_NO_CONCERN = (Decision.APPROVED, Decision.EXEMPT)


class BusyLedgerError(RuntimeError):
    """Others kept changing the same finding; the message is to be delivered again."""


class EvidenceSource(Protocol):
    """Where facts about the role of a pass come from."""

    def evidence(self, pass_: Pass) -> Evidence:
        """Evidence about the role; what cannot be read is unknown."""

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        """Evidence of the pass, with whether the role is an administrator, unless that cannot be read.

        It costs requests, which only findings are worth.
        """


class References(Protocol):
    """Where the roles come from that a call names by a launch template, a task definition …"""

    def resolve(self, passes: Sequence[Pass]) -> Iterator[Pass]:
        """The passes with the roles that were looked up; without those of things that hold no role."""


class Looks(Protocol):
    """Where events wait that are to be looked at again."""

    def takes(self, event: str, look: int) -> bool:
        """Whether there is a look after this one for the event."""

    def put(self, event: str, look: int) -> None:
        """Has an event looked at again, some time after this look."""


@dataclass(frozen=True, slots=True)
class Detected:
    """One pass with its verdict.

    Attributes:
        verdict: None where an earlier delivery of the event was judged.
        waits: the verdict is not recorded: the pass is looked at again.
        is_unanswered: IAM did not answer what was asked of it.
        is_canary: it was the canary's, which leaves a heartbeat in the place of a record.
    """

    pass_: Pass
    verdict: Verdict | None
    waits: bool = False
    is_unanswered: bool = False
    is_canary: bool = False


class Detector:
    """Judges events of one account and writes down what they mean."""

    def __init__(
        self,
        account: str,
        policy: CompiledPolicy,
        references: References,
        evidence: EvidenceSource,
        looks: Looks,
        ledger: Ledger,
        topic: Topic,
        guard_roles: frozenset[str],
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        canary: Canary | None = None,
    ) -> None:
        self._account = account
        self._policy = policy
        self._references = references
        self._evidence = evidence
        self._looks = looks
        self._ledger = ledger
        self._topic = topic
        self._guard_roles = guard_roles
        self._clock = clock
        self._sleep = sleep
        self._canary = canary

    def detect(self, body: str, look: int = FIRST) -> Iterator[Detected]:
        """Judges each pass in an EventBridge envelope, records it, and publishes the news that it makes.

        An undetermined pass of which more may be known later is not recorded: the event is looked at again.
        A crash after that, or a second delivery, has it looked at once more; the pass is recorded once.

        Args:
            body: the envelope.
            look: how often the event was looked at, with this time.

        Raises:
            EnvelopeError: the event is not to be judged, or not readable.
            BusyLedgerError: to be delivered again.
        """
        passes = passes_of(record_in(body, self._account), include_unseen=True)
        takes, waits = len(passes) <= _MOST_WAITING and self._looks.takes(body, look), False
        for pass_ in self._references.resolve(passes):
            detected = self._detect_pass(pass_, look, takes)
            waits = waits or detected.waits
            yield detected
        if waits:
            self._looks.put(body, look)

    def _detect_pass(self, pass_: Pass, look: int, may_wait: bool) -> Detected:
        if self._canary is not None and self._canary.is_its(pass_):
            return self._hear(pass_)
        if self._ledger.has_pass(pass_.id):
            self._publish(pass_)
            return Detected(pass_, None)
        evidence = self._evidence.evidence(pass_)
        verdict = self._expected(pass_, evidence, evaluate(self._policy, pass_, evidence, iso(self._clock())))
        if verdict.decision is Decision.UNDETERMINED:
            if may_wait and evidence.may_change:
                return Detected(pass_, verdict, waits=True, is_unanswered=evidence.is_unanswered)
            if look > FIRST:
                verdict = verdict.noting(f"it was looked at {look} times, and this stayed unknown")
        if verdict.decision not in _NO_CONCERN and depends_on_administrator(pass_, verdict, evidence):
            evidence = self._evidence.with_administrator(pass_, evidence)
        changes = self._record(pass_, verdict, evidence)
        if changes is None:
            self._publish(pass_)
            return Detected(pass_, None)
        if changes:  # most passes are approved, and change nothing
            self._publish(pass_)
        return Detected(pass_, verdict, is_unanswered=evidence.is_unanswered)

    def _hear(self, pass_: Pass) -> Detected:
        """Judges the canary's pass as any other, and notes that it came: unless IAM is silent, too."""
        evidence, now = self._evidence.evidence(pass_), self._clock()
        verdict = evaluate(self._policy, pass_, evidence, iso(now))
        if evidence.is_unanswered:
            # Not looked at again: the next one is as good, and comes by itself.
            return Detected(pass_, verdict, is_unanswered=True, is_canary=True)
        is_first = self._ledger.note_canary(pass_.event_time or iso(now), now)
        return Detected(pass_, verdict if is_first else None, is_canary=True)

    def _expected(self, pass_: Pass, evidence: Evidence, verdict: Verdict) -> Verdict:
        """The verdict, unless quarantine or a release announced this very pass."""
        role_arn = known(evidence.arn)
        if verdict.decision in _NO_CONCERN or role_arn is None:
            return verdict
        intent = self._ledger.match_intent(pass_, role_arn, self._guard_roles)
        if intent is None:
            return verdict
        why = f"{role_arn} was passed by the guardrail itself, for finding {intent.finding_id}"
        return verdict.as_expected(why)

    def _record(self, pass_: Pass, verdict: Verdict, evidence: Evidence) -> list[Change] | None:
        """Writes the pass and what it does to findings; None if another delivery was faster."""
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._sleep(random.uniform(0, _PAUSE * 2 ** (attempt - 1)))  # noqa: S311 - no secret
            now = iso(self._clock())
            fresh = self._findings(pass_, verdict, evidence, now)
            changes = [feed(self._ledger.finding(finding.id), finding) for finding in fresh]
            changes += self._ended_by(pass_, verdict, evidence, now)
            if self._ledger.record_pass(pass_, verdict, evidence, changes, now):
                return changes
            if self._ledger.has_pass(pass_.id):
                return None
        raise BusyLedgerError(f"pass {pass_.id} could not be recorded in {_ATTEMPTS} attempts")

    def _findings(self, pass_: Pass, verdict: Verdict, evidence: Evidence, now: str) -> tuple[Finding, ...]:
        """The findings that a pass feeds; one that is exempt feeds what will come back."""
        if verdict.decision not in _NO_CONCERN:
            stage = stage_for(self._policy, pass_, verdict)
            return findings_of(pass_, verdict, evidence, stage, now)
        if (
            verdict.exemption is None
            or verdict.exempt_until is None
            or pass_.outcome is not Outcome.SUCCEEDED
        ):
            return ()
        bare = without_exemptions(self._policy, pass_, evidence, now)
        stage = stage_for(self._policy, pass_, bare)
        fresh = findings_of(pass_, bare, evidence, stage, now)
        return tuple(exempted(finding, verdict.exemption, verdict.exempt_until) for finding in fresh)

    def _ended_by(self, pass_: Pass, verdict: Verdict, evidence: Evidence, now: str) -> Iterator[Change]:
        """What a pass resolves: its own finding if it is approved now, and those of roles that it replaces.

        What the guard passes itself, it tells of itself.
        """
        role, passer = known(evidence.arn), pass_.passer
        is_done = pass_.outcome is Outcome.SUCCEEDED and pass_.direction is Direction.PASSES
        if role is None or not is_done or passer.role_arn in self._guard_roles:
            return
        who = passer.arn or passer.invoked_by or "unknown"
        for resource in pass_.resources:
            for finding in self._ledger.findings_on(resource):
                if finding.place != pass_.place:
                    continue
                change = None
                if finding.role == role:
                    is_later = finding.is_of_sweep or _is_before(finding, pass_)
                    if is_later and verdict.decision is Decision.APPROVED:
                        change = end_of(self._ledger, finding, who, APPROVED_NOW, now)
                elif holds_one_role(pass_.resource_type, pass_.place) and _is_before(finding, pass_):
                    change = end_of(self._ledger, finding, who, f"{role} took the place of the role", now)
                if change:
                    yield change

    def _publish(self, pass_: Pass) -> None:
        for finding in self._ledger.findings_fed_by(pass_.id):
            publish_news(self._ledger, self._topic, finding)


def _is_before(finding: Finding, pass_: Pass) -> bool:
    """Whether the finding is of an earlier call: one call may pass several roles to one place."""
    if finding.last_pass.partition("#")[0] == pass_.event_id or pass_.event_time is None:
        return False
    return finding.event_time is None or parse_time(finding.event_time) <= parse_time(pass_.event_time)
