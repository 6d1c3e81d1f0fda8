"""IAM rights for the facts beyond the role itself; `detect` is granted what findings and its policy want."""

from passrole.evidence.wanted import Wanted
from passrole.grants import Grant

ADMINISTRATOR_GRANTS = (
    Grant(
        actions=("iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy"),
        resources=("arn:{partition}:iam::{account}:role/*",),
        reason="A finding is graver if the passed role is an administrator, and any role can be passed.",
    ),
    Grant(
        actions=("iam:GetPolicy", "iam:GetPolicyVersion"),
        resources=("arn:{partition}:iam::{account}:policy/*", "arn:{partition}:iam::aws:policy/*"),
        reason="Whether a role is an administrator stands in its managed policies, the account's and AWS's.",
    ),
)
PASSER_GRANTS = (  # GetRole, which tells of the role behind a session, is granted in any case
    Grant(
        actions=("iam:GetUser",),
        resources=("arn:{partition}:iam::{account}:user/*",),
        reason="The policy asks for the tags of passers, and any user can be one.",
    ),
)


def grants_for(wanted: Wanted) -> tuple[Grant, ...]:
    """The rights to read what findings and a policy's conditions want, beyond those to read a role."""
    return (*ADMINISTRATOR_GRANTS, *(PASSER_GRANTS if wanted.passer_tags else ()))
