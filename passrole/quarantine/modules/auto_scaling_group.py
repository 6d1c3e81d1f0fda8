"""Containment of an Auto Scaling group: it launches no instances, which would get the role.

Source: "How suspended processes affect other processes" of the EC2 Auto Scaling User Guide; EC2 Auto
Scaling's API reference for SuspendProcesses, LaunchTemplateSpecification and InstanceRefresh.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.module import Aws, Prior, QuarantineModule, State, code_of
from passrole.quarantine.modules.instance_profiles import READ_PROFILES, role_in
from passrole.references import LOOKUPS

_LAUNCH = "Launch"
_GROUPS = "arn:{partition}:autoscaling:*:{account}:autoScalingGroup:*:autoScalingGroupName/*"
_WHY_ANY_GROUP = "a violation can be in any group of the account"
# An instance refresh in one of these states launches nothing any more.
_ENDED = ("Successful", "Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful")


class AutoScalingGroup(QuarantineModule):
    """An Auto Scaling group whose instances get a role by its launch template or launch configuration."""

    name = "auto-scaling-group"
    resource_type = "autoscaling:autoScalingGroup"
    places = ("instance profile",)
    services = ("ec2.amazonaws.com",)
    does = "process Launch suspended: the group does not scale out and replaces no instances"
    still_runs = (
        "the group's instances run on with the role; "
        "those that it terminates as unhealthy are not replaced until the release"
    )
    saves = "which of the group's processes were suspended"
    loses = "instances that the group terminates in the meantime: others replace them after the release"
    describe_grants = (
        Grant(
            actions=(
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeInstanceRefreshes",
                "autoscaling:DescribeLaunchConfigurations",
                "ec2:DescribeLaunchTemplateVersions",
            ),
            resources=("*",),
            reason="the actions take no resource",
        ),
        READ_PROFILES,
    )
    contain_grants = (
        Grant(actions=("autoscaling:SuspendProcesses",), resources=(_GROUPS,), reason=_WHY_ANY_GROUP),
    )
    release_grants = (
        Grant(actions=("autoscaling:ResumeProcesses",), resources=(_GROUPS,), reason=_WHY_ANY_GROUP),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``roles`` that new instances would get, ``suspended`` processes, and the ``operator``.

        An instance refresh launches with a configuration that the group itself does not have yet: its roles
        are among them. The operator is the service that alone may change the group, if there is one.
        """
        client, name = aws.clients("autoscaling", resource.region), _name(resource)
        groups = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        if not groups:
            return None
        group = groups[0]
        wanted = (r.get("DesiredConfiguration", {}) for r in _refreshes(client, name))
        iam = aws.clients("iam", resource.region)
        named = {profile for c in (group, *wanted) for profile in _profiles(aws, resource.region, c)}
        roles = {role_in(iam, profile)[0] for profile in named}
        return {
            "made": group["AutoScalingGroupARN"],
            "roles": sorted(role for role in roles if role),
            "suspended": sorted(process["ProcessName"] for process in group.get("SuspendedProcesses", ())),
            "operator": group.get("Operator", {}).get("Principal"),
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"]

    def objection(self, now: State, role: str) -> str | None:
        if now["operator"]:
            return f"only {now['operator']} can change the group, which it manages"
        return None

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return _LAUNCH in now["suspended"]

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        aws.clients("autoscaling", resource.region).suspend_processes(
            AutoScalingGroupName=_name(resource), ScalingProcesses=[_LAUNCH]
        )

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        if _LAUNCH in prior["suspended"]:
            return ()
        return ("process Launch: resumed; the group launches what it lacks at once",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Other roles, which may be the remedy, are no hindrance: a release does not touch them.
        left = sorted({*prior["suspended"], _LAUNCH})
        if sorted({*now["suspended"], _LAUNCH}) != left:
            return (f"suspended processes are {_listed(now['suspended'])}, containment left {_listed(left)}",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["suspended"] == prior["suspended"])

    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        if _LAUNCH in prior["suspended"] or self.describe(aws, resource) is None:
            return
        aws.clients("autoscaling", resource.region).resume_processes(
            AutoScalingGroupName=_name(resource), ScalingProcesses=[_LAUNCH]
        )


def _name(resource: Arn) -> str:
    return resource.resource.partition("autoScalingGroupName/")[2]


def _listed(processes: list[str]) -> str:
    return ", ".join(processes) or "none"


def _refreshes(client: Any, group: str) -> Iterator[Any]:
    """The instance refreshes of the group that have not ended."""
    request = {"AutoScalingGroupName": group}
    while True:
        answer = client.describe_instance_refreshes(**request)
        yield from (r for r in answer["InstanceRefreshes"] if r["Status"] not in _ENDED)
        if not answer.get("NextToken"):
            return
        request["NextToken"] = answer["NextToken"]


def _profiles(aws: Aws, region: str, configuration: Any) -> Iterator[str]:
    """Names or ARNs of the instance profiles that a group's configuration gives to instances."""
    if configured := configuration.get("LaunchConfigurationName"):
        client = aws.clients("autoscaling", region)
        yield from _profiles_of(client.describe_launch_configurations, "launch configuration", configured)
    mixed = configuration.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    templates = (
        configuration.get("LaunchTemplate"),
        mixed.get("LaunchTemplateSpecification"),
        *(override.get("LaunchTemplateSpecification") for override in mixed.get("Overrides", ())),
    )
    for template in templates:
        if template:
            id_ = template.get("LaunchTemplateId") or template["LaunchTemplateName"]
            operation = aws.clients("ec2", region).describe_launch_template_versions
            yield from _profiles_of(operation, "launch template", id_, template.get("Version"))


def _profiles_of(operation: Any, what: str, id_: str, version: str | None = None) -> tuple[str, ...]:
    """The profile that one thing names; none if the thing is gone, since it launches nothing then."""
    (lookup,) = LOOKUPS[what]
    try:
        thing = lookup.thing_in(operation(**lookup.request(id_, version)))
    except ClientError as error:
        if lookup.says_gone(code_of(error), error.response["Error"].get("Message", "")):
            return ()
        raise
    return lookup.roles_in(thing, "iamInstanceProfile")
