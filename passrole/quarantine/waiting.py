"""What may come before an act: a policy that has changed its mind, a dry run, approval, time for a fix."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from passrole.clock import Clock, iso, parse_time
from passrole.evidence import Evidence, Known
from passrole.finding import APPROVED_NOW, Finding, News, State
from passrole.ledger import Ledger
from passrole.policy import CompiledPolicy, Decision, evaluate
from passrole.quarantine.hold import View
from passrole.quarantine.record import Record


class Waiting:
    """Decides whether a finding waits before its resource is contained."""

    def __init__(self, ledger: Ledger, record: Record, policy: CompiledPolicy, clock: Clock) -> None:
        self._ledger = ledger
        self._record = record
        self._policy = policy
        self._rules = policy.quarantine
        self._clock = clock

    def wait(self, finding: Finding, views: Sequence[View]) -> Finding | None:
        """The finding where it waits, or is settled, before anything is contained; None to go on."""
        now = iso(self._clock())
        settled = self._settled(finding)
        if settled is not None:
            return settled
        if self._rules.dry_run:
            if finding.would_contain:
                return self._record.told(finding)
            did = "; ".join(view.target.module.does for view in views)
            why = f"a dry run: would have been contained ({did})"
            return self._record.tell(finding, State.OPEN, News.WOULD_CONTAIN, why, would_contain=True)
        if finding.approved_by is not None:
            return None
        if self._rules.require_approval:
            if finding.awaits_approval:
                return self._record.told(finding)
            why = f"it is contained when somebody approves that: passrole findings approve {finding.id}"
            return self._record.tell(finding, State.OPEN, News.CONTAINMENT_WAITS, why, awaits_approval=True)
        if self._rules.grace_minutes and finding.waits_until is None:
            until = iso(parse_time(finding.updated_at) + timedelta(minutes=self._rules.grace_minutes))
            why = f"it is contained after {until}, unless it is put right before"
            return self._record.tell(finding, State.OPEN, News.CONTAINMENT_WAITS, why, waits_until=until)
        if finding.waits_until is not None and now < finding.waits_until:
            return self._record.told(finding)
        return None

    def _settled(self, finding: Finding) -> Finding | None:
        """The finding, if the policy has nothing against the pass by now: it may have changed meanwhile."""
        recorded = self._ledger.recorded_pass(finding.last_pass)
        if recorded is None:
            return None
        now = iso(self._clock())
        evidence = replace(Evidence.unknown("it was not read again", now), arn=Known(finding.role))
        verdict = evaluate(self._policy, recorded.pass_, evidence, now)
        if verdict.decision is Decision.EXEMPT and verdict.exemption and verdict.exempt_until:
            why, until = f"the exemption {verdict.exemption} counts now", verdict.exempt_until
            return self._record.tell(
                finding, State.EXEMPTED, News.EXEMPTED, why, exemption=verdict.exemption, exempt_until=until
            )
        if verdict.decision is Decision.APPROVED:
            return self._record.tell(finding, State.RESOLVED, News.RESOLVED, APPROVED_NOW)
        return None
