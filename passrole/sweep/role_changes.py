"""Events of IAM that change what a role is, whom it trusts, or what it may do: what holds it is judged again.

Source: the API reference of IAM; "Logging IAM and AWS STS API calls with AWS CloudTrail". IAM is global: its
events come in one region alone (`passrole.arn.region_of_global`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passrole.catalogue.rules import DETAIL_TYPE, RulePattern
from passrole.trail.values import text, time

SOURCE = "iam.amazonaws.com"
# What happened to the role that `roleName` names, in words that follow its name.
_OF_ROLE: Mapping[str, str] = {
    "TagRole": "was tagged",
    "UntagRole": "lost tags",
    "UpdateAssumeRolePolicy": "got another trust policy",
    "AttachRolePolicy": "got a further managed policy",
    "DetachRolePolicy": "lost a managed policy",
    "PutRolePolicy": "got an inline policy",
    "DeleteRolePolicy": "lost an inline policy",
    "PutRolePermissionsBoundary": "got another permissions boundary",
    "DeleteRolePermissionsBoundary": "lost its permissions boundary",
    "CreateRole": "was made",
    "DeleteRole": "was deleted",
}
# The roles that have the managed policy which `policyArn` names.
_OF_POLICY: Mapping[str, str] = {
    "CreatePolicyVersion": "got a new version",
    "SetDefaultPolicyVersion": "got another default version",
}
# What runs with the instance profile which `instanceProfileName` names.
_OF_PROFILE: Mapping[str, str] = {"AddRoleToInstanceProfile": "got a role"}

CALLS: tuple[str, ...] = (*_OF_ROLE, *_OF_POLICY, *_OF_PROFILE)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What an event of IAM changed.

    Attributes:
        role: name of the role, or
        policy_arn: of the managed policy whose roles are meant, or
        profile: name of the instance profile whose instances are meant.
        what: happened, in words; ``who`` made it happen.
        at: ISO 8601; empty where the record does not tell it.
        is_deleted: the role is gone.
    """

    what: str
    who: str
    at: str
    role: str | None = None
    policy_arn: str | None = None
    profile: str | None = None
    is_deleted: bool = False


def role_change_rule() -> RulePattern:
    """The rule that brings these events."""
    detail = {"eventSource": [SOURCE], "eventName": sorted(CALLS)}
    pattern = {"source": [{"prefix": "aws."}], "detail-type": [DETAIL_TYPE], "detail": detail}
    return RulePattern("RoleChanges", pattern)


def is_role_change(record: Mapping[str, Any]) -> bool:
    """Whether a CloudTrail record is of one of these calls."""
    return record.get("eventSource") == SOURCE and record.get("eventName") in CALLS


def change_in(record: Mapping[str, Any]) -> RoleChange | None:
    """What a record changed; None if it changed nothing, or names nothing."""
    call, parameters = text(record.get("eventName")) or "", record.get("requestParameters")
    if not is_role_change(record) or record.get("errorCode") or not isinstance(parameters, Mapping):
        return None
    who, at = _who(record), time(record.get("eventTime")) or ""
    if call in _OF_ROLE and (role := text(parameters.get("roleName"))):
        what = f"the role {role} {_OF_ROLE[call]} ({call})"
        return RoleChange(what, who, at, role=role, is_deleted=call == "DeleteRole")
    if call in _OF_POLICY and (arn := text(parameters.get("policyArn"))):
        is_default = call != "CreatePolicyVersion" or _says_yes(parameters.get("setAsDefault"))
        what = f"its policy {arn} {_OF_POLICY[call]} ({call})"
        return RoleChange(what, who, at, policy_arn=arn) if is_default else None
    if call in _OF_PROFILE and (profile := text(parameters.get("instanceProfileName"))):
        return RoleChange(
            f"the instance profile {profile} {_OF_PROFILE[call]} ({call})", who, at, profile=profile
        )
    return None


def _says_yes(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _who(record: Mapping[str, Any]) -> str:
    identity = record.get("userIdentity")
    if not isinstance(identity, Mapping):
        return "unknown"
    found = (identity.get(name) for name in ("arn", "invokedBy", "principalId"))
    return next((name for name in map(text, found) if name), "unknown")
