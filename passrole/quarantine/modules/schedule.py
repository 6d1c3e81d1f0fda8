"""Containment of a schedule of EventBridge Scheduler: it is disabled, and gets the quarantine role.

Source: EventBridge Scheduler's API reference for GetSchedule and UpdateSchedule, which sets to its default
what a request leaves out: the whole schedule is saved, and each request sends all of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import iso, parse_time
from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role, pass_quarantine_role
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

_SERVICE = "scheduler.amazonaws.com"
_SCHEDULES = "arn:{partition}:scheduler:*:{account}:schedule/*/*"
_WHY_ANY_SCHEDULE = "a violation can be in any schedule of the account"
_DATES = ("StartDate", "EndDate")
SENT = (
    "Name",
    "GroupName",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "EndDate",
    "Description",
    "State",
    "KmsKeyArn",
    "Target",
    "FlexibleTimeWindow",
    "ActionAfterCompletion",
)
"""The members of a schedule that UpdateSchedule takes."""

_UPDATE = Grant(actions=("scheduler:UpdateSchedule",), resources=(_SCHEDULES,), reason=_WHY_ANY_SCHEDULE)


class Schedule(AllOrNothingModule):
    """A schedule that holds the role with which it invokes its target."""

    name = "schedule"
    resource_type = "scheduler:schedule"
    places = ("role",)
    services = (_SERVICE,)
    does = "schedule disabled, and its role replaced by the quarantine role, which may do nothing"
    still_runs = "what the schedule started runs on; an invocation that was due before may still be delivered"
    saves = "the whole schedule"
    loses = "invocations that fall due in the meantime"
    describe_grants = (
        Grant(actions=("scheduler:GetSchedule",), resources=(_SCHEDULES,), reason=_WHY_ANY_SCHEDULE),
    )
    contain_grants = (_UPDATE, pass_quarantine_role(_SERVICE))
    release_grants = (_UPDATE, give_back_role(_SERVICE))

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``schedule``: the schedule as UpdateSchedule takes it, with times as text."""
        group, _, name = resource.resource.removeprefix("schedule/").rpartition("/")
        try:
            told = aws.clients("scheduler", resource.region).get_schedule(
                Name=name, **({"GroupName": group} if group else {})
            )
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        members = {member: told[member] for member in SENT if told.get(member) is not None}
        return {
            "made": iso(told["CreationDate"]),
            "schedule": {k: iso(v) if isinstance(v, datetime) else v for k, v in members.items()},
        }

    def holds(self, now: State, role: str) -> bool:
        return bool(now["schedule"]["Target"]["RoleArn"] == role)

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        schedule = now["schedule"]
        held = schedule["Target"]["RoleArn"]
        return bool(schedule["State"] == "DISABLED" and held == aws.quarantine_role)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        _update(aws, resource, _contained(aws, now))

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        schedule = prior["schedule"]
        return (f"state: {schedule['State']}", f"role: {schedule['Target']['RoleArn']}")

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        return (prior["schedule"]["Target"]["RoleArn"],)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        if self.is_released(now, prior):
            return ()
        is_, left = _flat(now["schedule"]), _flat(_contained(aws, prior))
        changed = (name for name in sorted({*is_, *left}) if is_.get(name) != left.get(name))
        return tuple(_line(name, is_.get(name), left.get(name)) for name in changed)

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["schedule"] == prior["schedule"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        _update(aws, resource, prior["schedule"])


def _contained(aws: Aws, state: Mapping[str, Any]) -> dict[str, Any]:
    """The schedule as containment leaves it."""
    schedule = state["schedule"]
    target = {**schedule["Target"], "RoleArn": aws.quarantine_role}
    return {**schedule, "State": "DISABLED", "Target": target}


def _update(aws: Aws, resource: Arn, schedule: Mapping[str, Any]) -> None:
    sent = {member: parse_time(v) if member in _DATES else v for member, v in schedule.items()}
    aws.clients("scheduler", resource.region).update_schedule(**sent)


def _flat(schedule: Mapping[str, Any]) -> dict[str, Any]:
    """The schedule's members, those of the target by themselves."""
    target = {f"Target.{member}": value for member, value in schedule["Target"].items()}
    return {**{member: value for member, value in schedule.items() if member != "Target"}, **target}


def _line(name: str, is_: Any, left: Any) -> str:
    if name == "Target.Input" or isinstance(is_ or left, dict):
        return f"{name} is another one than containment left"  # its value may be long, or secret
    return f"{name} is {is_ or 'none'}, containment left {left or 'none'}"
