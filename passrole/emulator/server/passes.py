"""Refuses to pass a role without `iam:PassRole`, which MiniStack does not check."""

import functools
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .calls import Call

CROSS_ACCOUNT = "Cross-account pass role is not allowed."


@dataclass(frozen=True)
class _Passing:
    """Where an operation takes roles (a dot leads into a structure), and which service gets them."""

    principal: str
    parameters: tuple[str, ...]


_LAMBDA = _Passing("lambda.amazonaws.com", ("Role",))
_INSTANCE = _Passing("ec2.amazonaws.com", ("IamInstanceProfile",))
_STATES = _Passing("states.amazonaws.com", ("roleArn",))
_BUILD = _Passing("codebuild.amazonaws.com", ("serviceRole",))
_PIPE = _Passing("pipes.amazonaws.com", ("RoleArn",))
_SCHEDULE = _Passing("scheduler.amazonaws.com", ("Target.RoleArn",))
_PASSING: Mapping[tuple[str, str], _Passing] = {
    ("codebuild", "CreateProject"): _BUILD,
    ("codebuild", "UpdateProject"): _BUILD,
    ("ec2", "AssociateIamInstanceProfile"): _INSTANCE,
    ("ec2", "ReplaceIamInstanceProfileAssociation"): _INSTANCE,
    ("ec2", "RunInstances"): _INSTANCE,
    ("ecs", "RegisterTaskDefinition"): _Passing(
        "ecs-tasks.amazonaws.com", ("taskRoleArn", "executionRoleArn")
    ),
    ("events", "PutRule"): _Passing("events.amazonaws.com", ("RoleArn",)),
    ("glue", "CreateJob"): _Passing("glue.amazonaws.com", ("Role",)),
    ("glue", "UpdateJob"): _Passing("glue.amazonaws.com", ("JobUpdate.Role",)),
    ("iam", "AddRoleToInstanceProfile"): _Passing("ec2.amazonaws.com", ("RoleName",)),
    ("lambda", "CreateFunction"): _LAMBDA,
    ("lambda", "UpdateFunctionConfiguration"): _LAMBDA,
    ("pipes", "CreatePipe"): _PIPE,
    ("pipes", "UpdatePipe"): _PIPE,
    ("s3", "PutBucketReplication"): _Passing("s3.amazonaws.com", ("ReplicationConfiguration.Role",)),
    ("scheduler", "CreateSchedule"): _SCHEDULE,
    ("scheduler", "UpdateSchedule"): _SCHEDULE,
    ("states", "CreateStateMachine"): _STATES,
    ("states", "UpdateStateMachine"): _STATES,
}


@dataclass(frozen=True)
class Refusal:
    """A pass that is not allowed: the caller, and the sentence that AWS answers with."""

    principal_arn: str
    message: str


def refuse(call: Call, access_key: str, account: str, region: str) -> Refusal | None:
    """The reason why the caller may not pass a role that the call names, or None when it may.

    The root user may pass every role of its account. Keys that MiniStack does not know are left to MiniStack.
    """
    passing = _PASSING.get((call.service.name, call.name))
    if passing is None:
        return None
    evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
    actions: Any = importlib.import_module("ministack.core.iam_actions")
    principal = evaluator.resolve_principal(access_key, account)
    if isinstance(principal, evaluator.AuthError):
        return None
    for role_arn in _roles(call, passing, account):
        if role_arn.split(":")[4] != account:
            return Refusal(principal.arn, CROSS_ACCOUNT)
        if principal.policies is None:
            continue
        context = evaluator.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action="iam:PassRole",
            resource_arn=role_arn,
            region=region,
            service_context={"iam:passedtoservice": passing.principal},
            principal_keys=principal.keys,
        )
        result = evaluator.evaluate(context, principal.policies, *principal.limits)
        if result.decision != "Allow":
            return Refusal(
                principal.arn,
                actions.identity_denial_message(
                    "iam:PassRole", principal.arn, role_arn, result.decision == "Deny"
                ),
            )
    return None


def _roles(call: Call, passing: _Passing, account: str) -> Iterator[str]:
    for name in passing.parameters:
        value = functools.reduce(_member, name.split("."), call.parameters)
        if isinstance(value, dict):
            yield from _roles_of_profile(value)
        elif value:
            yield value if value.startswith("arn:") else _role_arn(value, account)


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _role_arn(name: str, account: str) -> str:
    iam: Any = importlib.import_module("ministack.services.iam")
    role = iam._roles.get_scoped(account, None, name.rpartition("/")[2]) or {}
    return str(role.get("Arn", f"arn:aws:iam::{account}:role/{name}"))


def _roles_of_profile(reference: Mapping[str, str]) -> Iterator[str]:
    """The role inside an instance profile; none when there is no such profile, which is EC2's to say."""
    iam: Any = importlib.import_module("ministack.services.iam")
    name = reference.get("Name") or reference.get("Arn", "").rpartition("/")[2]
    profile = iam._instance_profiles.get(name) or {}
    for role in profile.get("Roles", []):
        role_name = role if isinstance(role, str) else role["RoleName"]
        yield iam._roles[role_name]["Arn"]
