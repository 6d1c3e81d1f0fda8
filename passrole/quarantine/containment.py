"""The order of containment, the same for every module, and safe to interrupt after any step.

Reload the finding -> lease on the resource -> describe it -> it still holds the role -> nothing waits, and
nothing stops -> prior state into the ledger -> intent -> act -> verify -> record -> publish. A redelivery
goes on where the last attempt stopped.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import parse_role_arn
from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.evidence import Evidence, Known
from passrole.finding import APPROVED_NOW, GUARD, NO_ACT, Change, Finding, News, State, advance
from passrole.ledger import Containment, ContainmentState, Ledger
from passrole.news import Topic, publish_news
from passrole.policy import CompiledPolicy, Decision, evaluate
from passrole.policy.reach import reaches
from passrole.quarantine.acting import Actor, Sleep, in_words, replaces_role
from passrole.quarantine.brakes import Brakes
from passrole.quarantine.enabled import enabled_modules
from passrole.quarantine.hold import View, held_for, look, without_hold
from passrole.quarantine.module import Aws, code_of
from passrole.quarantine.revocation import revoke
from passrole.quarantine.targets import Target, shared_by, targets_of

_LEASE_ATTEMPTS = 10
_LEASE_PAUSE = 1.0  # seconds
_TELL_ATTEMPTS = 5
_VERIFY_ATTEMPTS = 5
_VERIFY_PAUSE = 0.5  # seconds
# AWS's APIs are eventually consistent: what was done just now may not show yet, and is not undone.
_SHOWS_AFTER = timedelta(minutes=1)
# How often what is contained is looked at: something may have put the old state back without a pass.
_CHECK_EVERY = timedelta(minutes=10)
_SERVICE_LINKED = "/aws-service-role/"
# What another attempt will not mend.
_FINAL_ERRORS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


class TryAgainError(RuntimeError):
    """The containment is not done; the message is to be delivered again."""


class RefusedError(RuntimeError):
    """The resource is not contained, and trying again will not change that; the message says why."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What containing came to, in words."""

    did: tuple[str, ...]
    still_runs: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{'; '.join(self.did)}. Still runs: {'; '.join(self.still_runs)}"


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
        self._policy = policy
        self._rules = policy.quarantine
        self._enabled = {module.name for module in enabled_modules(policy)}
        self._own = own
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
            return self._told(finding)
        try:
            return (
                self._check(finding, targets)
                if finding.state is State.CONTAINED
                else self._begin(finding, targets)
            )
        except RefusedError as error:
            return self._tell(finding, State.OPEN, News.CONTAINMENT_REFUSED, str(error))
        except ClientError as error:
            if code_of(error).rpartition(".")[2] not in _FINAL_ERRORS or finding.state is State.CONTAINED:
                raise
            self.brakes.count_failure(finding)
            why = f"{error.operation_name} was refused: {code_of(error)}"
            return self._tell(finding, State.OPEN, News.CONTAINMENT_FAILED, why)

    # -- the finding that is contained already

    def _check(self, finding: Finding, targets: Sequence[Target]) -> Finding:
        """Looks again at what is contained."""
        looked_at = iso(self._clock())
        views = [self._look(finding, target) for target in targets]
        held = [view for view in views if view.saved and finding.id in view.saved.holds]
        resource = next((view for view in views if not view.target.is_scope), None)
        if all(view.is_contained for view in held) and (resource is None or resource.now is not None):
            return self._check_later(finding)
        if self._clock() - parse_time(finding.updated_at) < _SHOWS_AFTER:
            return self._told(finding)  # a second delivery; `check_at` comes
        if resource is not None and resource.now is None:
            return self._let_go(finding, held, "the resource is gone", looked_at)
        undone = [view for view in held if view.was_undone]
        if not undone:
            return self._check_later(finding)
        if resource in undone and not resource.holds(finding.role):
            return self._let_go(finding, held, "the resource holds another role now", looked_at)
        what = ", ".join(view.target.resource for view in undone)
        reopened = self._tell(finding, State.OPEN, News.UNDONE, f"somebody undid the containment of {what}")
        return self._decided(reopened, targets)

    def _check_later(self, finding: Finding) -> Finding:
        later = replace(finding, check_at=iso(self._clock() + _CHECK_EVERY))
        self._ledger.record_change(Change(later, None, finding))  # lost to another writer, it stays due
        return finding

    # -- the finding that is to be contained

    def _begin(self, finding: Finding, targets: Sequence[Target]) -> Finding:
        looked_at = iso(self._clock())
        self._refuse_beforehand(finding, targets)
        views = [self._look(finding, target) for target in targets]
        resource = next((view for view in views if not view.target.is_scope), None)
        if resource is not None:
            gone = self._why_gone(finding, resource)
            if gone is not None:
                return self._let_go(finding, views, gone, looked_at)
        able, notes = self._able(finding, views)
        to_do = [view for view in able if not view.is_contained]
        if to_do:
            waiting = self._wait(finding, able)
            if waiting is not None:
                return waiting
            first = able[0].target
            is_begun = any(view.is_begun_for(finding) for view in to_do)
            refusal = self.brakes.refusal(finding, first.resource, is_begun=is_begun)
            if refusal is not None:
                raise RefusedError(refusal)
        done = self._act(finding, able, notes)
        check_at = iso(self._clock() + _CHECK_EVERY)
        return self._tell(finding, State.CONTAINED, News.CONTAINED, done.text, check_at=check_at)

    def _refuse_beforehand(self, finding: Finding, targets: Sequence[Target]) -> None:
        """What is refused before anything is looked at."""
        role = parse_role_arn(finding.role)
        if not targets:
            what = f"the {finding.place} of {finding.resource_type or 'what holds the role'}"
            raise RefusedError(f"{NO_ACT} for {what}")
        if role is None:
            raise RefusedError(
                "the passed role could not be read, so nobody can tell whether the resource still holds it"
            )
        if role.path.startswith(_SERVICE_LINKED):
            raise RefusedError("the role is service-linked: the resource works for AWS itself")
        for target in targets:
            if target.is_scope:
                continue
            protection = self._protection(target)
            if protection is not None:
                raise RefusedError(protection)
            if target.module.name not in self._enabled:
                raise RefusedError(f"the policy does not enable {target.module.name}")

    def _protection(self, target: Target) -> str | None:
        if target.resource in self._own:
            return f"{target.resource} is the guardrail's own"
        if reaches(self._rules.protected, target.resource):
            return f"the policy protects {target.resource}"
        return None

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

    def _able(self, finding: Finding, views: Sequence[View]) -> tuple[list[View], list[str]]:
        """What can be contained, and notes on the scopes that cannot.

        Raises:
            RefusedError: nothing can, or the resource cannot.
        """
        able, notes = [], []
        for view in views:
            objection = self._objection(finding, view)
            if objection is None:
                able.append(view)
            elif view.target.is_scope:
                notes.append(f"{view.target.module.name} was left out: {objection}")
            else:
                raise RefusedError(objection)
        if not able:
            raise RefusedError("; ".join(notes))
        return able, notes

    def _objection(self, finding: Finding, view: View) -> str | None:
        if view.now is None:
            return "it is gone"
        if view.is_contained:
            return None
        protection = self._protection(view.target)
        if protection is not None:
            return protection
        if view.active is None:  # else its prior state is saved, and what is seen now is half-way
            objection = view.target.module.objection(view.now, finding.role)
            if objection is not None:
                return objection
        if view.target.resource != finding.role or reaches(self._rules.shared_role_scope, finding.role):
            return None
        other = shared_by(finding, self._ledger)
        return f"{other} uses the role, too" if other else None

    def _wait(self, finding: Finding, views: Sequence[View]) -> Finding | None:
        """The finding where it waits, or is settled, before anything is contained; None to go on."""
        now = iso(self._clock())
        settled = self._settled(finding)
        if settled is not None:
            return settled
        if self._rules.dry_run:
            if finding.would_contain:
                return self._told(finding)
            did = "; ".join(view.target.module.does for view in views)
            why = f"a dry run: would have been contained ({did})"
            return self._tell(finding, State.OPEN, News.WOULD_CONTAIN, why, would_contain=True)
        if finding.approved_by is not None:
            return None
        if self._rules.require_approval:
            if finding.awaits_approval:
                return self._told(finding)
            why = f"it is contained when somebody approves that: passrole findings approve {finding.id}"
            return self._tell(finding, State.OPEN, News.CONTAINMENT_WAITS, why, awaits_approval=True)
        if self._rules.grace_minutes and finding.waits_until is None:
            until = iso(parse_time(finding.updated_at) + timedelta(minutes=self._rules.grace_minutes))
            why = f"it is contained after {until}, unless it is put right before"
            return self._tell(finding, State.OPEN, News.CONTAINMENT_WAITS, why, waits_until=until)
        if finding.waits_until is not None and now < finding.waits_until:
            return self._told(finding)
        return None

    def _told(self, finding: Finding) -> Finding:
        """The finding as it is, with no news of it left untold."""
        publish_news(self._ledger, self._topic, finding)
        return finding

    def _settled(self, finding: Finding) -> Finding | None:
        """The finding, if the policy has nothing against the pass by now: it may have changed meanwhile."""
        pass_ = self._ledger.recorded_pass(finding.last_pass)
        if pass_ is None:
            return None
        now = iso(self._clock())
        evidence = replace(Evidence.unknown("it was not read again", now), arn=Known(finding.role))
        verdict = evaluate(self._policy, pass_, evidence, now)
        if verdict.decision is Decision.EXEMPT and verdict.exemption and verdict.exempt_until:
            why, until = f"the exemption {verdict.exemption} counts now", verdict.exempt_until
            return self._tell(
                finding, State.EXEMPTED, News.EXEMPTED, why, exemption=verdict.exemption, exempt_until=until
            )
        if verdict.decision is Decision.APPROVED:
            return self._tell(finding, State.RESOLVED, News.RESOLVED, APPROVED_NOW)
        return None

    # -- the act

    def _act(self, finding: Finding, views: Sequence[View], notes: Sequence[str]) -> _Done:
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
            self._save(replace(held, state=ContainmentState.CONTAINED), held)
        return _Done(tuple(did), tuple(still_runs))

    def _hold(self, finding: Finding, view: View) -> Containment:
        """Saves the prior state, before the first change, and that this finding holds the resource."""
        held = held_for(view, finding.id, finding.role, iso(self._clock()))
        if finding.role in view.target.module.gives_back(held.prior) and finding.role not in held.role_ids:
            ids = {**held.role_ids, finding.role: self._role_id(finding.role)}
            held = replace(held, role_ids=ids)
        if not held.fits:
            raise RefusedError("its prior state is too long to be saved whole, so it could not be given back")
        self._save(held, view.saved)
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
        self._save(noted, held)  # first, so that a release finds it whatever happens
        problem = revoke(self._aws, module, view.target.arn, finding.role, finding.role_id)
        if problem:
            return noted, (f"its credentials were not revoked: {problem}",)
        return noted, ("its credentials were revoked by an inline policy on the role",)

    # -- the record

    def _let_go(self, finding: Finding, views: Sequence[View], why: str, at: str) -> Finding:
        """Resolves a finding whose resource is gone or holds another role; it holds nothing any more."""
        for view in views:
            saved = view.saved
            if saved and saved.is_active and finding.id in saved.holds and not view.is_contained:
                self._save(without_hold(saved, finding.id), saved)
        if any(_still_denies(view, finding) for view in views):
            why = f"{why}; what the guardrail denies by inline policies stays until its release"
        return self._tell(finding, State.RESOLVED, News.RESOLVED, why, at)

    def _check_age(self, finding: Finding) -> None:
        if finding.event_time and self._clock() - parse_time(finding.event_time) < _SHOWS_AFTER:
            raise TryAgainError(f"{finding.resource} does not show yet")

    def _save(self, containment: Containment, before: Containment | None) -> None:
        if containment != before and not self._ledger.save_containment(containment, before):
            raise TryAgainError(f"the containment of {containment.resource} was changed by another")

    def _tell(
        self, finding: Finding, state: State, news: News, why: str, at: str | None = None, **standing: Any
    ) -> Finding:
        """Records and publishes the finding's next step; ``at`` is when what it says was seen."""
        for _ in range(_TELL_ATTEMPTS):
            change = advance(finding, state, news, at or iso(self._clock()), GUARD, why, **standing)
            if self._ledger.record_change(change):
                publish_news(self._ledger, self._topic, change.finding)
                return self._ledger.finding(finding.id) or change.finding
            present = self._ledger.finding(finding.id)
            # Passes are counted all the time, and take nothing from what was done. But a resource that let
            # go of the role may have got it by that very pass: it is looked at again.
            if present is None or present.revision != finding.revision:
                break
            if state is State.RESOLVED and present.passes != finding.passes:
                break
            finding = present
        raise TryAgainError(f"finding {finding.id} changed meanwhile")

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
        self._tell(finding, State.OPEN, News.CONTAINMENT_FAILED, why)


def _still_denies(view: View, finding: Finding) -> bool:
    """Whether an inline policy of the guard outlasts the finding: only operators may take it away."""
    saved = view.saved
    if saved is None or finding.id not in saved.holds:
        return False
    return finding.role in saved.revoked or (view.target.is_scope and view.is_contained)


def _is_of_concern(finding: Finding) -> bool:
    return finding.is_to_be_contained or finding.state is State.CONTAINED
