"""Auto Scaling groups: the role by every way that instances get it, and only the own process resumed."""

from collections.abc import Iterator
from typing import Any

import pytest

from passrole.arn import Arn
from passrole.quarantine.module import Aws
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.cases import auto_scaling_group
from tests.unit.quarantine.modules.cases.auto_scaling_group import AutoScalingGroupCase, template_with
from tests.unit.quarantine.modules.cases.ec2_instance import profile_with
from tests.unit.quarantine.modules.conftest import make_role
from tests.unit.samples import ACCOUNT, REGION

pytestmark = pytest.mark.parametrize("case", [AutoScalingGroupCase()], ids=["auto-scaling-group"])


@pytest.fixture
def refreshes() -> Iterator[list[Any]]:
    yield auto_scaling_group.REFRESHES
    auto_scaling_group.REFRESHES.clear()


def group_of(clients: Clients, **launching: Any) -> str:
    clients("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="web", MinSize=0, MaxSize=1, AvailabilityZones=[f"{REGION}a"], **launching
    )
    # Findings name a group without its id, which calls do not tell.
    return f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:autoScalingGroupName/web"


def test_every_template_of_a_mixed_instances_policy_counts(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    other = make_role(clients, "other")
    override = {
        "InstanceType": "m6g.large",
        "LaunchTemplateSpecification": {"LaunchTemplateId": template_with(clients, other)},
    }
    arn = group_of(
        clients,
        MixedInstancesPolicy={
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {
                    "LaunchTemplateId": template_with(clients, role),
                    "Version": "1",
                },
                "Overrides": [{"InstanceType": "t3.micro"}, override],
            }
        },
    )

    assert case.describe(acting, arn)["roles"] == sorted([role, other])


@pytest.mark.parametrize("by_arn", [True, False])
def test_a_launch_configuration_names_its_profile_by_arn_or_name(
    case: Case, clients: Clients, acting: Aws, role: str, by_arn: bool
) -> None:
    profile = profile_with(clients, role)
    if by_arn:
        profile = clients("iam").get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Arn"]
    clients("autoscaling").create_launch_configuration(
        LaunchConfigurationName="old",
        ImageId="ami-12c6146b",
        InstanceType="t3.micro",
        IamInstanceProfile=profile,
    )
    arn = group_of(clients, LaunchConfigurationName="old")

    assert case.module.holds(case.describe(acting, arn), role)


def test_the_version_that_the_group_names_counts(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    template = template_with(clients, role)
    clients("ec2").create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData={"ImageId": "ami-12c6146b"}
    )
    arn = group_of(clients, LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"})

    assert not case.module.holds(case.describe(acting, arn), role)


def test_a_group_whose_template_is_gone_gives_no_role(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    clients("ec2").delete_launch_template(LaunchTemplateName="deployer")

    assert case.describe(acting, arn)["roles"] == []


@pytest.mark.parametrize(
    ("status", "counts"), [("InProgress", True), ("Pending", True), ("Cancelled", False)]
)
def test_what_an_instance_refresh_launches_counts_until_it_ends(
    case: Case, clients: Clients, acting: Aws, role: str, refreshes: list[Any], status: str, counts: bool
) -> None:
    arn = group_of(clients, LaunchTemplate={"LaunchTemplateId": template_with(clients, None)})
    wanted = {"LaunchTemplate": {"LaunchTemplateId": template_with(clients, role), "Version": "1"}}
    past = {"InstanceRefreshId": "1", "Status": "Successful"}
    now = {"InstanceRefreshId": "2", "Status": status, "DesiredConfiguration": wanted}
    refreshes += [past, past, now]

    assert case.module.holds(case.describe(acting, arn), role) is counts


def test_launches_that_others_suspended_before_stay_suspended(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    arn = case.make(clients, role)
    clients("autoscaling").suspend_processes(AutoScalingGroupName="web", ScalingProcesses=["Launch"])
    prior, resource = case.describe(acting, arn), Arn.parse(arn)
    assert resource is not None

    case.module.contain(acting, resource, prior, role)
    case.module.release(acting, resource, prior)

    assert not case.works(clients, arn)
    assert case.module.puts_back(prior) == ()


def test_a_group_that_a_service_operates_is_objected_to(
    case: Case, clients: Clients, acting: Aws, role: str
) -> None:
    now = case.describe(acting, case.make(clients, role))

    objection = case.module.objection({**now, "operator": "eks.amazonaws.com"}, "")

    assert objection is not None
    assert "eks.amazonaws.com" in objection
