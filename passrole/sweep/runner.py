"""Runs the tasks of the function `sweep`, one after the other, each for as long as there is time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Protocol, TypeVar

from botocore.exceptions import ClientError, EndpointConnectionError

from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.ending import end_of
from passrole.finding import GUARD, Finding
from passrole.ledger import Holding, Ledger, SweepPart, SweepRecord
from passrole.ledger.holdings import mark_of_held, mark_of_holder
from passrole.ledger.keys import SHARDS
from passrole.passes import Origin
from passrole.quarantine.module import code_of
from passrole.rejudging import Cause, Effect, Rejudge
from passrole.role_changes import RoleChange
from passrole.sweep.listing import Listing
from passrole.sweep.part import PartSweeper, RefusedError, UnfinishedError
from passrole.sweep.position import START
from passrole.sweep.tasks import JudgeAll, JudgeRole, SweepAll, SweepPartOf, Task, Teller, part_name
from passrole.sweep.transient import is_transient
from passrole.sweep.walk import ListingError, Region

T = TypeVar("T")
_AT_ONCE = 20  # IAM may take seconds for a role, and time is looked at after so many
_SECOND_LOOK = 60  # seconds: IAM may answer as before for a while after it was changed
RUNNING = 6 * 3600  # seconds: a sweep that began in these and has not ended goes on
_MOST_RESTARTS = 3
_INSTANCES = "ec2:instance"
_REFUSED = ("AccessDenied", "UnauthorizedOperation", "Unauthorized")
_NOT_TO_BE_HAD = (
    "OptInRequired",
    "SubscriptionRequiredException",
    "UnknownOperationException",
    "UnrecognizedClientException",
)


class Tasks(Protocol):
    """The queue of tasks."""

    def put(self, task: Task, delay: int = 0) -> None:
        """Puts a task into it, to be done in so many seconds."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task.

    Attributes:
        judged: how many roles held were judged, apart from parts of sweeps.
        opened, resolved: findings.
        part: of a sweep, how far it is.
        is_swept: a sweep has ended with it.
    """

    judged: int = 0
    opened: int = 0
    resolved: int = 0
    part: SweepPart | None = None
    is_swept: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """What is swept.

    Attributes:
        regions: home first.
        is_there: whether a service is there in a region.
    """

    partition: str
    account: str
    regions: tuple[str, ...]
    listings: tuple[Listing, ...]
    is_there: Callable[[str, str], bool]

    def parts(self) -> Iterator[tuple[Listing, str]]:
        """Each listing in each region that has the service; once, if it is the same in all."""
        for region in self.regions:
            for listing in self.listings:
                if (region == self.regions[0] or not listing.is_global) and self.is_there(
                    listing.client, region
                ):
                    yield listing, region

    def listing(self, name: str) -> Listing | None:
        return next((listing for listing in self.listings if listing.name == name), None)

    def region(self, name: str) -> Region:
        return Region(self.partition, name, self.account)


class TaskRunner:
    """Does tasks; what does not get done is put back as a task of its own."""

    def __init__(
        self,
        reach: Reach,
        sweeper: PartSweeper,
        rejudge: Rejudge,
        ledger: Ledger,
        tasks: Tasks,
        policy_hash: str,
        iam: Any,
        is_out_of_time: Callable[[], bool],
        clock: Clock = utc_now,
    ) -> None:
        self._reach = reach
        self._sweeper = sweeper
        self._rejudge = rejudge
        self._ledger = ledger
        self._tasks = tasks
        self._policy_hash = policy_hash
        self._iam = iam
        self._is_out_of_time = is_out_of_time
        self._clock = clock

    def run(self, task: Task) -> Done:
        """Does one task, or part of it.

        Raises:
            ClientError, BotoCoreError: AWS did not answer: to be tried again.
        """
        match task:
            case SweepAll():
                return self._begin()
            case SweepPartOf():
                return self._sweep(task)
            case JudgeRole():
                return self._judge_role(task)
            case JudgeAll():
                return self._judge_all(task)

    def take_change(self, change: RoleChange) -> None:
        """Has what a change of IAM concerns judged again.

        Raises:
            ClientError, BotoCoreError, RefusedError, TimeoutError: AWS did not answer, or time was up: to be
                tried again.
        """
        cause = Cause(Origin.ROLE_CHANGE, change.who, change.what, change.at or iso(self._clock()))
        if change.role:
            self._tasks.put(JudgeRole(change.role, cause, is_deleted=change.is_deleted))
        if change.policy_arn:
            for role in self._roles_with(change.policy_arn):
                self._tasks.put(JudgeRole(role, cause))
        if change.profile:
            self._sweep_profile(change.profile, cause)

    def _begin(self) -> Done:
        parts = {
            part_name(listing.name, region): (listing, region) for listing, region in self._reach.parts()
        }
        sweep = self._running()
        if sweep is None:
            sweep = SweepRecord(iso(self._clock()), tuple(parts))
            self._ledger.begin_sweep(sweep)
        if not sweep.is_under_way:  # who began it may have died before the queue had all of it
            for listing, region in (parts[name] for name in sweep.parts if name in parts):
                self._tasks.put(SweepPartOf(sweep.id, listing.name, region))
            self._ledger.note_under_way(sweep)
        return Done()

    def _running(self) -> SweepRecord | None:
        latest = self._ledger.latest_sweep()
        if latest is None or latest.ended_at is not None:
            return None
        age = (self._clock() - parse_time(latest.id)).total_seconds()
        return latest if age < RUNNING else None

    def _sweep(self, task: SweepPartOf) -> Done:
        sweep, listing = self._ledger.sweep(task.sweep), self._reach.listing(task.listing)
        part = self._part(task)
        if sweep is None:
            return Done()
        if part.ended_at is not None:
            return Done(is_swept=self._end_sweep(sweep, part.ended_at))
        if listing is None:
            return self._end_part(sweep, replace(part, failed="this version lists no such resources"))
        region = self._reach.region(task.region)
        before = part
        task = self._with_teller(task, listing, region)
        in_config = task.teller is Teller.CONFIG
        if not task.is_listed:
            try:
                progress = self._sweeper.go_on(
                    listing, region, task.sweep, part, task.position, in_config=in_config
                )
            except RefusedError as refused:
                if in_config:
                    return self._ask_service(task, part, before)
                return self._stopped(task, sweep, part, refused.error)
            part = progress.part
            self._ledger.save_part(task.sweep, part)
            if progress.position is not None or self._is_out_of_time():
                position = progress.position or START
                self._tasks.put(replace(task, position=position, is_listed=progress.position is None))
                return _done(part, before)
        if not in_config:
            try:
                part = self._sweeper.end(listing, region, task.sweep, part)
            except UnfinishedError as unfinished:
                self._ledger.save_part(task.sweep, unfinished.part)
                self._tasks.put(replace(task, position=START, is_listed=True))
                return _done(unfinished.part, before)
        elif not self._sweeper.is_all_in_config(listing, region, task.sweep, part):
            return self._ask_service(task, part, before)
        return self._end_part(sweep, part, before)

    def _with_teller(self, task: SweepPartOf, listing: Listing, region: Region) -> SweepPartOf:
        if task.teller is not None:
            return task
        is_new = task.position == START and not task.is_listed
        is_in_config = is_new and self._sweeper.is_in_config(listing, region)
        return replace(task, teller=Teller.CONFIG if is_in_config else Teller.SERVICE)

    def _ask_service(self, task: SweepPartOf, part: SweepPart, before: SweepPart) -> Done:
        """Lists all once more by the service itself: AWS Config's word alone resolves nothing."""
        part = replace(part, resources=0, roles=0, unanswered=0, dangling=0)
        self._ledger.save_part(task.sweep, part)
        self._tasks.put(replace(task, position=START, is_listed=False, teller=Teller.SERVICE))
        return _done(part, before)

    def _part(self, task: SweepPartOf) -> SweepPart:
        parts = self._ledger.parts_of(task.sweep)
        return next((part for part in parts if part.name == task.name), SweepPart(task.name))

    def _stopped(
        self,
        task: SweepPartOf,
        sweep: SweepRecord,
        part: SweepPart,
        error: ClientError | EndpointConnectionError | ListingError,
    ) -> Done:
        """A part that AWS refuses has failed, and resolves nothing; what passes by itself is tried again."""
        if isinstance(error, ListingError):
            return self._end_part(sweep, replace(part, failed=str(error)))
        if is_not_to_be_had(error):
            return self._end_part(sweep, replace(part, skipped=str(error)))
        if is_transient(error):
            raise error
        is_denied = code_of(error).startswith(_REFUSED)
        if task.position != START and task.restarts < _MOST_RESTARTS and not is_denied:
            # Tokens of pages end after a while.
            self._tasks.put(replace(task, position=START, restarts=task.restarts + 1))
            return Done()
        return self._end_part(sweep, replace(part, failed=str(error)))

    def _end_part(self, sweep: SweepRecord, part: SweepPart, before: SweepPart | None = None) -> Done:
        ended_at = iso(self._clock())
        part = replace(part, ended_at=ended_at)
        self._ledger.save_part(sweep.id, part)
        return replace(_done(part, before or part), is_swept=self._end_sweep(sweep, ended_at))

    def _end_sweep(self, sweep: SweepRecord, at: str) -> bool:
        """Whether all its parts have ended, and nobody has noted that before."""
        ended_ones = {part.name for part in self._ledger.parts_of(sweep.id) if part.ended_at is not None}
        return ended_ones >= set(sweep.parts) and self._ledger.end_sweep(sweep, at)

    def _sweep_profile(self, name: str, cause: Cause) -> None:
        """Looks at the instances with an instance profile: which role they hold by it has changed."""
        listing = self._reach.listing(_INSTANCES)
        try:
            arn = self._iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Arn"]
        except self._iam.exceptions.NoSuchEntityException:
            return
        if listing is None:
            return
        only = {"Filters": [{"Name": "iam-instance-profile.arn", "Values": [arn]}]}
        for region in self._reach.regions:
            part = SweepPart(f"{arn} in {region}")
            try:
                progress = self._sweeper.go_on(
                    listing, self._reach.region(region), iso(self._clock()), part, cause=cause, more=only
                )
            except RefusedError as refused:
                if is_transient(refused.error):
                    raise
                continue  # the next sweep tells of it, and the other regions are looked at all the same
            if progress.position is not None:
                raise TimeoutError(f"the instances with {arn} are not all looked at")

    def _roles_with(self, policy_arn: str) -> Sequence[str]:
        pages = self._iam.get_paginator("list_entities_for_policy").paginate(
            PolicyArn=policy_arn, EntityFilter="Role"
        )
        try:
            return [role["RoleName"] for page in pages for role in page["PolicyRoles"]]
        except self._iam.exceptions.NoSuchEntityException:
            return ()  # it is deleted by now

    def _judge_role(self, task: JudgeRole) -> Done:
        done, cause = Done(), self._fresh(task.cause)
        account = self._reach.account
        holders = self._ledger.holders_named(account, task.role, task.after)
        for some in _batches(holders, _AT_ONCE):
            if task.is_deleted:
                done = replace(
                    done, resolved=done.resolved + sum(self._role_is_gone(h, task.cause) for h in some)
                )
            else:
                done = self._judge(some, cause, done)
            if self._is_out_of_time():
                self._tasks.put(replace(task, after=mark_of_holder(some[-1])))
                return done
        if task.look == 1 and not task.is_deleted and (done.judged or task.after):
            self._tasks.put(replace(task, after="", look=2), _SECOND_LOOK)
        return done

    def _role_is_gone(self, holding: Holding, cause: Cause) -> int:
        resolved = 0
        for found in self._ledger.findings_on(holding.resource):
            finding = self._ledger.finding(found.id)
            if finding is not None and _is_of_gone_role(finding, holding, cause):
                change = end_of(self._ledger, finding, cause.who, cause.why, iso(self._clock()))
                if change and self._ledger.record_change(change):
                    self._rejudge.publish(change.finding)
                    resolved += 1
        return resolved

    def _judge_all(self, task: JudgeAll) -> Done:
        done = Done()
        if task.policy != self._policy_hash:
            return done  # another is deployed by now, which has a task of its own
        after, cause = task.after, self._fresh(task.cause)
        for shard in range(task.shard, SHARDS):
            for some in _batches(self._ledger.holdings_in(shard, after=after), _AT_ONCE):
                done = self._judge(some, cause, done)
                if self._is_out_of_time():
                    self._tasks.put(replace(task, shard=shard, after=mark_of_held(some[-1])))
                    self._ledger.note_policy_judgement(task.policy, iso(self._clock()))
                    return done
            after = ""
        self._ledger.note_policy_judgement(task.policy, iso(self._clock()), has_ended=True)
        return done

    def _fresh(self, cause: Cause) -> Cause:
        """The cause as of now, once a go: what IAM tells of a role then serves all that hold it."""
        return replace(cause, as_of=max(cause.as_of, iso(self._clock())))

    def _judge(self, holdings: Sequence[Holding], cause: Cause, done: Done) -> Done:
        for judged in self._rejudge.holdings(holdings, cause):
            done = replace(
                done,
                judged=done.judged + 1,
                opened=done.opened + judged.effects.count(Effect.OPENED),
                resolved=done.resolved + judged.effects.count(Effect.RESOLVED),
            )
        return done


