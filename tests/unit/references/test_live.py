"""Look-ups against services in memory: the role that a reference brings in, and never another."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from passrole.passes import Pass, PassedRole, Referral, RoleKind
from passrole.references import LiveReferences
from tests.unit.references.passes import (
    LATER,
    NOT_SHOWN,
    OTHER_ROLE,
    PATH,
    PROFILE,
    ROLE,
    Clients,
    NobodyAsks,
    referred,
    unread,
    values,
)
from tests.unit.samples import ACCOUNT, REGION, pass_of

OTHER_PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/old/web-frontend"
ARNS = f"{REGION}:{ACCOUNT}"


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    """An account once for all: the tests add to it, each under names of its own, and change nothing."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        with mock_aws():
            yield


@pytest.fixture
def clients(account: None) -> Clients:
    return Clients()


def resolve(clients: Clients, *passes: Pass) -> list[Pass]:
    return list(LiveReferences(clients).resolve(passes))


# --- what needs no look-up


def test_passes_without_a_reference_stay_as_they_are() -> None:
    passes = [
        pass_of(),
        referred("document", "close-bucket", None),
        replace(referred("launch template", "web", "iamInstanceProfile"), role=pass_of().role),
        referred("a kind of later", "x", "roleArn"),
    ]
    assert list(LiveReferences(NobodyAsks()).resolve(passes)) == passes


# --- launch templates


@pytest.fixture(scope="module")
def template(account: None) -> dict[str, str]:
    """Version 1 has a profile by ARN, 2 another one by name, 3 none; 2 is the default."""
    ec2: Any = boto3.client("ec2", region_name=REGION)
    data = {"ImageId": "ami-12345678", "IamInstanceProfile": {"Arn": PROFILE}}
    made = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)["LaunchTemplate"]
    for more in ({"IamInstanceProfile": {"Name": "web-frontend"}}, {"ImageId": "ami-12345678"}):
        ec2.create_launch_template_version(LaunchTemplateId=made["LaunchTemplateId"], LaunchTemplateData=more)
    ec2.modify_launch_template(LaunchTemplateId=made["LaunchTemplateId"], DefaultVersion="2")
    return {"id": made["LaunchTemplateId"], "name": "web"}


@pytest.mark.parametrize("by", ["id", "name"])
@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1", PassedRole(PROFILE, RoleKind.INSTANCE_PROFILE_ARN, None, None)),
        ("2", PassedRole("web-frontend", RoleKind.INSTANCE_PROFILE_NAME, None, None)),
        ("$Default", PassedRole("web-frontend", RoleKind.INSTANCE_PROFILE_NAME, None, None)),
        (None, PassedRole("web-frontend", RoleKind.INSTANCE_PROFILE_NAME, None, None)),
    ],
)
def test_a_launch_template_tells_the_profile_of_the_version_that_is_meant(
    clients: Clients, template: dict[str, str], by: str, version: str | None, expected: PassedRole
) -> None:
    pass_ = referred("launch template", template[by], "iamInstanceProfile", version)
    assert resolve(clients, pass_) == [replace(pass_, role=expected)]


@pytest.mark.parametrize("version", ["3", "$Latest"])
def test_a_version_without_a_profile_makes_no_pass(
    clients: Clients, template: dict[str, str], version: str
) -> None:
    assert resolve(clients, referred("launch template", template["id"], "iamInstanceProfile", version)) == []


@pytest.mark.parametrize("id_", ["lt-0000000000000000f", "nobody"])
def test_a_launch_template_that_is_not_there_is_told(clients: Clients, id_: str) -> None:
    passes = resolve(clients, referred("launch template", id_, "iamInstanceProfile"))
    assert unread(passes) == "the launch template does not exist now"


