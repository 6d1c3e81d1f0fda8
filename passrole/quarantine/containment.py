"""The order of containment, the same for every module, and safe to interrupt after any step.

Reload the finding -> lease on the resource -> describe it -> it still holds the role -> budget -> prior state
into the ledger -> act -> verify -> record -> publish. A redelivery goes on where the last attempt stopped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError

from passrole.arn import Arn, parse_role_arn
from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.finding import Finding, News, State, advance
from passrole.ledger import Containment, ContainmentState, Ledger
from passrole.news import Topic, publish_news
from passrole.passes import Outcome
from passrole.policy import Decision, Stage
from passrole.quarantine.module import Clients, QuarantineModule
from passrole.quarantine.registry import module_for

_LEASE_ATTEMPTS = 10
_LEASE_PAUSE = 1.0  # seconds
_TELL_ATTEMPTS = 5
# AWS's APIs are eventually consistent: what was done just now may not show yet, and is not undone.
_SHOWS_AFTER = timedelta(minutes=1)
_WHO = "guardrail"
# What another attempt will not mend.
_FINAL_ERRORS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


class TryAgainError(RuntimeError):
    """The containment is not done; the message is to be delivered again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the acts of containment.

    Attributes:
        acts_per_hour: most acts in one clock hour.
        protected: ARNs that are never touched: the guard's own.
    """

    acts_per_hour: int
    protected: frozenset[str]


class Container:
    """Contains the resources of findings."""

    def __init__(
        self,
        ledger: Ledger,
        topic: Topic,
        clients: Clients,
        limits: Limits,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ledger = ledger
        self._topic = topic
        self._clients = clients
        self._limits = limits
        self._clock = clock
        self._sleep = sleep

    def contain(self, finding_id: str, owner: str, *, is_last: bool = False) -> Finding | None:
        """Contains the resource of a finding, if the finding in the ledger says that it is to be.

        ``owner`` names this attempt in the lease. After ``is_last`` no delivery comes: what fails is told.
        Returns the finding as it is afterwards; None if the ledger has no such finding.

        Raises:
            TryAgainError, ClientError, BotoCoreError: not done; to be delivered again.
        """
        try:
            return self._contain_under_lease(finding_id, owner)
        except (TryAgainError, ClientError, BotoCoreError) as error:
            if is_last:
                self._tell_failure(finding_id, error)
            raise

    def _contain_under_lease(self, finding_id: str, owner: str) -> Finding | None:
        finding = self._ledger.finding(finding_id)
        if finding is None:
            return None
        if finding.resource is None or not _is_to_be_contained(finding):
            publish_news(self._ledger, self._topic, finding)
            return finding
        self._take_lease(finding.resource, owner)
        try:
            return self._contain(finding_id, finding.resource)
        finally:
            self._ledger.give_lease_back(finding.resource, owner)

    def _take_lease(self, resource: str, owner: str) -> None:
        for _ in range(_LEASE_ATTEMPTS):
            if self._ledger.take_lease(resource, owner, self._clock()):
                return
            self._sleep(_LEASE_PAUSE)
        raise TryAgainError(f"{resource} is being contained or released by another")

    def _contain(self, finding_id: str, resource: str) -> Finding:
        finding = self._ledger.finding(finding_id)  # it may have changed while the lease was waited for
        if finding is None:
            raise TryAgainError(f"finding {finding_id} is not in the ledger any more")
        if not _is_to_be_contained(finding):
            publish_news(self._ledger, self._topic, finding)
            return finding
        arn, module = Arn.parse(resource), module_for(finding.resource_type, finding.place)
        if module is None or arn is None:
            return self._tell(
                finding,
                State.OPEN,
                News.CONTAINMENT_REFUSED,
                f"no reversible act is known for the {finding.place} of {finding.resource_type}",
            )
        if resource in self._limits.protected:
            return self._tell(
                finding, State.OPEN, News.CONTAINMENT_REFUSED, "the resource is the guardrail's own"
            )
        if parse_role_arn(finding.role) is None:
            return self._tell(
                finding,
                State.OPEN,
                News.CONTAINMENT_REFUSED,
                "the passed role could not be read, so nobody can tell whether the resource still holds it",
            )
        try:
            return self._act(finding, resource, arn, module)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code.rpartition(".")[2] not in _FINAL_ERRORS:
                raise
            why = f"{error.operation_name} was refused: {code}"
            return self._tell(finding, State.OPEN, News.CONTAINMENT_FAILED, why)

    def _act(self, finding: Finding, resource: str, arn: Arn, module: QuarantineModule) -> Finding:
        looked_at = iso(self._clock())
        now = module.describe(self._clients, arn)
        saved = self._ledger.containment(resource)
        active = saved if saved and saved.state is not ContainmentState.RELEASED else None
        if now is None:
            self._check_age(finding)
            if active is not None:
                self._save(replace(active, holds=(), state=ContainmentState.RELEASED), saved)
            return self._tell(finding, State.RESOLVED, News.RESOLVED, "the resource is gone", looked_at)
        if not module.holds(now, finding.role):
            joined = active is not None and finding.id in active.holds
            if not joined or (active and active.state is ContainmentState.CONTAINED):
                self._check_age(finding)
            if not joined:
                why = "the resource holds another role now"
                return self._tell(finding, State.RESOLVED, News.RESOLVED, why, looked_at)
        contained = active is not None and module.is_contained(now)
        if not contained and not self._may_act(finding):
            cap = self._limits.acts_per_hour
            return self._tell(
                finding, State.OPEN, News.CONTAINMENT_REFUSED, f"the cap of {cap} acts an hour is reached"
            )
        if active is None:
            active = Containment(
                resource, module.name, now, (finding.id,), ContainmentState.SAVED, iso(self._clock())
            )
        hold = active.held_by(finding.id)
        self._save(hold, saved)
        if not contained:
            module.contain(self._clients, arn, now)
            after = module.describe(self._clients, arn)
            if after is not None and not module.is_contained(after):
                raise TryAgainError(f"{resource} is not contained yet")
        self._save(replace(hold, state=ContainmentState.CONTAINED), hold)
        did = "the resource was contained already" if contained else module.does
        return self._tell(finding, State.CONTAINED, News.CONTAINED, f"{did}. Still runs: {module.still_runs}")

    def _check_age(self, finding: Finding) -> None:
        if finding.event_time and self._clock() - parse_time(finding.event_time) < _SHOWS_AFTER:
            raise TryAgainError(f"{finding.resource} does not show yet")

    def _may_act(self, finding: Finding) -> bool:
        act = f"{finding.id}#{finding.revision}"
        return self._ledger.spend_act(act, self._limits.acts_per_hour, self._clock())

    def _save(self, containment: Containment, before: Containment | None) -> None:
        if containment != before and not self._ledger.save_containment(containment, before):
            raise TryAgainError(f"the containment of {containment.resource} was changed by another")

    def _tell(self, finding: Finding, state: State, news: News, why: str, at: str | None = None) -> Finding:
        """Records and publishes the finding's next step; ``at`` is when what it says was seen."""
        for _ in range(_TELL_ATTEMPTS):
            change = advance(finding, state, news, at or iso(self._clock()), _WHO, why)
            if self._ledger.record_change(change):
                publish_news(self._ledger, self._topic, change.finding)
                return change.finding
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
        if finding is None or not _is_to_be_contained(finding):
            return
        why = str(error)
        if isinstance(error, ClientError):
            why = f"{error.operation_name} failed: {error.response.get('Error', {}).get('Code', '')}"
        self._tell(finding, State.OPEN, News.CONTAINMENT_FAILED, f"{why}; it is not tried again")


def _is_to_be_contained(finding: Finding) -> bool:
    """What the ledger says decides, never the message that led here."""
    return (
        finding.state is State.OPEN
        and finding.response is Stage.QUARANTINE
        and finding.decision is Decision.VIOLATION
        and finding.outcome is Outcome.SUCCEEDED
    )