def is_not_to_be_had(error: Exception) -> bool:
    """Whether a service is not offered in the region, or not to the account, so that nothing of it exists.

    A right that is missing is another thing: IAM's refusal says who is not authorized.
    """
    if isinstance(error, EndpointConnectionError):
        return True
    code = code_of(error)
    return code in _NOT_TO_BE_HAD or (
        code.startswith(_REFUSED) and "not authorized to perform" not in str(error)
    )


def _is_of_gone_role(finding: Finding, holding: Holding, cause: Cause) -> bool:
    """Whether a finding is about a role that was deleted: what opened later is about another of its name."""
    seconds = slice(0, 19)  # an event's time has no more
    return (finding.place, finding.role) == (holding.place, holding.role) and (
        finding.opened_at[seconds] <= cause.as_of[seconds]
    )


def policy_cause(policy_hash: str, at: str) -> Cause:
    """Why all that is held is judged again after a deployment."""
    return Cause(Origin.POLICY_CHANGE, GUARD, f"the policy changed to {policy_hash}", at)


def _done(part: SweepPart, before: SweepPart) -> Done:
    return Done(opened=part.opened - before.opened, resolved=part.resolved - before.resolved, part=part)


def _batches(things: Iterator[T], size: int) -> Iterator[list[T]]:
    while some := list(islice(things, size)):
        yield some
