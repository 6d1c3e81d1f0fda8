"""Containment of a Batch compute environment: it is disabled, so that no job is placed in it.

Source: Batch's API reference for UpdateComputeEnvironment. The roles of Batch itself, of Spot Fleet and of
ECS managed instances are left out: these services go on using them for what runs, disabled or not.
"""

from typing import Any

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State
from passrole.quarantine.modules.instance_profiles import READ_PROFILES, role_in

_GONE = ("DELETING", "DELETED")
_ENVIRONMENTS = "arn:{partition}:batch:*:{account}:compute-environment/*"
_WHY_ANY_ENVIRONMENT = "a violation can be in any compute environment of the account"


class BatchComputeEnvironment(AllOrNothingModule):
    """A Batch compute environment whose instances hold a role."""

    name = "batch-compute-environment"
    resource_type = "batch:compute-environment"
    places = ("instance role", "ec2 instance profile")
    services = ("ec2.amazonaws.com",)
    does = "compute environment disabled: no job is placed in it, and it does not scale out"
    still_runs = (
        "jobs that are starting or running go on; instances that run, and those that its minimum of vCPUs "
        "keeps, hold the role"
    )
    saves = "whether it was enabled"
    describe_grants = (
        Grant(
            actions=("batch:DescribeComputeEnvironments",),
            resources=("*",),
            reason="the action takes no resource",
        ),
        READ_PROFILES,
    )
    contain_grants = (
        Grant(
            actions=("batch:UpdateComputeEnvironment",),
            resources=(_ENVIRONMENTS,),
            reason=_WHY_ANY_ENVIRONMENT,
        ),
    )
    release_grants = contain_grants

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``state``, and ``roles``: ARNs of the roles in the instance profiles."""
        client = aws.clients("batch", resource.region)
        found = client.describe_compute_environments(computeEnvironments=[str(resource)])[
            "computeEnvironments"
        ]
        if not found or found[0].get("status") in _GONE:
            return None
        iam = aws.clients("iam", resource.region)
        roles = {role_in(iam, profile)[0] for profile in _profiles(found[0].get("computeResources", {}))}
        return {
            # The cluster is made with the environment.
            "made": found[0].get("uuid") or found[0].get("ecsClusterArn"),
            "state": found[0]["state"],
            "roles": sorted(role for role in roles if role),
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"]

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return bool(now["state"] == "DISABLED")

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        if now["state"] != "DISABLED":
            _set(aws, resource, "DISABLED")

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return (f"state: {prior['state']}",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Another instance role, which may be the remedy, is no hindrance: a release does not touch it.
        if now["made"] != prior["made"]:
            return ("the compute environment is another, made anew under the name",)
        if now["state"] not in ("DISABLED", prior["state"]):
            return (f"the state is {now['state']}, containment left DISABLED",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["state"] == prior["state"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        _set(aws, resource, prior["state"])


def _profiles(resources: dict[str, Any]) -> list[str]:
    """ARNs or names of the instance profiles that instances of the environment get."""
    managed = resources.get("managedInstancesProvider", {}).get("instanceLaunchTemplate", {})
    return [p for p in (resources.get("instanceRole"), managed.get("ec2InstanceProfileArn")) if p]


def _set(aws: Aws, resource: Arn, state: str) -> None:
    """Batch refuses while it makes or changes the environment; then it is to be tried again."""
    aws.clients("batch", resource.region).update_compute_environment(
        computeEnvironment=str(resource), state=state
    )
