"""What a call can refer to in place of naming a role, and the roles that such a thing brings in.

Sources: the services' API references; "Launch templates", "Amazon ECS task definitions", "CloudFormation
service role" of their guides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from passrole.passes import RoleKind


@dataclass(frozen=True, slots=True)
class ReferredRole:
    """One role that a thing of that kind can hold.

    Attributes:
        member: what the thing calls it.
        place: what the role is to the receiving resource.
        kind: how the thing names it.
        services: the service principals that get it.
    """

    member: str
    place: str
    kind: RoleKind
    services: tuple[str, ...]


_TASK_ROLES = (
    ReferredRole("taskRoleArn", "task role", RoleKind.ROLE_ARN_OR_NAME, ("ecs-tasks.amazonaws.com",)),
    ReferredRole(
        "executionRoleArn", "execution role", RoleKind.ROLE_ARN_OR_NAME, ("ecs-tasks.amazonaws.com",)
    ),
)
_PROFILE = ReferredRole(
    "iamInstanceProfile",
    "instance profile",
    RoleKind.INSTANCE_PROFILE_ARN_OR_NAME,
    ("ec2.amazonaws.com",),
)

REFERRED: Mapping[str, tuple[ReferredRole, ...]] = {
    "daemon task definition": _TASK_ROLES,
    "database": (
        ReferredRole(
            "monitoringRoleArn", "monitoring role", RoleKind.ROLE_ARN, ("monitoring.rds.amazonaws.com",)
        ),
        ReferredRole("associatedRoles", "role", RoleKind.ROLE_ARN, ("rds.amazonaws.com",)),
    ),
    "infrastructure configuration": (_PROFILE,),
    "job template": (
        ReferredRole(
            "executionRoleArn", "execution role", RoleKind.ROLE_ARN, ("emr-containers.amazonaws.com",)
        ),
    ),
    "launch configuration": (_PROFILE,),
    "launch template": (_PROFILE,),
    "pipeline": (ReferredRole("roleArn", "role", RoleKind.ROLE_ARN, ("sagemaker.amazonaws.com",)),),
    "profile": (ReferredRole("roleArns", "role", RoleKind.ROLE_ARN, ("rolesanywhere.amazonaws.com",)),),
    "remediation configuration": (
        ReferredRole("automationAssumeRole", "automation role", RoleKind.ROLE_ARN, ("ssm.amazonaws.com",)),
    ),
    "stack": (ReferredRole("roleARN", "role", RoleKind.ROLE_ARN, ("cloudformation.amazonaws.com",)),),
    "task definition": _TASK_ROLES,
}
"""The kinds whose roles an API tells. What a row refers to beyond them cannot be looked up."""
