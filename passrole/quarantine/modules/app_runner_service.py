"""Containment of an App Runner service: it is paused.

Source: App Runner's API reference for PauseService, ResumeService and ListOperations; "Pausing and resuming
an App Runner service" of its developer guide: a paused service has no compute capacity, and nothing is
deployed to it, so that neither its instance role nor its access role is used.
"""

from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.module import Aws, CannotRestoreError, Prior, QuarantineModule, State, code_of

_PAUSING, _RESUMING = "PAUSE_SERVICE", "RESUME_SERVICE"
_FAILED = ("CREATE_FAILED", "DELETE_FAILED")
# An operation in one of these states is under way, or has ended since the service was looked at.
_UNDER_WAY = ("PENDING", "IN_PROGRESS", "SUCCEEDED")
_SERVICES = "arn:{partition}:apprunner:*:{account}:service/*/*"
_WHY_ANY_SERVICE = "a violation can be in any service of the account"


class AppRunnerService(QuarantineModule):
    """An App Runner service that holds an instance role, or an access role to get its image."""

    name = "app-runner-service"
    resource_type = "apprunner:service"
    places = ("instance role", "access role")
    services = ("tasks.apprunner.amazonaws.com", "build.apprunner.amazonaws.com")
    does = "service paused: its compute capacity goes to zero, and nothing is deployed until it is resumed"
    still_runs = (
        "the application runs until the pause has taken effect; "
        "credentials that it fetched before stay valid until they expire"
    )
    saves = "whether the service was paused already"
    loses = "what the instances hold and keep nowhere else: memory and ephemeral storage"
    describe_grants = (
        Grant(
            actions=("apprunner:DescribeService", "apprunner:ListOperations"),
            resources=(_SERVICES,),
            reason=_WHY_ANY_SERVICE,
        ),
    )
    contain_grants = (
        Grant(actions=("apprunner:PauseService",), resources=(_SERVICES,), reason=_WHY_ANY_SERVICE),
    )
    release_grants = (
        Grant(actions=("apprunner:ResumeService",), resources=(_SERVICES,), reason=_WHY_ANY_SERVICE),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``status``, ``operation`` (the kind that is under way, or None) and ``roles``."""
        client = aws.clients("apprunner", resource.region)
        try:
            service = client.describe_service(ServiceArn=str(resource))["Service"]
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        if service["Status"] == "DELETED":
            return None
        in_progress = service["Status"] == "OPERATION_IN_PROGRESS"
        return {
            "made": service["ServiceId"],
            "status": service["Status"],
            "operation": _operation(client, resource) if in_progress else None,
            "roles": _roles_of(service),
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"]

    def objection(self, now: State, role: str) -> str | None:
        if now["status"] in _FAILED:
            return f"App Runner pauses no service that is {now['status']}"
        return None

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return _is_paused(now)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        if not _is_paused(now):
            aws.clients("apprunner", resource.region).pause_service(ServiceArn=str(resource))

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return ("service: stays paused, as it was",) if _is_paused(prior) else ("service: resumed",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Another role, which may be the remedy, is no hindrance: a release does not touch it.
        if _is_paused(now) or _runs(now):
            return ()
        doing = f", {now['operation']}" if now["operation"] else ""
        return (f"the service is {now['status']}{doing}, containment left it PAUSED",)

    def is_released(self, now: State, prior: Prior) -> bool:
        return _is_paused(now) if _is_paused(prior) else _runs(now)

    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        now = self.describe(aws, resource)
        if now is None or _is_paused(prior) or _runs(now):
            return
        if now["status"] in _FAILED:
            raise CannotRestoreError(f"{resource} is {now['status']}, and App Runner does not resume it")
        # While it is being paused still, App Runner refuses, and the release is to be tried again.
        aws.clients("apprunner", resource.region).resume_service(ServiceArn=str(resource))


def _operation(client: Any, resource: Arn) -> str | None:
    """The kind of the service's last operation, unless it failed. App Runner lists the last one first."""
    operations = client.list_operations(ServiceArn=str(resource), MaxResults=1)["OperationSummaryList"]
    under_way = [operation["Type"] for operation in operations if operation["Status"] in _UNDER_WAY]
    return under_way[0] if under_way else None


def _roles_of(service: Any) -> list[str]:
    source = service["SourceConfiguration"].get("AuthenticationConfiguration", {})
    roles = (service["InstanceConfiguration"].get("InstanceRoleArn"), source.get("AccessRoleArn"))
    return sorted({role for role in roles if role})


def _is_paused(state: Prior) -> bool:
    return bool(state["status"] == "PAUSED" or state["operation"] == _PAUSING)


def _runs(state: Prior) -> bool:
    return bool(state["status"] == "RUNNING" or state["operation"] == _RESUMING)
