"""An instance profile that got another role: the instances with it hold another role now."""

from dataclasses import replace
from typing import Any

from passrole.clock import Clock, iso, utc_now
from passrole.ledger import SweepPart
from passrole.sweep.faults import in_short, is_transient, may_be_of_token
from passrole.sweep.part import PartSweeper
from passrole.sweep.position import START, Position, is_further
from passrole.sweep.reach import Reach
from passrole.sweep.rejudging import Cause
from passrole.sweep.tasks import LookAtProfile
from passrole.sweep.walk import Refusal
from passrole.sweep.work import MOST_FAULTS, MOST_RESTARTS, Done, Tasks, pause_after

_INSTANCES = "ec2:instance"


class Profiles:
    """Looks at what has an instance profile, region by region, each for as long as there is time."""

    def __init__(
        self, reach: Reach, sweeper: PartSweeper, tasks: Tasks, iam: Any, clock: Clock = utc_now
    ) -> None:
        self._reach = reach
        self._sweeper = sweeper
        self._tasks = tasks
        self._iam = iam
        self._clock = clock

    def ask_for(self, name: str, cause: Cause) -> None:
        """Has the instances with a profile looked at in all regions.

        Raises:
            ClientError, BotoCoreError: IAM or the queue did not answer: to be tried again.
        """
        try:
            arn = self._iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Arn"]
        except self._iam.exceptions.NoSuchEntityException:
            return
        for region in self._reach.regions:
            self._tasks.put(LookAtProfile(arn, region, cause, iso(self._clock())))

    def look(self, task: LookAtProfile) -> Done:
        """Looks at the instances of a region, from where the task is on; leaves the rest to another task."""
        listing = self._reach.listing(_INSTANCES)
        if listing is None:
            return Done()
        progress = self._sweeper.go_on(
            listing,
            self._reach.region(task.region),
            task.asked_at,
            SweepPart(f"{task.profile} in {task.region}"),
            task.position,
            cause=task.cause,
            more={"Filters": [{"Name": "iam-instance-profile.arn", "Values": [task.profile]}]},
        )
        done = Done(opened=progress.part.opened, resolved=progress.part.resolved)
        if progress.refusal is not None:
            return replace(done, fault=self._refused(task, progress.position or START, progress.refusal))
        if progress.position is not None:
            self._tasks.put(replace(task, position=progress.position, faults=0))
        return done

    def _refused(self, task: LookAtProfile, position: Position, refusal: Refusal) -> str:
        """What passes by itself is tried again; of the rest the next sweep tells."""
        faults = 1 if is_further(position, task.position) else task.faults + 1
        if is_transient(refusal):
            if faults <= MOST_FAULTS:
                self._tasks.put(replace(task, position=position, faults=faults), pause_after(faults))
        elif task.position != START and task.restarts < MOST_RESTARTS and may_be_of_token(refusal):
            self._tasks.put(replace(task, position=START, faults=0, restarts=task.restarts + 1))
        return in_short(refusal)
