"""Release: a person puts a contained resource back into its prior state, and the guard does not catch it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import iso
from passrole.finding import Finding, News, State
from passrole.finding.life import advance
from passrole.ledger import Containment
from passrole.news import publish_news
from passrole.quarantine.acting import Actor, BusyError, in_words, is_of_same_make
from passrole.quarantine.hold import without_hold
from passrole.quarantine.module import CannotRestoreError, QuarantineModule
from passrole.quarantine.people import NotDoneError
from passrole.quarantine.registry import module_named
from passrole.quarantine.revocation import policy_name, restore
from passrole.quarantine.targets import places_of_holds

_AS_IS = "the resource was left as it is"
_TELL_ATTEMPTS = 5
_VERIFY_ATTEMPTS = 10
_VERIFY_PAUSE = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """What a release would do.

    Attributes:
        containments: none if nothing is held any more, so that only the finding is closed.
        puts_back: what is changed, one line each.
        leaves: what is not changed, and why.
    """

    finding: Finding
    containments: tuple[Containment, ...]
    puts_back: tuple[str, ...]
    leaves: tuple[str, ...]


class Releaser(Actor):
    """Releases resources with the operator role's credentials."""

    def plan(self, finding_id: str) -> ReleasePlan:
        """What a release of the finding would put back.

        Raises:
            NotDoneError: no such finding, or it neither is contained nor holds anything.
        """
        finding = self._ledger.finding(finding_id)
        if finding is None:
            raise NotDoneError(f"finding {finding_id} is not in the ledger")
        containments = self._held_for(finding)
        # A containment that was interrupted, or failed half-way, holds its resource all the same.
        if finding.state is not State.CONTAINED and not containments:
            raise NotDoneError(f"finding {finding_id} is {finding.state}: there is nothing to release")
        if not containments:
            return ReleasePlan(finding, (), (), ("the resource is not held for this finding any more",))
        puts_back: list[str] = []
        leaves: list[str] = []
        for containment in containments:
            others = containment.without(finding.id).holds
            if others:
                leaves.append(f"{containment.resource} stays contained for {', '.join(others)}")
            else:
                puts_back.extend(_puts_back(containment))
        return ReleasePlan(finding, containments, tuple(puts_back), tuple(leaves))

    def release(self, plan: ReleasePlan, who: str, why: str, *, as_is: bool = False) -> Finding:
        """Does what ``plan`` says and records who did it and why. May be repeated after a crash.

        With ``as_is`` the resource stays as it is now, whatever others made of it, and is held no longer.
        Inline policies of the guard are taken away all the same: nobody else knows of them.

        Raises:
            NotDoneError: the resource or the finding changed since; nothing more was done.
        """
        owner = f"release-{uuid.uuid4()}"
        places = places_of_holds(plan.finding)
        try:
            with self._leases(places, owner, attempts=1, pause=0):
                present = self.plan(plan.finding.id)
                # What others may change is looked at before anything is done, so that it is done whole.
                if not as_is:
                    self._refuse_changes(present)
                for containment in present.containments:
                    self._give_up_hold(containment, present.finding, as_is)
                left = (_AS_IS,) if as_is else present.leaves
                return self._tell(present.finding, who, "; ".join((why, *left)))
        except BusyError as error:
            raise NotDoneError(f"{error}: try again shortly") from None
        except CannotRestoreError as error:
            raise NotDoneError(str(error)) from None
        except ClientError as error:
            raise NotDoneError(in_words(error)) from None

    def _held_for(self, finding: Finding) -> tuple[Containment, ...]:
        found = (self._ledger.containment(arn) for arn in places_of_holds(finding))
        return tuple(c for c in found if c is not None and (_is_held(c, finding) or _is_left(c, finding)))

    def _refuse_changes(self, plan: ReleasePlan) -> None:
        changes: list[str] = []
        for containment in plan.containments:
            if not containment.without(plan.finding.id).holds:
                changes.extend(self._changes(containment, plan.finding))
        if changes:
            raise NotDoneError(
                f"changed since the containment: {'; '.join(changes)}. Undo that, or release it as it is"
            )

    def _changes(self, containment: Containment, finding: Finding) -> Sequence[str]:
        if not containment.is_active:
            return ()
        arn, module = _arn_and_module(containment)
        now = module.describe(self._aws, arn)
        if now is None:
            return ()
        if not is_of_same_make(containment, now, finding):
            return (f"{containment.resource} was deleted and made anew",)
        if module.is_released(now, containment.prior):
            return ()
        return (*module.changed_since(self._aws, now, containment.prior), *self._roles_made_anew(containment))

    def _roles_made_anew(self, containment: Containment) -> Sequence[str]:
        """Roles that would be given back, and are not what they were."""
        changed = []
        for role, role_id in containment.role_ids.items():
            present = self._role_id(role)
            if present is None:
                changed.append(f"{role} is gone")
            elif role_id is not None and present != role_id:
                changed.append(f"{role} was deleted and made anew")
        return changed

    def _give_up_hold(self, containment: Containment, finding: Finding, as_is: bool) -> None:
        after = without_hold(containment, finding.id)
        if not after.is_active:
            arn, module = _arn_and_module(containment)
            if containment.is_active and not (as_is and module.resource_type):
                self._restore(arn, module, containment, finding)
            for role in containment.revoked:
                restore(self._aws, arn, role)
            after = replace(after, revoked=())
        if not self._ledger.save_containment(after, containment):
            raise NotDoneError(f"the containment of {containment.resource} was changed by another")

    def _restore(
        self, arn: Arn, module: QuarantineModule, containment: Containment, finding: Finding
    ) -> None:
        now = module.describe(self._aws, arn)
        if now is None or module.is_released(now, containment.prior):
            return  # it is gone, or an earlier attempt came so far: there is nothing to put back
        self._announce(containment.resource, module.gives_back(containment.prior), finding.id)
        module.release(self._aws, arn, containment.prior)
        self._verify(arn, module, containment)

    def _verify(self, arn: Arn, module: QuarantineModule, containment: Containment) -> None:
        for _ in range(_VERIFY_ATTEMPTS):
            now = module.describe(self._aws, arn)
            if now is None or module.is_released(now, containment.prior):
                return
            self._sleep(_VERIFY_PAUSE)
        raise NotDoneError(f"{containment.resource} did not return to its prior state: look at it")

    def _tell(self, finding: Finding, who: str, why: str) -> Finding:
        for _ in range(_TELL_ATTEMPTS):
            change = advance(finding, State.RELEASED, News.RELEASED, iso(self._clock()), who, why)
            if self._ledger.record_change(change):
                publish_news(self._ledger, self._topic, change.finding)
                return change.finding
            present = self._ledger.finding(finding.id)
            if present is None or present.revision != finding.revision:
                break
            finding = present  # passes are counted all the time, the one of the release among them
        raise NotDoneError(f"finding {finding.id} changed meanwhile: try again")


def _is_held(containment: Containment, finding: Finding) -> bool:
    return containment.is_active and finding.id in containment.holds


def _is_left(containment: Containment, finding: Finding) -> bool:
    """The resource is held no more, but its role still denies it everything."""
    return not containment.is_active and finding.role in containment.revoked


def _puts_back(containment: Containment) -> Sequence[str]:
    arn, module = _arn_and_module(containment)
    resource = module.puts_back(containment.prior) if containment.is_active else ()
    revoked = (f"{role}: inline policy {policy_name(arn)} taken away" for role in containment.revoked)
    return (*resource, *revoked)


def _arn_and_module(containment: Containment) -> tuple[Arn, QuarantineModule]:
    arn = Arn.parse(containment.resource)
    if arn is None:
        raise NotDoneError(f"{containment.resource} is no ARN: the ledger's record cannot be used")
    return arn, module_named(containment.module)
