"""Containment of an EC2 instance: its instance profile is taken away.

Source: EC2's API reference for DisassociateIamInstanceProfile; IAM User Guide on revoking role credentials.
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn, parse_instance_profile_arn
from passrole.quarantine.grants import Grant
from passrole.quarantine.module import CannotRestoreError, Clients, State

_HELD = ("associating", "associated")
_GONE = ("shutting-down", "terminated")
_INSTANCES = "arn:{partition}:ec2:*:{account}:instance/*"
_WHY_ANY_INSTANCE = "a violation can be in any instance of the account"
_DESCRIBE = (
    Grant(
        actions=("ec2:DescribeIamInstanceProfileAssociations", "ec2:DescribeInstances"),
        resources=("*",),
        reason="the actions take no resource",
    ),
    Grant(
        actions=("iam:GetInstanceProfile",),
        resources=("arn:{partition}:iam::{account}:instance-profile/*",),
        reason="tells which role an instance's profile holds; any profile can be passed",
    ),
)


class Ec2Instance:
    """An EC2 instance that holds an instance profile."""

    name = "ec2-instance"
    resource_type = "ec2:instance"
    places: tuple[str, ...] = ("instance profile",)
    does = "instance profile taken away: the instance gets no new credentials"
    still_runs = (
        "the instance runs on; "
        "credentials that it fetched before stay valid until they expire (up to 6 hours)"
    )
    contain_grants: tuple[Grant, ...] = (
        *_DESCRIBE,
        Grant(
            actions=("ec2:DisassociateIamInstanceProfile",),
            resources=(_INSTANCES,),
            reason=_WHY_ANY_INSTANCE,
        ),
    )
    release_grants: tuple[Grant, ...] = (
        *_DESCRIBE,
        Grant(
            actions=("ec2:AssociateIamInstanceProfile",),
            resources=(_INSTANCES,),
            reason=_WHY_ANY_INSTANCE,
        ),
        Grant(
            actions=("iam:PassRole",),
            resources=("arn:{partition}:iam::{account}:role/*",),
            reason="the role that the instance held before can be any role; it goes back to EC2 only",
            conditions={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
    )

    def describe(self, clients: Clients, resource: Arn) -> State | None:
        """``profile``, ``role`` and ``role_id`` (None if it holds none), and ids of ``associations``."""
        client, instance = clients("ec2", resource.region), resource.resource.removeprefix("instance/")
        if not _exists(client, instance):
            return None
        associations = client.describe_iam_instance_profile_associations(
            Filters=[{"Name": "instance-id", "Values": [instance]}]
        )["IamInstanceProfileAssociations"]
        held = [a for a in associations if a["State"] in _HELD]
        profile = held[0]["IamInstanceProfile"]["Arn"] if held else None
        role, role_id = _role_in(clients("iam", resource.region), profile) if profile else (None, None)
        return {
            "profile": profile,
            "role": role,
            "role_id": role_id,
            "associations": [a["AssociationId"] for a in held],
        }

    def holds(self, now: State, role_arn: str) -> bool:
        return bool(now["role"] == role_arn)

    def is_contained(self, now: State) -> bool:
        return not now["associations"]

    def contain(self, clients: Clients, resource: Arn, now: State) -> None:
        for association in now["associations"]:
            clients("ec2", resource.region).disassociate_iam_instance_profile(AssociationId=association)

    def puts_back(self, prior: Mapping[str, Any]) -> tuple[str, ...]:
        return (f"instance profile: {prior['profile']} (role {prior['role']})",)

    def gives_back(self, prior: Mapping[str, Any]) -> str | None:
        role: str | None = prior["role"]
        return role

    def changed_since(self, now: State, prior: Mapping[str, Any]) -> tuple[str, ...]:
        if now["profile"] not in (None, prior["profile"]):
            return (f"the instance profile is {now['profile']}, containment left none",)
        return ()

    def is_released(self, now: State, prior: Mapping[str, Any]) -> bool:
        return bool(now["profile"] == prior["profile"])

    def release(self, clients: Clients, resource: Arn, prior: Mapping[str, Any]) -> None:
        role, role_id = _role_in(clients("iam", resource.region), prior["profile"])
        if (role, role_id) != (prior["role"], prior["role_id"]):
            raise CannotRestoreError(f"{prior['profile']} holds another role now: {role or 'none'}")
        clients("ec2", resource.region).associate_iam_instance_profile(
            IamInstanceProfile={"Arn": prior["profile"]},
            InstanceId=resource.resource.removeprefix("instance/"),
        )


def _exists(client: Any, instance: str) -> bool:
    try:
        reservations = client.describe_instances(InstanceIds=[instance])["Reservations"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "InvalidInstanceID.NotFound":
            return False
        raise
    states = [i["State"]["Name"] for reservation in reservations for i in reservation["Instances"]]
    return any(state not in _GONE for state in states)


def _role_in(iam: Any, profile_arn: str) -> tuple[str | None, str | None]:
    """ARN and id of the role that an instance profile holds; Nones if it is gone, or empty."""
    arn = parse_instance_profile_arn(profile_arn)
    if arn is None:
        return None, None
    try:
        profile = iam.get_instance_profile(InstanceProfileName=arn.name)["InstanceProfile"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NoSuchEntity":
            return None, None
        raise
    roles = profile["Roles"] if profile["Arn"] == profile_arn else []
    return (roles[0]["Arn"], roles[0]["RoleId"]) if roles else (None, None)
