"""Corrections of MiniStack 1.5.33, made in memory, where it differs from AWS in what this project needs."""

import hashlib
import importlib
import time
from collections.abc import Callable
from typing import Any


def install(injection_mark: str) -> None:
    """Apply every correction; `injection_mark` is the trace header that lets an `aws.` source pass."""
    _let_marked_events_in(injection_mark)
    _forward_to_other_regions()
    _give_functions_their_role()
    _keep_permissions_boundaries()
    _take_loopback_for_tls()
    _find_compute_environments_by_arn()
    _set_default_policy_versions()


def _let_marked_events_in(mark: str) -> None:
    """AWS's own events come from inside; tests put theirs through PutEvents, which refuses `aws.` sources."""
    eventbridge: Any = importlib.import_module("ministack.services.eventbridge")
    original: Callable[..., Any] = eventbridge._put_events

    def put_events(data: dict[str, Any], allow_aws_source: bool = False) -> Any:
        entries = data.get("Entries") or []
        marked = bool(entries) and all(entry.get("TraceHeader") == mark for entry in entries)
        return original(data, allow_aws_source=allow_aws_source or marked)

    eventbridge._put_events = put_events


def _forward_to_other_regions() -> None:
    """Rules whose target is a bus of another region: MiniStack takes them and delivers nothing.

    As on AWS the envelope keeps the region that it comes from, and nothing is forwarded a second time.
    """
    eventbridge: Any = importlib.import_module("ministack.services.eventbridge")
    responses: Any = importlib.import_module("ministack.core.responses")
    original: Callable[..., None] = eventbridge._dispatch_to_event_bus

    def dispatch_to_event_bus(bus: Any, event: dict[str, Any], *rest: Any) -> None:
        here = (responses.get_account_id(), responses.get_region())
        if bus.account_id != here[0] or bus.region == here[1]:
            original(bus, event, *rest)
        elif not event.get("_ForwardedFrom"):
            name = bus.resource.partition("/")[2]
            with responses.request_scope(bus.account_id, bus.region):
                eventbridge._dispatch_event({**event, "EventBusName": name, "_ForwardedFrom": here[1]})

    eventbridge._dispatch_to_event_bus = dispatch_to_event_bus


def _give_functions_their_role() -> None:
    """Without AUTH, MiniStack runs functions as root: give them a session of their role, as Lambda does."""
    runtime: Any = importlib.import_module("ministack.core.lambda_runtime")
    lambda_service: Any = importlib.import_module("ministack.services.lambda_svc")

    runtime.execution_credentials = function_credentials
    lambda_service.execution_credentials = function_credentials


def function_credentials(function: dict[str, Any]) -> dict[str, str]:
    """Environment variables with keys of a session of the function's role."""
    sts: Any = importlib.import_module("ministack.services.sts")
    iam: Any = importlib.import_module("ministack.services.iam")
    account = str(function["FunctionArn"]).split(":")[4]
    role_arn = str(function.get("Role", ""))
    role_name = role_arn.rpartition("/")[2]
    session_name = str(function.get("FunctionName", "function"))[:64]
    role = iam._roles.get_scoped(account, None, role_name) or {}
    # Derived, so that a worker that is started again keeps a session that is known already.
    seed = f"{function['FunctionArn']}:{role_arn}:{role.get('RoleId')}"
    access_key = "ASIA" + hashlib.sha256(seed.encode()).hexdigest()[:16].upper()
    secret = hashlib.sha256(f"secret:{seed}".encode()).hexdigest()
    token = hashlib.sha256(f"token:{seed}".encode()).hexdigest()
    session = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session_name}",
        "UserId": f"{role.get('RoleId', role_name)}:{session_name}",
        "SecretAccessKey": secret,
        "SessionToken": token,
        "IssuedAt": time.time(),
    }
    sts.register_session(access_key, session)
    return {
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_SESSION_TOKEN": token,
    }


def _keep_permissions_boundaries() -> None:
    """CloudFormation drops a role's PermissionsBoundary: put it back after create and update."""
    provisioners: Any = importlib.import_module("ministack.services.cloudformation.provisioners")
    iam: Any = importlib.import_module("ministack.services.iam")
    handlers = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    create: Callable[..., Any] = handlers["create"]
    update: Callable[..., Any] = handlers["update"]

    def keep(name: str, properties: dict[str, Any]) -> None:
        if boundary := properties.get("PermissionsBoundary"):
            iam._roles[name]["PermissionsBoundary"] = boundary

    def create_role(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        created = create(logical_id, properties, stack_name)
        keep(created[0], properties)
        return created

    def update_role(physical_id: str, old: Any, new: dict[str, Any], *rest: Any, **named: Any) -> Any:
        updated = update(physical_id, old, new, *rest, **named)
        keep(updated[0] if isinstance(updated, tuple) else physical_id, new)
        return updated

    handlers["create"] = create_role
    handlers["update"] = update_role


def _take_loopback_for_tls() -> None:
    """Where IAM is enforced, policies that refuse calls without TLS would refuse every call over loopback."""
    application: Any = importlib.import_module("ministack.app")
    pin: Callable[[str, bool], None] = application.pin_request_origin

    def pin_request_origin(source_ip: str, secure_transport: bool) -> None:
        pin(source_ip, secure_transport or source_ip == "127.0.0.1")

    application.pin_request_origin = pin_request_origin


def _find_compute_environments_by_arn() -> None:
    """Batch describes compute environments by name or ARN: MiniStack takes names alone."""
    batch: Any = importlib.import_module("ministack.services.batch")
    route = "/v1/describecomputeenvironments"
    describe: Callable[[dict[str, Any]], Any] = batch._DISPATCH[route]

    def describe_compute_environments(parameters: dict[str, Any]) -> Any:
        asked = parameters.get("computeEnvironments") or []
        return describe({**parameters, "computeEnvironments": [name.rpartition("/")[2] for name in asked]})

    batch._DISPATCH[route] = describe_compute_environments


def _set_default_policy_versions() -> None:
    """IAM's SetDefaultPolicyVersion is missing, which gives a role's policy another content in one call."""
    iam: Any = importlib.import_module("ministack.services.iam")

    def set_default_policy_version(parameters: dict[str, Any]) -> Any:
        policy = iam._policies.get(iam._p(parameters, "PolicyArn"))
        wanted = iam._p(parameters, "VersionId")
        if policy is None or wanted not in policy["Versions"]:
            return iam._error(404, "NoSuchEntity", f"Policy version {wanted} not found.", ns="iam")
        for name, version in policy["Versions"].items():
            version["IsDefaultVersion"] = name == wanted
        policy["DefaultVersionId"] = wanted
        return iam._xml(200, "SetDefaultPolicyVersionResponse", "", ns="iam")

    iam._IAM_HANDLERS["SetDefaultPolicyVersion"] = set_default_policy_version
