"""Containment beyond the resource: an inline policy that denies, on the passed role or on its passer.

It does without the resource, and reaches everything that uses the role, or that the passer passes: only where
a policy names them. Source: IAM User Guide, policy evaluation logic (an explicit deny overrides any allow; it
counts at once for sessions that are under way) and "Roles terms" (service-linked roles and those of Identity
Center cannot be changed).
"""

import json
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from passrole.arn import Arn, IamArn, parse_role_arn, parse_user_arn, region_of_global
from passrole.clock import iso
from passrole.grants import ANY_ROLE, Grant
from passrole.quarantine.module import Aws, CannotRestoreError, Prior, QuarantineModule, State, code_of

_ANY_USER = "arn:{partition}:iam::{account}:user/*"
_UNCHANGEABLE = ("/aws-service-role/", "/aws-reserved/")


class InlineDeny(QuarantineModule):
    """A role or user that denies what its inline policy of our name says."""

    resource_type = ""  # no resource of a pass: the policy of guardrail.yaml leads here
    places = ()
    services = ()
    policy_name: ClassVar[str]
    denied: ClassVar[str]

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``arn``, ``made`` (IAM's unique id) and ``policy``: the text of the inline policy, None without."""
        principal = _principal(resource)
        if principal is None:
            return None
        iam, kind = _iam(aws, principal), principal.type
        try:
            found = _get(iam, principal)
        except ClientError as error:
            if code_of(error) == "NoSuchEntity":
                return None
            raise
        if found["Arn"] != str(principal):
            return None  # names are unique without their path: another one bears it now
        return {
            "arn": found["Arn"],
            "made": found[f"{kind.capitalize()}Id"],
            "created": iso(found["CreateDate"]),
            "policy": _policy(iam, principal, self.policy_name),
        }

    def holds(self, now: State, role: str) -> bool:
        return True

    def objection(self, now: State, role: str) -> str | None:
        principal = parse_role_arn(now["arn"])
        if principal and principal.path.startswith(_UNCHANGEABLE):
            return f"{now['arn']} cannot be changed: it belongs to AWS or to Identity Center"
        if now["policy"] is not None:  # a release would have to give it back
            return f"{now['arn']} has an inline policy {self.policy_name} that the guardrail does not know"
        return None

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return bool(now["policy"] == self._document)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        principal = _principal(resource)
        if principal is None:
            return
        iam = _iam(aws, principal)
        put = iam.put_role_policy if principal.type == "role" else iam.put_user_policy
        put(**_named(principal), PolicyName=self.policy_name, PolicyDocument=self._document)

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return (f"{prior['arn']}: inline policy {self.policy_name} taken away",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        if now["policy"] not in (None, self._document):
            return (f"inline policy {self.policy_name} of {now['arn']} was changed",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["policy"] == prior["policy"])

    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        principal = _principal(resource)
        if principal is None or prior["policy"] is not None:
            raise CannotRestoreError(f"{resource} had an inline policy {self.policy_name} before")
        iam = _iam(aws, principal)
        delete = iam.delete_role_policy if principal.type == "role" else iam.delete_user_policy
        try:
            delete(**_named(principal), PolicyName=self.policy_name)
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise

    @property
    def _document(self) -> str:
        return deny_document(self.denied)


class RoleScope(InlineDeny):
    """The passed role: whoever has it may do nothing."""

    name = "role-scope"
    policy_name = "passrole-guardrail-role-scope"
    denied = "*"
    does = "the role was denied everything"
    still_runs = "all else that uses the role fails, too"
    saves = "that the role had no inline policy of the guardrail's name"
    describe_grants = (
        Grant(
            actions=("iam:GetRole", "iam:GetRolePolicy"),
            resources=(ANY_ROLE,),
            reason="the policy names the roles by patterns; its own check narrows them",
        ),
    )
    contain_grants = (
        Grant(
            actions=("iam:PutRolePolicy",),
            resources=(ANY_ROLE,),
            reason="the policy names the roles by patterns; its own check narrows them",
        ),
    )
    release_grants = (
        Grant(
            actions=("iam:DeleteRolePolicy",),
            resources=(ANY_ROLE,),
            reason="the policy names the roles by patterns; its own check narrows them",
        ),
    )


class PasserScope(InlineDeny):
    """Whoever passed the role: no role can be passed any more."""

    name = "passer-scope"
    policy_name = "passrole-guardrail-passer-scope"
    denied = "iam:PassRole"
    does = "the passer may pass no role"
    still_runs = "what the passer made before"
    saves = "that the passer had no inline policy of the guardrail's name"
    describe_grants = (
        Grant(
            actions=("iam:GetRole", "iam:GetRolePolicy", "iam:GetUser", "iam:GetUserPolicy"),
            resources=(ANY_ROLE, _ANY_USER),
            reason="the policy names the passers by patterns; its own check narrows them",
        ),
    )
    contain_grants = (
        Grant(
            actions=("iam:PutRolePolicy", "iam:PutUserPolicy"),
            resources=(ANY_ROLE, _ANY_USER),
            reason="the policy names the passers by patterns; its own check narrows them",
        ),
    )
    release_grants = (
        Grant(
            actions=("iam:DeleteRolePolicy", "iam:DeleteUserPolicy"),
            resources=(ANY_ROLE, _ANY_USER),
            reason="the policy names the passers by patterns; its own check narrows them",
        ),
    )


def deny_document(action: str, condition: dict[str, dict[str, str]] | None = None) -> str:
    """An inline policy that denies an action on everything, always in the same words."""
    statement: dict[str, Any] = {
        "Sid": "PassRoleGuardrail",
        "Effect": "Deny",
        "Action": action,
        "Resource": "*",
    }
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)


def _principal(resource: Arn) -> IamArn | None:
    return parse_role_arn(str(resource)) or parse_user_arn(str(resource))


def _iam(aws: Aws, principal: IamArn) -> Any:
    return aws.clients("iam", region_of_global(principal.partition))


def _named(principal: IamArn) -> dict[str, str]:
    return {f"{principal.type.capitalize()}Name": principal.name}


def _get(iam: Any, principal: IamArn) -> Any:
    if principal.type == "role":
        return iam.get_role(**_named(principal))["Role"]
    return iam.get_user(**_named(principal))["User"]


def _policy(iam: Any, principal: IamArn, name: str) -> str | None:
    """The text of an inline policy, as `deny_document` would write it."""
    get = iam.get_role_policy if principal.type == "role" else iam.get_user_policy
    try:
        document = get(**_named(principal), PolicyName=name)["PolicyDocument"]
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return None
        raise
    return json.dumps(document, sort_keys=True)
