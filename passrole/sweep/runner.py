"""Runs the tasks of the function `sweep`, one after the other, each for as long as there is time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

from passrole.clock import Clock, iso, utc_now
from passrole.detection.ending import end_of
from passrole.finding import GUARD, Finding
from passrole.ledger import Holding, Ledger
from passrole.ledger.holdings import mark_of_held, mark_of_holder
from passrole.ledger.keys import SHARDS
from passrole.passes import Origin
from passrole.sweep.part import PartSweeper
from passrole.sweep.profiles import Profiles
from passrole.sweep.reach import Reach
from passrole.sweep.rejudging import Cause, Effect, Rejudge
from passrole.sweep.role_changes import RoleChange
from passrole.sweep.sweeps import Sweeps
from passrole.sweep.tasks import JudgeAll, JudgeRole, LookAtProfile, SweepAll, SweepPartOf, Task
from passrole.sweep.work import Done, Tasks

T = TypeVar("T")
_AT_ONCE = 20  # IAM may take seconds for a role, and time is looked at after so many
_SECOND_LOOK = 60  # seconds: IAM may answer as before for a while after it was changed


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
        self._account = reach.account
        self._sweeps = Sweeps(reach, sweeper, ledger, tasks, is_out_of_time, clock)
        self._profiles = Profiles(reach, sweeper, tasks, iam, clock)
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
                return self._sweeps.begin()
            case SweepPartOf():
                return self._sweeps.go_on(task)
            case LookAtProfile():
                return self._profiles.look(task)
            case JudgeRole():
                return self._judge_role(task)
            case JudgeAll():
                return self._judge_all(task)

    def take_change(self, change: RoleChange) -> None:
        """Has what a change of IAM concerns judged again.

        Raises:
            ClientError, BotoCoreError: AWS did not answer: to be tried again.
        """
        cause = Cause(Origin.ROLE_CHANGE, change.who, change.what, change.at or iso(self._clock()))
        if change.role:
            self._tasks.put(JudgeRole(change.role, cause, is_deleted=change.is_deleted))
        if change.policy_arn:
            for role in self._roles_with(change.policy_arn):
                self._tasks.put(JudgeRole(role, cause))
        if change.profile:
            self._profiles.ask_for(change.profile, cause)

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
        account = self._account
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


def _is_of_gone_role(finding: Finding, holding: Holding, cause: Cause) -> bool:
    """Whether a finding is about a role that was deleted: what opened later is about another of its name."""
    seconds = slice(0, 19)  # an event's time has no more
    return (finding.place, finding.role) == (holding.place, holding.role) and (
        finding.opened_at[seconds] <= cause.as_of[seconds]
    )


def policy_cause(policy_hash: str, at: str) -> Cause:
    """Why all that is held is judged again after a deployment."""
    return Cause(Origin.POLICY_CHANGE, GUARD, f"the policy changed to {policy_hash}", at)


def _batches(things: Iterator[T], size: int) -> Iterator[list[T]]:
    while some := list(islice(things, size)):
        yield some
