"""Release: a person puts a contained resource back into its prior state, and the guard does not catch it."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import Clock, iso, utc_now
from passrole.finding import Finding, News, State, advance
from passrole.ledger import Containment, ContainmentState, Ledger
from passrole.news import Topic, publish_news
from passrole.quarantine.module import CannotRestoreError, Clients, QuarantineModule
from passrole.quarantine.registry import module_named

_AS_IS = "the resource was left as it is"
_VERIFY_ATTEMPTS = 10
_VERIFY_PAUSE = 0.5  # seconds


class ReleaseRefusedError(RuntimeError):
    """The release is not done; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """What a release would do.

    Attributes:
        containment: None if the resource is no longer held, so that only the finding is closed.
        puts_back: what is changed, one line each.
        leaves: what is not changed, and why.
    """

    finding: Finding
    containment: Containment | None
    puts_back: tuple[str, ...]
    leaves: tuple[str, ...]


class Releaser:
    """Releases resources with the operator role's credentials."""

    def __init__(
        self,
        ledger: Ledger,
        topic: Topic,
        clients: Clients,
        operator_role: str,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ledger = ledger
        self._topic = topic
        self._clients = clients
        self._operator_role = operator_role
        self._clock = clock
        self._sleep = sleep

    def plan(self, finding_id: str) -> ReleasePlan:
        """What a release of the finding would put back.

        Raises:
            ReleaseRefusedError: no such finding, or it neither is contained nor holds its resource.
        """
        finding = self._ledger.finding(finding_id)
        if finding is None:
            raise ReleaseRefusedError(f"finding {finding_id} is not in the ledger")
        containment = self._ledger.containment(finding.resource) if finding.resource else None
        is_held = containment is not None and finding.id in containment.holds
        # A containment that was interrupted, or failed half-way, holds its resource all the same.
        if finding.state is not State.CONTAINED and not is_held:
            raise ReleaseRefusedError(f"finding {finding_id} is {finding.state}: there is nothing to release")
        if containment is None or not is_held:
            return ReleasePlan(finding, None, (), ("the resource is not held for this finding any more",))
        others = containment.without(finding.id).holds
        if others:
            return ReleasePlan(
                finding, containment, (), (f"the resource stays contained for {', '.join(others)}",)
            )
        return ReleasePlan(
            finding, containment, module_named(containment.module).puts_back(containment.prior), ()
        )

    def release(self, plan: ReleasePlan, who: str, why: str, *, as_is: bool = False) -> Finding:
        """Does what ``plan`` says and records who did it and why. May be repeated after a crash.

        With ``as_is`` the resource stays as it is now, whatever others made of it, and is held no longer.

        Raises:
            ReleaseRefusedError: the resource or the finding changed since; nothing more was done.
        """
        resource, owner = plan.finding.resource or "", f"release-{uuid.uuid4()}"
        if not self._ledger.take_lease(resource, owner, self._clock()):
            raise ReleaseRefusedError(
                f"{resource} is being contained or released by another: try again shortly"
            )
        try:
            present = self.plan(plan.finding.id)
            if present.containment is not None:
                self._give_up_hold(present.containment, present.finding, as_is)
            left = (_AS_IS,) if as_is else present.leaves
            return self._tell(present.finding, who, "; ".join((why, *left)))
        except CannotRestoreError as error:
            raise ReleaseRefusedError(str(error)) from None
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            raise ReleaseRefusedError(f"{error.operation_name} failed: {code}") from None
        finally:
            self._ledger.give_lease_back(resource, owner)

    def _give_up_hold(self, containment: Containment, finding: Finding, as_is: bool) -> None:
        after = containment.without(finding.id)
        if not after.holds:
            if not as_is:
                self._restore(containment, finding)
            after = replace(after, state=ContainmentState.RELEASED)
        if not self._ledger.save_containment(after, containment):
            raise ReleaseRefusedError(f"the containment of {containment.resource} was changed by another")

    def _restore(self, containment: Containment, finding: Finding) -> None:
        arn, module = Arn.parse(containment.resource), module_named(containment.module)
        now = module.describe(self._clients, arn) if arn else None
        if arn is None or now is None:
            return  # the resource is gone: there is nothing to put back
        changes = module.changed_since(now, containment.prior)
        if changes:
            raise ReleaseRefusedError(
                f"changed since the containment: {'; '.join(changes)}. Undo that, or release it as it is"
            )
        if module.is_released(now, containment.prior):
            return
        role = module.gives_back(containment.prior)
        if role is not None:
            self._ledger.announce_release(
                containment.resource, role, self._operator_role, finding.id, self._clock()
            )
        module.release(self._clients, arn, containment.prior)
        self._verify(arn, module, containment)

    def _verify(self, arn: Arn, module: QuarantineModule, containment: Containment) -> None:
        for _ in range(_VERIFY_ATTEMPTS):
            now = module.describe(self._clients, arn)
            if now is None or module.is_released(now, containment.prior):
                return
            self._sleep(_VERIFY_PAUSE)
        raise ReleaseRefusedError(f"{containment.resource} did not return to its prior state: look at it")

    def _tell(self, finding: Finding, who: str, why: str) -> Finding:
        change = advance(finding, State.RELEASED, News.RELEASED, iso(self._clock()), who, why)
        if not self._ledger.record_change(change):
            raise ReleaseRefusedError(f"finding {finding.id} changed meanwhile: try again")
        publish_news(self._ledger, self._topic, change.finding)
        return change.finding
