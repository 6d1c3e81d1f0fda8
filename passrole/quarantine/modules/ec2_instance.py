"""Containment of an EC2 instance: its instance profile is taken away.

Source: EC2's API reference for DisassociateIamInstanceProfile; IAM User Guide on revoking role credentials.
"""

from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role
from passrole.quarantine.module import Aws, CannotRestoreError, Prior, QuarantineModule, State, code_of
from passrole.quarantine.modules.instance_profiles import READ_PROFILES, role_in

_HELD = ("associating", "associated")
_GONE = ("shutting-down", "terminated")
_INSTANCES = "arn:{partition}:ec2:*:{account}:instance/*"
_WHY_ANY_INSTANCE = "a violation can be in any instance of the account"


class Ec2Instance(QuarantineModule):
    """An EC2 instance that holds an instance profile."""

    name = "ec2-instance"
    resource_type = "ec2:instance"
    places = ("instance profile",)
    services = ("ec2.amazonaws.com",)
    does = "instance profile taken away: the instance gets no new credentials"
    still_runs = (
        "the instance runs on; "
        "credentials that it fetched before stay valid until they expire (up to 6 hours)"
    )
    saves = "the instance profile, and the role that it held"
    describe_grants = (
        Grant(
            actions=("ec2:DescribeIamInstanceProfileAssociations", "ec2:DescribeInstances"),
            resources=("*",),
            reason="the actions take no resource",
        ),
        READ_PROFILES,
    )
    contain_grants = (
        Grant(
            actions=("ec2:DisassociateIamInstanceProfile",),
            resources=(_INSTANCES,),
            reason=_WHY_ANY_INSTANCE,
        ),
    )
    release_grants = (
        Grant(
            actions=("ec2:AssociateIamInstanceProfile",),
            resources=(_INSTANCES,),
            reason=_WHY_ANY_INSTANCE,
        ),
        give_back_role("ec2.amazonaws.com"),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``profile``, ``role`` and ``role_id`` (None if it holds none), and ids of ``associations``."""
        client, instance = aws.clients("ec2", resource.region), resource.resource.removeprefix("instance/")
        if not _exists(client, instance):
            return None
        associations = client.describe_iam_instance_profile_associations(
            Filters=[{"Name": "instance-id", "Values": [instance]}]
        )["IamInstanceProfileAssociations"]
        held = [a for a in associations if a["State"] in _HELD]
        profile = held[0]["IamInstanceProfile"]["Arn"] if held else None
        role, role_id = role_in(aws.clients("iam", resource.region), profile) if profile else (None, None)
        return {
            "profile": profile,
            "role": role,
            "role_id": role_id,
            "associations": [a["AssociationId"] for a in held],
        }

    def holds(self, now: State, role: str) -> bool:
        return bool(now["role"] == role)

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return not now["associations"]

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        for association in now["associations"]:
            aws.clients("ec2", resource.region).disassociate_iam_instance_profile(AssociationId=association)

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return (f"instance profile: {prior['profile']} (role {prior['role']})",)

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        return (prior["role"],) if prior["role"] else ()

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        if now["profile"] not in (None, prior["profile"]):
            return (f"the instance profile is {now['profile']}, containment left none",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["profile"] == prior["profile"])

    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        now = self.describe(aws, resource)
        if now is None or self.is_released(now, prior):
            return
        role, role_id = role_in(aws.clients("iam", resource.region), prior["profile"])
        if (role, role_id) != (prior["role"], prior["role_id"]):
            raise CannotRestoreError(f"{prior['profile']} holds another role now: {role or 'none'}")
        aws.clients("ec2", resource.region).associate_iam_instance_profile(
            IamInstanceProfile={"Arn": prior["profile"]},
            InstanceId=resource.resource.removeprefix("instance/"),
        )


def _exists(client: Any, instance: str) -> bool:
    try:
        reservations = client.describe_instances(InstanceIds=[instance])["Reservations"]
    except ClientError as error:
        if code_of(error) == "InvalidInstanceID.NotFound":
            return False
        raise
    states = [i["State"]["Name"] for reservation in reservations for i in reservation["Instances"]]
    return any(state not in _GONE for state in states)