def test_what_could_not_be_read_keeps_what_the_record_tells(clients: Clients) -> None:
    pass_ = referred("launch template", "nobody", "iamInstanceProfile", "3")
    (left,) = resolve(clients, pass_)
    told = Referral(
        "launch template", "nobody", "3", "iamInstanceProfile", "the launch template does not exist now"
    )
    assert left == replace(pass_, referral=told)


def test_a_second_look_tells_what_the_first_could_not(clients: Clients, template: dict[str, str]) -> None:
    pass_ = referred("launch template", template["id"], "iamInstanceProfile", "1")
    assert pass_.referral
    before = replace(pass_, referral=replace(pass_.referral, unread="ec2:… failed: Throttling"))
    (resolved,) = resolve(clients, before)
    assert resolved.role.value == PROFILE
    assert resolved.referral == pass_.referral


def test_it_is_looked_up_where_the_call_was_made(clients: Clients) -> None:
    for region, profile in (("eu-west-1", PROFILE), ("eu-west-3", OTHER_PROFILE)):
        ec2: Any = boto3.client("ec2", region_name=region)
        data = {"IamInstanceProfile": {"Arn": profile}}
        ec2.create_launch_template(LaunchTemplateName="regional", LaunchTemplateData=data)
    passes = [
        referred("launch template", "regional", "iamInstanceProfile", region=region)
        for region in ("eu-west-3", "eu-west-1", "eu-west-3")
    ]
    assert values(resolve(clients, *passes)) == [OTHER_PROFILE, PROFILE, OTHER_PROFILE]
    assert clients.made == [("ec2", "eu-west-3"), ("ec2", "eu-west-1")]


def test_what_was_made_after_the_call_is_not_what_the_call_used(
    clients: Clients, template: dict[str, str]
) -> None:
    """Whoever starts instances can put another version or template in the place of the first at once."""
    before = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for version in ("1", "3"):
        pass_ = referred("launch template", "web", "iamInstanceProfile", version, event_time=before)
        assert unread(resolve(clients, pass_)) == "the launch template was made or changed after the call"


def test_what_was_made_in_the_second_of_the_call_is_what_it_used(clients: Clients) -> None:
    ec2: Any = boto3.client("ec2", region_name=REGION)
    data = {"IamInstanceProfile": {"Arn": PROFILE}}
    made = ec2.create_launch_template(LaunchTemplateName="fresh", LaunchTemplateData=data)["LaunchTemplate"]
    second = made["CreateTime"].strftime("%Y-%m-%dT%H:%M:%SZ")
    pass_ = referred("launch template", "fresh", "iamInstanceProfile", event_time=second)
    assert values(resolve(clients, pass_)) == [PROFILE]


def test_without_the_time_of_the_call_nobody_can_tell(clients: Clients, template: dict[str, str]) -> None:
    pass_ = referred("launch template", "web", "iamInstanceProfile", event_time=None)
    assert (
        unread(resolve(clients, pass_))
        == "the record does not tell whether the launch template was made before the call"
    )


# --- the other services that can be had in memory


def test_a_launch_configuration_tells_its_profile(clients: Clients) -> None:
    autoscaling: Any = boto3.client("autoscaling", region_name=REGION)
    for name, more in (("with", {"IamInstanceProfile": PROFILE}), ("without", {})):
        autoscaling.create_launch_configuration(
            LaunchConfigurationName=name, ImageId="ami-12345678", InstanceType="t3.nano", **more
        )
    passes = [referred("launch configuration", n, "iamInstanceProfile") for n in ("with", "without", "gone")]
    resolved = resolve(clients, *passes)
    assert values(resolved) == [PROFILE, None]
    assert unread(resolved[1:]) == "the launch configuration does not exist now"


@pytest.fixture(scope="module")
def task_definition(account: None) -> str:
    """Revision 1 has both roles, 2 the execution role alone."""
    ecs: Any = boto3.client("ecs", region_name=REGION)
    family: dict[str, Any] = {
        "family": "orders",
        "containerDefinitions": [{"name": "a", "image": "a", "memory": 64}],
    }
    ecs.register_task_definition(**family, taskRoleArn=ROLE, executionRoleArn=OTHER_ROLE)
    ecs.register_task_definition(**family, executionRoleArn=OTHER_ROLE)
    return f"arn:aws:ecs:{ARNS}:task-definition/orders"


