"""Lists of resources: whole under paging, with their roles."""

import json

import pytest

from passrole.emulator import ACCOUNT, REGION, Emulator

from .test_bridge import TRUST


@pytest.fixture(scope="module")
def role(emulator: Emulator) -> str:
    made = emulator.client("iam").create_role(RoleName="listed", AssumeRolePolicyDocument=TRUST)
    arn: str = made["Role"]["Arn"]
    return arn


def test_pipes_are_listed_by_pages(emulator: Emulator, role: str) -> None:
    pipes = emulator.client("pipes")
    sqs = emulator.client("sqs")
    source, target = (f"arn:aws:sqs:{REGION}:{ACCOUNT}:pipe-{end}" for end in ("in", "out"))
    for end in ("in", "out"):
        sqs.create_queue(QueueName=f"pipe-{end}")
    for name in ("a", "b", "c"):
        pipes.create_pipe(Name=name, RoleArn=role, Source=source, Target=target, DesiredState="STOPPED")

    pages = list(pipes.get_paginator("list_pipes").paginate(PaginationConfig={"PageSize": 2}))

    assert [[pipe["Name"] for pipe in page["Pipes"]] for page in pages] == [["a", "b"], ["c"]]


def test_schedules_are_listed_by_pages(emulator: Emulator, role: str) -> None:
    scheduler = emulator.client("scheduler")
    target = {"Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f", "RoleArn": role}
    for name in ("a", "b", "c"):
        scheduler.create_schedule(
            Name=name,
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=target,
        )

    pages = list(scheduler.get_paginator("list_schedules").paginate(PaginationConfig={"PageSize": 2}))

    assert sorted(schedule["Name"] for page in pages for schedule in page["Schedules"]) == ["a", "b", "c"]


def test_a_launch_configuration_shows_its_instance_profile(emulator: Emulator) -> None:
    autoscaling = emulator.client("autoscaling")
    for name, profile in (("with", {"IamInstanceProfile": "web"}), ("without", {})):
        autoscaling.create_launch_configuration(
            LaunchConfigurationName=name, ImageId="ami-1", InstanceType="t3.micro", **profile
        )

    found = autoscaling.describe_launch_configurations()["LaunchConfigurations"]

    shown = {item["LaunchConfigurationName"]: item.get("IamInstanceProfile") for item in found}
    assert shown == {"with": "web", "without": None}


def test_a_stack_shows_its_role_after_an_update_too(emulator: Emulator, role: str) -> None:
    cloudformation = emulator.client("cloudformation")

    def template(name: str) -> str:
        return json.dumps({"Resources": {name: {"Type": "AWS::SNS::Topic"}}})

    cloudformation.create_stack(StackName="roled", TemplateBody=template("One"), RoleARN=role)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="roled", WaiterConfig={"Delay": 1})
    cloudformation.update_stack(StackName="roled", TemplateBody=template("Two"))

    [stack] = cloudformation.describe_stacks(StackName="roled")["Stacks"]
    assert stack["RoleARN"] == role
