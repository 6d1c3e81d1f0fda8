"""The act itself: prior state saved, pass announced, done and verified, for each of a finding's targets."""

import time
from collections.abc import Sequence
from dataclasses import replace

from passrole.clock import Clock, iso, utc_now
from passrole.finding import Finding
from passrole.ledger import Containment, ContainmentState, Ledger
from passrole.news import Topic
from passrole.policy import QuarantineRules
from passrole.quarantine.acting import Actor, Sleep, replaces_role
from passrole.quarantine.errors import RefusedError, TryAgainError
from passrole.quarantine.hold import View, held_for
from passrole.quarantine.module import Aws
from passrole.quarantine.record import Record
from passrole.quarantine.revocation import revoke

_VERIFY_ATTEMPTS = 5
_VERIFY_PAUSE = 0.5  # seconds


class Act(Actor):
    """Contains targets that were looked at, and that nothing speaks against."""

    def __init__(
        self,
        ledger: Ledger,
        topic: Topic,
        aws: Aws,
        principal: str,
        rules: QuarantineRules,
        clock: Clock = utc_now,
        sleep: Sleep = time.sleep,
    ) -> None:
        super().__init__(ledger, topic, aws, principal, clock, sleep)
        self._rules = rules
        self._record = Record(ledger, topic, clock)

    def contain(self, finding: Finding, views: Sequence[View], notes: Sequence[str]) -> str:
        """Contains each target; what was done and what still runs, in words. May be repeated after a crash.

        Raises:
            TryAgainError: another was in the way, or it does not show yet.
            RefusedError: the prior state cannot be saved whole.
        """
        did, still_runs = list(notes), []
        for view in views:
            module = view.target.module
            held = self._hold(finding, view)
            if view.is_contained:
                did.append("the resource was contained already")
            else:
                self._contain_target(finding, view)
                did.append(module.does)
            if module.name in self._rules.stop_running and module.stops:
                module.stop_running(self._aws, view.target.arn)
                did.append(module.stops)
            held, revoked = self._revoke(finding, view, held)
            did.extend(revoked)
            still_runs.append(module.still_runs)
            self._record.save(replace(held, state=ContainmentState.CONTAINED), held)
        return f"{'; '.join(did)}. Still runs: {'; '.join(still_runs)}"

    def _hold(self, finding: Finding, view: View) -> Containment:
        """Saves the prior state, before the first change, and that this finding holds the resource."""
        held = held_for(view, finding.id, finding.role, iso(self._clock()))
        if finding.role in view.target.module.gives_back(held.prior) and finding.role not in held.role_ids:
            ids = {**held.role_ids, finding.role: self._role_id(finding.role)}
            held = replace(held, role_ids=ids)
        if not held.fits:
            raise RefusedError("its prior state is too long to be saved whole, so it could not be given back")
        self._record.save(held, view.saved)
        return held

    def _contain_target(self, finding: Finding, view: View) -> None:
        target, now = view.target, view.now
        assert now is not None  # noqa: S101 - what is gone is not contained
        if replaces_role(target.module):
            passed = (self._aws.quarantine_role, *target.module.passes_again(now))
            self._announce(target.resource, passed, finding.id)
        target.module.contain(self._aws, target.arn, now, finding.role)
        for attempt in range(_VERIFY_ATTEMPTS):
            if attempt:
                self._sleep(_VERIFY_PAUSE)
            after = target.module.describe(self._aws, target.arn)
            if after is None or target.module.is_contained(self._aws, after, finding.role):
                return
        raise TryAgainError(f"{target.resource} is not contained yet")

    def _revoke(self, finding: Finding, view: View, held: Containment) -> tuple[Containment, tuple[str, ...]]:
        """Revokes the credentials that the resource has, where the policy says so."""
        module = view.target.module.name
        if module not in self._rules.revoke_credentials or view.target.is_scope:
            return held, ()
        if finding.role_id is None:
            return held, ("its credentials were not revoked: the role's id is not known",)
        noted = replace(held, revoked=tuple(dict.fromkeys((*held.revoked, finding.role))))
        self._record.save(noted, held)  # first, so that a release finds it whatever happens
        problem = revoke(self._aws, module, view.target.arn, finding.role, finding.role_id)
        if problem:
            return noted, (f"its credentials were not revoked: {problem}",)
        return noted, ("its credentials were revoked by an inline policy on the role",)
