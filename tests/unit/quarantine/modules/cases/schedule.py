"""Schedules of EventBridge Scheduler, in moto."""

from datetime import UTC, datetime, timedelta
from typing import Any

from passrole.quarantine.modules.schedule import SENT, Schedule
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION

_GROUP = "nightly"
_AT = {"Name": "report", "GroupName": _GROUP}


class ScheduleCase(Case):
    module = Schedule()
    place = "role"
    event = ("scheduler.amazonaws.com", "CreateSchedule")
    denied_act = "update_schedule"

    def make(self, clients: Clients, role: str) -> str:
        client, now = clients("scheduler"), datetime.now(UTC).replace(microsecond=0)
        client.create_schedule_group(Name=_GROUP)
        arn: str = client.create_schedule(
            **_AT,
            ScheduleExpression="cron(5 3 * * ? *)",
            ScheduleExpressionTimezone="Europe/Berlin",
            StartDate=now + timedelta(days=1),
            EndDate=now + timedelta(days=90),
            Description="the report of the night",
            KmsKeyArn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            Target={
                "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:reports.fifo",
                "RoleArn": role,
                "Input": '{"full": true}',
                "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"},
                "RetryPolicy": {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3},
                "SqsParameters": {"MessageGroupId": "reports"},
            },
            FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 30},
            ActionAfterCompletion="DELETE",
        )["ScheduleArn"]
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        told = clients("scheduler").get_schedule(**_AT)
        return {k: v for k, v in told.items() if k not in ("ResponseMetadata", "LastModificationDate")}

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(clients("scheduler").get_schedule(**_AT)["State"] == "ENABLED")

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        _change(clients, Target={"RoleArn": role})

    def meddle(self, clients: Clients, arn: str) -> None:
        _change(clients, ScheduleExpression="rate(1 minute)")

    def remove(self, clients: Clients, arn: str) -> None:
        clients("scheduler").delete_schedule(**_AT)


def _change(clients: Clients, **members: Any) -> None:
    told = clients("scheduler").get_schedule(**_AT)
    target = {**told["Target"], **members.pop("Target", {})}
    kept = {member: told[member] for member in SENT if member in told}
    clients("scheduler").update_schedule(**{**kept, **members, "Target": target})
