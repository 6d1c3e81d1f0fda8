"""One target under its lease: as it is now, as the ledger holds it, and the steps of the act."""

from dataclasses import dataclass, replace

from passrole.finding import Finding
from passrole.ledger import Containment, ContainmentState
from passrole.quarantine.acting import is_of_same_make
from passrole.quarantine.module import Aws, State
from passrole.quarantine.targets import Target


@dataclass(frozen=True, slots=True)
class View:
    """A target as it was looked at.

    Attributes:
        now: its present state; None if it is gone.
        saved: what the ledger has of it, past containments too.
        active: ``saved``, if it counts for the resource as it is: not that of one which bore its name before.
        is_contained: it is as containment leaves it, by this guard.
        is_half_done: an attempt that came to no end left its traces on it.
    """

    target: Target
    now: State | None
    saved: Containment | None
    active: Containment | None
    is_contained: bool
    is_half_done: bool

    @property
    def was_undone(self) -> bool:
        """Somebody undid what was contained, or made the resource anew."""
        saved = self.saved
        return saved is not None and saved.state is ContainmentState.CONTAINED and not self.is_contained

    def is_begun_for(self, finding: Finding) -> bool:
        """An earlier attempt saved the prior state, and may have acted."""
        active = self.active
        return active is not None and active.state is ContainmentState.SAVED and finding.id in active.holds

    def holds(self, role: str) -> bool:
        """Whether it holds the role, or will once it is released."""
        if self.now is None:
            return False
        module = self.target.module
        if module.holds(self.now, role):
            return True
        active, is_ours = self.active, self.is_contained or self.is_half_done
        return active is not None and is_ours and module.holds(dict(active.prior), role)


def look(aws: Aws, target: Target, saved: Containment | None, finding: Finding) -> View:
    """Describes a target."""
    now, active = target.module.describe(aws, target.arn), None
    if saved is not None and saved.is_active and (now is None or is_of_same_make(saved, now, finding)):
        active = saved
    is_contained = (
        now is not None and active is not None and target.module.is_contained(aws, now, finding.role)
    )
    is_half_done = (
        now is not None
        and active is not None
        and active.state is ContainmentState.SAVED
        and not is_contained
        and _is_half_done(aws, target, now, active)
    )
    return View(target, now, saved, active, is_contained, is_half_done)


def _is_half_done(aws: Aws, target: Target, now: State, active: Containment) -> bool:
    """Whether a resource that is not contained shows what was begun.

    A role is taken by one call: where neither it nor the quarantine role is held, others replaced it.
    """
    module = target.module
    if module.gives_back(active.prior):
        return module.holds(now, aws.quarantine_role)
    return not module.is_released(now, active.prior)


def held_for(view: View, finding_id: str, role: str, at: str) -> Containment:
    """The containment that the finding of a role joins, or begins."""
    active = view.active
    if active is None:
        assert view.now is not None  # noqa: S101 - what is gone is not held
        active = Containment(
            resource=view.target.resource,
            module=view.target.module.name,
            prior=view.now,
            holds=(),
            state=ContainmentState.SAVED,
            saved_at=at,
            revoked=view.saved.revoked if view.saved else (),
        )
    elif view.now is not None:
        active = replace(active, prior=view.target.module.with_joined(active.prior, view.now, role))
    return active.held_by(finding_id)


def without_hold(containment: Containment, finding_id: str) -> Containment:
    """The containment when a finding lets go of it; released if it was the last."""
    after = containment.without(finding_id)
    return after if after.holds else replace(after, state=ContainmentState.RELEASED)
