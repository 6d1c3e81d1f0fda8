"""Which role an instance profile holds: instances and what starts them name the profile, not the role."""

from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import is_instance_profile_name, parse_instance_profile_arn
from passrole.grants import Grant
from passrole.quarantine.module import code_of

READ_PROFILES = Grant(
    actions=("iam:GetInstanceProfile",),
    resources=("arn:{partition}:iam::{account}:instance-profile/*",),
    reason="tells which role an instance profile holds; any profile can be passed",
)


def role_in(iam: Any, profile: str) -> tuple[str | None, str | None]:
    """ARN and id of the role that an instance profile holds; Nones if it is gone, or empty.

    Args:
        iam: a client for IAM.
        profile: ARN or name.
    """
    arn = parse_instance_profile_arn(profile)
    name = arn.name if arn else profile
    if not is_instance_profile_name(name):
        return None, None
    try:
        found = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return None, None
        raise
    # A profile of the name with another path is another profile.
    roles = found["Roles"] if arn is None or found["Arn"] == profile else []
    return (roles[0]["Arn"], roles[0]["RoleId"]) if roles else (None, None)
