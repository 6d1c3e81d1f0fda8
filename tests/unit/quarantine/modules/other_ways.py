"""How to bring modules to the calls that they make of some resources only, so that each right is used."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.stub import Stubber

from passrole.clock import utc_now
from tests.unit.quarantine.modules.case import Clients
from tests.unit.quarantine.modules.cases.event_rule import BUS, PATTERN
from tests.unit.samples import REGION

Answers = tuple[tuple[str, dict[str, Any]], ...]
"""Operations in the order in which they are called, as boto3 calls them, and what they answer."""

Change = Callable[[Clients, str, str], object]
"""Somebody changes the resource of that ARN, which holds that role."""


# The emulator knows no batches of builds, and runs of jobs end there at once.
_BUILDS: Answers = (
    ("list_build_batches_for_project", {"ids": ["shop:batch-1"]}),
    ("stop_build_batch", {}),
    ("list_builds_for_project", {"ids": ["shop:1"]}),
    (
        "batch_get_builds",
        {"builds": [{"id": "shop:1", "buildStatus": "IN_PROGRESS", "startTime": utc_now()}]},
    ),
    ("stop_build", {}),
)
_RUNS: Answers = (
    ("get_job_runs", {"JobRuns": [{"Id": "jr_1", "JobRunState": "RUNNING"}]}),
    ("batch_stop_job_run", {}),
)


def _answering(service: str, answers: Answers) -> Clients:
    """A client that gets these answers, one after the other."""
    client = boto3.session.Session().client(service, region_name=REGION)  # type: ignore[call-overload]
    stubber = Stubber(client)
    for operation, answer in answers:
        stubber.add_response(operation, answer)
    stubber.activate()
    return lambda *_: client


def _reserve_no_concurrency(clients: Clients, _arn: str, _role: str) -> None:
    clients("lambda").delete_function_concurrency(FunctionName="orders")


def _match_all_management_events(clients: Clients, _arn: str, role: str) -> None:
    clients("events").put_rule(
        Name="placed",
        EventBusName=BUS,
        EventPattern=PATTERN,
        Description="orders",
        State="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        RoleArn=role,
    )


def _name_the_role_without_its_path(clients: Clients, arn: str, role: str) -> None:
    glue, name = clients("glue"), arn.rpartition("/")[2]
    job = glue.get_job(JobName=name)["Job"]
    update = {key: job[key] for key in ("Command", "WorkerType", "NumberOfWorkers")}
    glue.update_job(JobName=name, JobUpdate={**update, "Role": role.rpartition("/")[2]})


def _launch_by_configuration(clients: Clients, _arn: str, role: str) -> None:
    client = clients("autoscaling")
    client.create_launch_configuration(
        LaunchConfigurationName="old",
        ImageId="ami-12c6146b",
        InstanceType="t3.micro",
        IamInstanceProfile=f"{role.rpartition('/')[2]}-profile",
    )
    client.update_auto_scaling_group(AutoScalingGroupName="web", LaunchConfigurationName="old")


def _an_execution(clients: Clients, arn: str) -> tuple[Clients, str]:
    clients("stepfunctions").start_execution(stateMachineArn=arn)
    return clients, arn


OTHER_WAYS: dict[str, tuple[Change, ...]] = {
    "auto-scaling-group": (_launch_by_configuration,),
    "event-rule": (_match_all_management_events,),
    "glue-job": (_name_the_role_without_its_path,),
    "lambda-function": (_reserve_no_concurrency,),
}

RUNNING: dict[str, Callable[[Clients, str], tuple[Clients, str]]] = {
    "codebuild-project": lambda _, arn: (_answering("codebuild", _BUILDS), arn),
    "glue-job": lambda _, arn: (_answering("glue", _RUNS), arn),
    "state-machine": _an_execution,
}
"""Something that runs with the role of the resource: the clients that serve it, and the ARN."""