def test_two_roles_of_one_task_definition_take_one_call(clients: Clients, task_definition: str) -> None:
    passes = [
        referred("task definition", "orders:1", "taskRoleArn", place="task role"),
        referred("task definition", "orders:1", "executionRoleArn", place="execution role"),
    ]
    resolved = resolve(clients, *passes)
    assert [(one.place, one.role.arn, one.path) for one in resolved] == [
        ("task role", ROLE, f"{PATH}taskRoleArn"),
        ("execution role", OTHER_ROLE, f"{PATH}executionRoleArn"),
    ]
    assert clients.asked == ["ecs:DescribeTaskDefinition"]


def test_a_thing_is_asked_for_again_when_the_next_event_comes(clients: Clients, task_definition: str) -> None:
    references = LiveReferences(clients)
    for _ in range(2):
        assert values(list(references.resolve([referred("task definition", "orders:1", "taskRoleArn")])))
    assert clients.asked == ["ecs:DescribeTaskDefinition"] * 2
    assert clients.made == [("ecs", REGION)]


@pytest.mark.parametrize("by_arn", [True, False])
def test_a_family_stands_for_its_latest_revision(
    clients: Clients, task_definition: str, by_arn: bool
) -> None:
    for revision, expected in ((":1", [ROLE, OTHER_ROLE]), (":2", [OTHER_ROLE]), ("", [OTHER_ROLE])):
        id_ = f"{task_definition if by_arn else 'orders'}{revision}"
        passes = [referred("task definition", id_, member) for member in ("taskRoleArn", "executionRoleArn")]
        assert values(resolve(clients, *passes)) == expected


def test_a_task_definition_that_is_not_there_is_told(clients: Clients) -> None:
    passes = resolve(clients, referred("task definition", "gone:1", "taskRoleArn"))
    assert unread(passes) == "the task definition does not exist now"


def test_a_database_tells_its_roles_by_its_arn_alone(clients: Clients) -> None:
    rds: Any = boto3.client("rds", region_name=REGION)
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        MonitoringInterval=60,
        MonitoringRoleArn=ROLE,
    )
    arn = f"arn:aws:rds:{ARNS}:db:orders"
    assert values(resolve(clients, referred("database", arn, "monitoringRoleArn"))) == [ROLE]
    assert resolve(clients, referred("database", arn, "associatedRoles")) == []
    for kind in ("db", "cluster"):
        gone = referred("database", f"arn:aws:rds:{ARNS}:{kind}:gone", "monitoringRoleArn")
        assert unread(resolve(clients, gone)) == "the database does not exist now"
    named = referred("database", "orders", "monitoringRoleArn")
    assert unread(resolve(clients, named)) == "the record's text names no database"


def test_a_pipeline_tells_its_role(clients: Clients) -> None:
    sagemaker: Any = boto3.client("sagemaker", region_name=REGION)
    sagemaker.create_pipeline(
        PipelineName="train", ClientRequestToken="0" * 32, PipelineDefinition="{}", RoleArn=ROLE
    )
    assert values(resolve(clients, referred("pipeline", "train", "roleArn"))) == [ROLE]


def test_passes_stay_in_their_order(clients: Clients, task_definition: str) -> None:
    passes = [
        pass_of(),
        referred("task definition", "orders:1", "taskRoleArn"),
        referred("task definition", "orders:2", "taskRoleArn"),
        pass_of(path="requestParameters.last", role=NOT_SHOWN, event_time=LATER),
    ]
    assert [one.path for one in resolve(clients, *passes)] == [
        passes[0].path,
        passes[1].path,
        passes[3].path,
    ]
