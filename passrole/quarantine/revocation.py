"""Revocation: the credentials that one resource holds die at once; all else that uses the role works on.

An inline policy on the role denies everything to requests of this one resource. Sources: IAM User Guide,
"IAM identifiers" (``aws:userid`` of a role that an EC2 instance has is ``<role id>:<instance id>``); Lambda
developer guide, "Using source function ARN to control function access" (``lambda:SourceFunctionArn``).
"""

import hashlib
from collections.abc import Callable

from botocore.exceptions import ClientError

from passrole.arn import Arn, parse_role_arn, region_of_global
from passrole.grants import ANY_ROLE, Grant
from passrole.quarantine.module import Aws, code_of
from passrole.quarantine.modules.inline_deny import deny_document

_NO_ROOM = ("LimitExceeded", "LimitExceededException")
_UNCHANGEABLE = ("UnmodifiableEntity", "UnmodifiableEntityException")
_WHY_ANY_ROLE = "the role that was passed can be any; the policy's text names the one resource that it denies"

REVOKE_GRANT = Grant(actions=("iam:PutRolePolicy",), resources=(ANY_ROLE,), reason=_WHY_ANY_ROLE)
RESTORE_GRANT = Grant(actions=("iam:DeleteRolePolicy",), resources=(ANY_ROLE,), reason=_WHY_ANY_ROLE)

# How requests of one resource are known, by the module that contains it.
_OF_RESOURCE: dict[str, Callable[[str, Arn], dict[str, dict[str, str]]]] = {
    "ec2-instance": lambda role_id, arn: {
        "StringEquals": {"aws:userid": f"{role_id}:{arn.resource.removeprefix('instance/')}"}
    },
    "lambda-function": lambda _, arn: {"ArnEquals": {"lambda:SourceFunctionArn": str(arn)}},
}
REVOCABLE = tuple(_OF_RESOURCE)


def revoke(aws: Aws, module: str, resource: Arn, role: str, role_id: str) -> str | None:
    """Denies the resource's requests everything; why it could not, or None. May be repeated."""
    name = parse_role_arn(role)
    if name is None:
        return "the role is not known"
    condition = _OF_RESOURCE[module](role_id, resource)
    try:
        aws.clients("iam", region_of_global(name.partition)).put_role_policy(
            RoleName=name.name,
            PolicyName=policy_name(resource),
            PolicyDocument=deny_document("*", condition),
        )
    except ClientError as error:
        if code_of(error) in _NO_ROOM:
            return "the role's inline policies have no room"
        if code_of(error) in _UNCHANGEABLE:
            return "the role cannot be changed"
        raise
    return None


def restore(aws: Aws, resource: Arn, role: str) -> None:
    """Takes the denial away again; may be repeated."""
    name = parse_role_arn(role)
    if name is None:
        return
    try:
        aws.clients("iam", region_of_global(name.partition)).delete_role_policy(
            RoleName=name.name, PolicyName=policy_name(resource)
        )
    except ClientError as error:
        if code_of(error) != "NoSuchEntity":
            raise


def policy_name(resource: Arn) -> str:
    """The name of the inline policy: the resource's own."""
    return f"passrole-guardrail-{hashlib.sha256(str(resource).encode()).hexdigest()[:16]}"
