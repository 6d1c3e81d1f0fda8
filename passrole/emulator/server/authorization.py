"""Corrections of how MiniStack 1.5.33 decides requests where IAM is enforced, made in memory.

It takes a resource that it cannot name for `*`, which no policy on the exact resource matches; and whatever
is done with a function's concurrency for setting it.
"""

import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from . import cbor


def install() -> None:
    """Apply every correction."""
    _name_actions()
    _name_resources()
    _know_condition_keys()


def _name_actions() -> None:
    """Looking at a function's concurrency, and taking it away, are actions of their own."""
    actions: Any = importlib.import_module("ministack.core.iam_actions")
    original: Callable[[str, str], str | None] = actions._lambda_action
    verbs = {"GET": "Get", "DELETE": "Delete"}

    def lambda_action(method: str, path: str) -> str | None:
        named = original(method, path)
        if named == "PutFunctionConcurrency" and method in verbs:
            return f"{verbs[method]}FunctionConcurrency"
        return named

    actions._lambda_action = lambda_action


def _name_resources() -> None:
    """Instance profiles in calls of IAM, instances behind associations of EC2, and what some bodies name."""
    actions: Any = importlib.import_module("ministack.core.iam_actions")
    original: Callable[..., str] = actions.extract_resource_arn

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        query: Mapping[str, Any],
        region: str,
        account: str,
    ) -> str:
        named = original(service, method, path, headers, body, query, region, account)
        if service == "iam" and (name := _parameter(query, "InstanceProfileName")):
            return _instance_profile_arn(name, account)
        if service == "ec2" and named == "*" and (association := _parameter(query, "AssociationId")):
            return _associated_instance_arn(association, region, account)
        # The ARN of a rule of the default bus does not name the bus.
        named = named.replace(":rule/default/", ":rule/") if service == "events" else named
        return _arn_in(service, body, region, account) or named

    actions.extract_resource_arn = extract_resource_arn


def _know_condition_keys() -> None:
    """`aws:PrincipalArn` of a session is its role; `lambda:FunctionArn` of a mapping is its function.

    A service that delivers by itself has no `aws:PrincipalArn`: `aws:PrincipalIsAWSService` tells it.
    """
    evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
    original: Callable[[str, Any], Any] = evaluator._resolve_condition_key

    def resolve_condition_key(key: str, context: Any) -> Any:
        found = None
        is_service = context.principal_type == "Service"
        if key.lower() == "aws:principalisawsservice":
            return str(is_service).lower()
        if key.lower() == "aws:principalarn" and is_service:
            return None
        if key.lower() == "aws:principalarn" and ":assumed-role/" in context.principal_arn:
            found = _role_arn_behind(context)
        elif key.lower() == "lambda:functionarn" and ":event-source-mapping:" in context.resource_arn:
            found = _function_arn_behind(context)
        return found if found is not None else original(key, context)

    evaluator._resolve_condition_key = resolve_condition_key


def _parameter(query: Mapping[str, Any], name: str) -> str | None:
    found = query.get(name)
    return found[0] if isinstance(found, list) and found else found or None


def _arn_in(service: str, body: bytes, region: str, account: str) -> str | None:
    """The compute environment, project or rule that a JSON body names in members that MiniStack overlooks."""
    if service == "monitoring":
        return _alarm_arn(body, region, account)
    if service not in ("batch", "codebuild", "events"):
        return None
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        return None
    prefix = f"arn:aws:{service}:{region}:{account}"
    if environment := sent.get("computeEnvironment"):
        return f"{prefix}:compute-environment/{environment.rpartition('/')[2]}"
    if service == "codebuild" and (names := sent.get("names")):
        return f"{prefix}:project/{names[0].rpartition('/')[2]}"
    if rule := sent.get("Rule"):
        bus = sent.get("EventBusName", "default").rpartition("/")[2]
        return f"{prefix}:rule/{rule}" if bus == "default" else f"{prefix}:rule/{bus}/{rule}"
    return None


def _alarm_arn(body: bytes, region: str, account: str) -> str | None:
    """The first alarm that a call in JSON or CBOR names: MiniStack reads forms alone."""
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        sent = _from_cbor(body)
    if not isinstance(sent, dict):
        return None
    name = sent.get("AlarmName") or next(iter(sent.get("AlarmNames") or []), None)
    return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}" if name else None


def _from_cbor(body: bytes) -> Any:
    try:
        return cbor.loads(body)
    except ValueError:
        return None


def _instance_profile_arn(name: str, account: str) -> str:
    iam: Any = importlib.import_module("ministack.services.iam")
    profile = iam._instance_profiles.get_scoped(account, None, name)
    return str(profile["Arn"]) if profile else f"arn:aws:iam::{account}:instance-profile/{name}"


def _associated_instance_arn(association: str, region: str, account: str) -> str:
    ec2: Any = importlib.import_module("ministack.services.ec2")
    record = ec2._iam_instance_profile_associations.get_scoped(account, region, association)
    return f"arn:aws:ec2:{region}:{account}:instance/{record['InstanceId']}" if record else "*"


def _role_arn_behind(context: Any) -> str | None:
    iam: Any = importlib.import_module("ministack.services.iam")
    name = context.principal_arn.split("/")[1]
    role = iam._roles.get_scoped(context.principal_account, None, name)
    return str(role["Arn"]) if role else None


def _function_arn_behind(context: Any) -> str | None:
    lambda_service: Any = importlib.import_module("ministack.services.lambda_svc")
    mapping = context.resource_arn.rpartition(":")[2]
    record = lambda_service._esms.get_scoped(context.principal_account, context.region, mapping)
    return str(record["FunctionArn"]) if record else None
