"""Auto Scaling groups, in moto, which knows no instance refreshes."""

from typing import Any

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult

from passrole.quarantine.modules.auto_scaling_group import AutoScalingGroup
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.cases.ec2_instance import profile_with
from tests.unit.samples import REGION

REFRESHES: list[Any] = []
"""What the group's instance refreshes are, two a page; a test that adds some takes them away."""


def _describe_instance_refreshes(response: AutoScalingResponse) -> ActionResult:
    start = int(response._get_param("NextToken") or 0)
    answer: dict[str, Any] = {"InstanceRefreshes": REFRESHES[start : start + 2]}
    if start + 2 < len(REFRESHES):
        answer["NextToken"] = str(start + 2)
    return ActionResult(answer)


AutoScalingResponse.describe_instance_refreshes = _describe_instance_refreshes  # type: ignore[attr-defined]


class AutoScalingGroupCase(Case):
    module = AutoScalingGroup()
    place = "instance profile"
    event = ("autoscaling.amazonaws.com", "CreateAutoScalingGroup")
    denied_act = "suspend_processes"

    def make(self, clients: Clients, role: str) -> str:
        client = clients("autoscaling")
        client.create_auto_scaling_group(
            AutoScalingGroupName="web",
            LaunchTemplate={"LaunchTemplateId": template_with(clients, role), "Version": "1"},
            MinSize=1,
            MaxSize=4,
            DesiredCapacity=2,
            AvailabilityZones=[f"{REGION}a"],
        )
        client.suspend_processes(AutoScalingGroupName="web", ScalingProcesses=["AZRebalance"])
        arn: str = _group(clients)["AutoScalingGroupARN"]
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        group = _group(clients)
        kept = ("LaunchTemplate", "MinSize", "MaxSize", "DesiredCapacity", "AutoScalingGroupARN")
        return {**{member: group[member] for member in kept}, "suspended": _suspended(clients)}

    def works(self, clients: Clients, arn: str) -> bool:
        return "Launch" not in _suspended(clients)

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName="web",
            LaunchTemplate={"LaunchTemplateId": template_with(clients, role), "Version": "$Latest"},
        )

    def meddle(self, clients: Clients, arn: str) -> None:
        clients("autoscaling").suspend_processes(AutoScalingGroupName="web", ScalingProcesses=["Terminate"])

    def remove(self, clients: Clients, arn: str) -> None:
        clients("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)


def template_with(clients: Clients, role: str | None) -> str:
    """A launch template whose instances get the role by a profile's name; its id."""
    name, data = (role or "none").rpartition("/")[2], {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
    profile = {"IamInstanceProfile": {"Name": profile_with(clients, role)}} if role else {}
    made = clients("ec2").create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={**data, **profile}
    )
    id_: str = made["LaunchTemplate"]["LaunchTemplateId"]
    return id_


def _group(clients: Clients) -> Any:
    groups = clients("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=["web"])
    return groups["AutoScalingGroups"][0]


def _suspended(clients: Clients) -> list[str]:
    return sorted(process["ProcessName"] for process in _group(clients)["SuspendedProcesses"])
