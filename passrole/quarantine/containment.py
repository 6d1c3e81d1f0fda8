"""The order of containment, the same for every module, and safe to interrupt after any step.

Reload the finding -> lease on the resource -> describe it -> it still holds the role -> nothing waits, and
nothing stops -> prior state into the ledger -> intent -> act -> verify -> record -> publish. A redelivery
goes on where the last attempt stopped.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from botocore.exceptions import ClientError

from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.finding import Change, Finding, News, State
from passrole.ledger import Ledger
from passrole.news import Topic
from passrole.policy import CompiledPolicy
from passrole.quarantine.act import Act
from passrole.quarantine.acting import Actor, Sleep, in_words
from passrole.quarantine.brakes import Brakes
from passrole.quarantine.errors import RefusedError, TryAgainError
from passrole.quarantine.hold import View, look, without_hold
from passrole.quarantine.module import Aws, code_of
from passrole.quarantine.objections import Objections
from passrole.quarantine.record import Record
from passrole.quarantine.targets import Target, targets_of
from passrole.quarantine.waiting import Waiting

_LEASE_ATTEMPTS = 10
_LEASE_PAUSE = 1.0  # seconds
# AWS's APIs are eventually consistent: what was done just now may not show yet, and is not undone.
_SHOWS_AFTER = timedelta(minutes=1)
# How often what is contained is looked at: something may have put the old state back without a pass.
_CHECK_EVERY = timedelta(minutes=10)
# What another attempt will not mend.
_FINAL_ERRORS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


class Container(Actor):
    """Contains the resources of findings, and looks again at what it contained."""

    def __init__(
        self,
        ledger: Ledger,
        topic: Topic,
        aws: Aws,
        principal: str,
        policy: CompiledPolicy,
        own: frozenset[str],
        clock: Clock = utc_now,
        sleep: Sleep = time.sleep,
    ) -> None:
        """``own`` are ARNs of the guard's own functions and roles, which are never contained."""
        super().__init__(ledger, topic, aws, principal, clock, sleep)
        self._rules = policy.quarantine
        self._record = Record(ledger, topic, clock)
        self._objections = Objections(ledger, policy, own)
        self._waiting = Waiting(ledger, self._record, policy, clock)
        self._act = Act(ledger, topic, aws, principal, policy.quarantine, clock, sleep)
        self.brakes = Brakes(ledger, topic, policy.quarantine, clock)

    def contain(self, finding_id: str, owner: str, *, is_last: bool = False) -> Finding | None:
        """Contains the resource of a finding, if the finding in the ledger says that it is to be.

        One that is contained already is looked at again: if somebody undid that, it is contained once more.
        ``owner`` names this attempt in the lease. After ``is_last`` no delivery comes: what fails is told.
        Returns the finding as it is afterwards; None if the ledger has no such finding.

        Raises:
            TryAgainError, BusyError, ClientError, BotoCoreError: not done; to be delivered again.
        """
        try:
            return self._contain_under_lease(finding_id, owner)
        except Exception as error:  # whatever it is: nothing comes after the last attempt
            if is_last:
                self._tell_failure(finding_id, error)
            raise

    def _contain_under_lease(self, finding_id: str, owner: str) -> Finding | None:
        finding = self._ledger.finding(finding_id)
        if finding is None:
            return None
        targets = targets_of(finding, self._rules)
        if not _is_of_concern(finding) or not targets:
            return self._decided(finding, targets)
        resources = [target.resource for target in targets]
        with self._leases(resources, owner, _LEASE_ATTEMPTS, _LEASE_PAUSE):
            finding = self._ledger.finding(finding_id)  # it may have changed while the lease was waited for
            if finding is None:
                raise TryAgainError(f"finding {finding_id} is not in the ledger any more")
            return self._decided(finding, targets)

    def _decided(self, finding: Finding, targets: Sequence[Target]) -> Finding:
        if not _is_of_concern(finding):
            return self._record.told(finding)
        try:
            return (
                self._check(finding, targets)
                if finding.state is State.CONTAINED
                else self._begin(finding, targets)
            )
        except RefusedError as error:
            return self._record.tell(finding, State.OPEN, News.CONTAINMENT_REFUSED, str(error))
        except ClientError as error:
            if code_of(error).rpartition(".")[2] not in _FINAL_ERRORS or finding.state is State.CONTAINED:
                raise
            self.brakes.count_failure(finding)
            why = f"{error.operation_name} was refused: {code_of(error)}"
            return self._record.tell(finding, State.OPEN, News.CONTAINMENT_FAILED, why)

    def _check(self, finding: Finding, targets: Sequence[Target]) -> Finding:
        """Looks again at what is contained."""
        looked_at = iso(self._clock())
        views = [self._look(finding, target) for target in targets]
        held = [view for view in views if view.saved and finding.id in view.saved.holds]
        resource = next((view for view in views if not view.target.is_scope), None)
        if all(view.is_contained for view in held) and (resource is None or resource.now is not None):
            return self._check_later(finding)
        if self._clock() - parse_time(finding.updated_at) < _SHOWS_AFTER:
            return self._record.told(finding)  # a second delivery; `check_at` comes
        if resource is not None and resource.now is None:
            return self._let_go(finding, held, "the resource is gone", looked_at)
        undone = [view for view in held if view.was_undone]
        if not undone:
            return self._check_later(finding)
        if resource in undone and not resource.holds(finding.role):
            return self._let_go(finding, held, "the resource holds another role now", looked_at)
        what = ", ".join(view.target.resource for view in undone)
        reopened = self._record.tell(
            finding, State.OPEN, News.UNDONE, f"somebody undid the containment of {what}"
        )
        return self._decided(reopened, targets)

    def _check_later(self, finding: Finding) -> Finding:
        later = replace(finding, check_at=iso(self._clock() + _CHECK_EVERY))
        self._ledger.record_change(Change(later, None, finding))  # lost to another writer, it stays due
        return finding

    def _begin(self, finding: Finding, targets: Sequence[Target]) -> Finding:
        looked_at = iso(self._clock())
        self._objections.refuse_beforehand(finding, targets)
        views = [self._look(finding, target) for target in targets]
        resource = next((view for view in views if not view.target.is_scope), None)
        if resource is not None:
            gone = self._why_gone(finding, resource)
            if gone is not None:
                return self._let_go(finding, views, gone, looked_at)
        able, notes = self._objections.able(finding, views)
        to_do = [view for view in able if not view.is_contained]
        if to_do:
            waiting = self._waiting.wait(finding, able)
            if waiting is not None:
                return waiting
            first = able[0].target
            is_begun = any(view.is_begun_for(finding) for view in to_do)
            refusal = self.brakes.refusal(finding, first.resource, is_begun=is_begun)
            if refusal is not None:
                raise RefusedError(refusal)
        done = self._act.contain(finding, able, notes)
        check_at = iso(self._clock() + _CHECK_EVERY)
        return self._record.tell(finding, State.CONTAINED, News.CONTAINED, done, check_at=check_at)

    def _look(self, finding: Finding, target: Target) -> View:
        return look(self._aws, target, self._ledger.containment(target.resource), finding)

    def _why_gone(self, finding: Finding, view: View) -> str | None:
        """Why there is nothing to contain: the resource is gone, or holds another role."""
        if view.now is None:
            self._check_age(finding)
            return "the resource is gone"
        # A crash may have come between the act and its record: then the act is what took the role away.
        shows_act = view.is_begun_for(finding) and (view.is_contained or view.is_half_done)
        if view.target.module.holds(view.now, finding.role) or shows_act:
            return None
        self._check_age(finding)
        return None if view.holds(finding.role) else "the resource holds another role now"

    def _let_go(self, finding: Finding, views: Sequence[View], why: str, at: str) -> Finding:
        """Resolves a finding whose resource is gone or holds another role; it holds nothing any more."""
        for view in views:
            saved = view.saved
            if saved and saved.is_active and finding.id in saved.holds and not view.is_contained:
                self._record.save(without_hold(saved, finding.id), saved)
        if any(_still_denies(view, finding) for view in views):
            why = f"{why}; what the guardrail denies by inline policies stays until its release"
        return self._record.tell(finding, State.RESOLVED, News.RESOLVED, why, at)

    def _check_age(self, finding: Finding) -> None:
        if finding.event_time and self._clock() - parse_time(finding.event_time) < _SHOWS_AFTER:
            raise TryAgainError(f"{finding.resource} does not show yet")

    def _tell_failure(self, finding_id: str, error: Exception) -> None:
        finding = self._ledger.finding(finding_id)
        if finding is None:
            return
        if finding.state is State.CONTAINED:
            self._check_later(finding)
        if not finding.is_to_be_contained:
            return
        self.brakes.count_failure(finding)
        why = f"{in_words(error)}; it is not tried again"
        self._record.tell(finding, State.OPEN, News.CONTAINMENT_FAILED, why)


def _still_denies(view: View, finding: Finding) -> bool:
    """Whether an inline policy of the guard outlasts the finding: only operators may take it away."""
    saved = view.saved
    if saved is None or finding.id not in saved.holds:
        return False
    return finding.role in saved.revoked or (view.target.is_scope and view.is_contained)


def _is_of_concern(finding: Finding) -> bool:
    return finding.is_to_be_contained or finding.state is State.CONTAINED
