"""What containment and release have in common: leases, ids of roles, and what went wrong in words."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from passrole.arn import parse_role_arn, region_of_global
from passrole.clock import Clock, utc_now
from passrole.finding import Finding
from passrole.grants import ANY_ROLE, Grant
from passrole.ledger import Containment, Ledger
from passrole.news import Topic
from passrole.quarantine.grants import QUARANTINE_ROLE
from passrole.quarantine.module import Aws, QuarantineModule, State, code_of

Sleep = Callable[[float], None]

ROLE_ID_GRANT = Grant(
    actions=("iam:GetRole",),
    resources=(ANY_ROLE,),
    reason="tells whether the role that is given back is still the one that was held; that can be any role",
)


class BusyError(RuntimeError):
    """Another one contains or releases the resource."""


class Actor:
    """Contains or releases resources, each under a lease."""

    def __init__(
        self,
        ledger: Ledger,
        topic: Topic,
        aws: Aws,
        principal: str,
        clock: Clock = utc_now,
        sleep: Sleep = time.sleep,
    ) -> None:
        """``principal`` is the ARN of the role that makes the calls: intents announce its passes."""
        self._ledger = ledger
        self._topic = topic
        self._aws = aws
        self._principal = principal
        self._clock = clock
        self._sleep = sleep

    def _leases(
        self, resources: Iterable[str], owner: str, attempts: int, pause: float
    ) -> AbstractContextManager[None]:
        """As `leases`; tries several times, with a pause in between."""
        return leases(self._ledger, resources, owner, self._clock, attempts, lambda: self._sleep(pause))

    def _role_id(self, role: str) -> str | None:
        """IAM's id of a role; None if there is none of that ARN."""
        arn = parse_role_arn(role)
        if arn is None:
            return None
        try:
            iam = self._aws.clients("iam", region_of_global(arn.partition))
            found = iam.get_role(RoleName=arn.name)["Role"]
        except ClientError as error:
            if code_of(error) == "NoSuchEntity":
                return None
            raise
        role_id: str = found["RoleId"]
        return role_id if found["Arn"] == role else None

    def _announce(self, resource: str, roles: Iterable[str], finding_id: str) -> None:
        for role in roles:
            self._ledger.announce_pass(resource, role, self._principal, finding_id, self._clock())


@contextmanager
def leases(
    ledger: Ledger,
    resources: Iterable[str],
    owner: str,
    clock: Clock,
    attempts: int = 1,
    pause: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Holds all of the resources for ``owner``.

    Raises:
        BusyError: another has one of them, and did not give it back in time.
    """
    taken: list[str] = []
    try:
        for resource in sorted(set(resources)):  # in one order, so that no two wait for each other
            for attempt in range(attempts):
                if attempt:
                    pause()
                if ledger.take_lease(resource, owner, clock()):
                    break
            else:
                raise BusyError(f"{resource} is being contained or released by another")
            taken.append(resource)
        yield
    finally:
        for resource in taken:
            ledger.give_lease_back(resource, owner)


def is_of_same_make(containment: Containment, now: State, finding: Finding) -> bool:
    """Whether the resource is the one that was contained, and not another that was made under its name.

    Where AWS does not tell when a resource was made, the call that made it does.
    """
    made = now.get("made")
    if made is not None:
        return bool(containment.prior.get("made") == made)
    made_at = finding.event_time if finding.event_name.startswith("Create") else None
    return made_at is None or made_at[:19] <= containment.saved_at[:19]


def replaces_role(module: QuarantineModule) -> bool:
    """Whether containing puts the quarantine role in the place of the other."""
    return any(QUARANTINE_ROLE in grant.resources for grant in module.contain_grants)


def in_words(error: Exception) -> str:
    """What went wrong, in a few words; nothing of a request's content."""
    if isinstance(error, ClientError):
        return f"{error.operation_name} failed: {code_of(error)}"
    # Of what nobody expected only the kind: its text may hold anything.
    return str(error) if isinstance(error, RuntimeError | BotoCoreError) else type(error).__name__
