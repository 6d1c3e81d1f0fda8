"""Whether a stack of the guard was being changed at some time: what CloudFormation did then, it did for it.

A record of CloudFormation's calls does not tell for which stack it makes them. Source: CloudFormation API
reference, DescribeStackEvents: a stack's events, the newest first; none by its name of a stack that is gone.
Those of the stack itself, at the beginning and the end of each change, have its own id for the resource's.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from botocore.exceptions import ClientError

from passrole.clock import parse_time

_IAM = "iam.amazonaws.com"
# CloudFormation makes its calls for a resource right after the event that says that it begins with it.
_MARGIN = timedelta(minutes=2)
# Further ones for what takes long, with no event between. A change that hangs would hide others'.
_LONGEST = timedelta(hours=1)
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


class Clients(Protocol):
    """Makes a client for a service in a region."""

    def __call__(self, service: str, region: str) -> Any: ...


class Deployments(Protocol):
    """What is known of the guard's deployments."""

    def were_under_way(self, at: str, source: str, region: str) -> bool:
        """Whether a call at that time (ISO 8601) to that event source and region may be one's."""


class StackDeployments:
    """Asks CloudFormation of the guard's stacks."""

    def __init__(self, clients: Clients, stack: str, home: str, further: Iterable[str]) -> None:
        """``stack`` is the name of the home region's; those of ``further`` regions have theirs behind it."""
        self._clients = clients
        self._names = {region: f"{stack}-{region}" for region in further} | {home: stack}
        self._stack = stack
        self._seen: dict[str, list[datetime]] = {}

    def were_under_way(self, at: str, source: str, region: str) -> bool:
        """Whether a stack had an event about that time, or was amid a change.

        Calls to IAM are of whichever stack, those to other services of that in their region. Where none is,
        it was deleted, which is told by itself. Where CloudFormation refuses to tell, none was.

        Raises:
            ClientError, BotoCoreError: CloudFormation did not answer.
        """
        when = parse_time(at)
        own = {region: self._names.get(region, f"{self._stack}-{region}")}
        if source == _IAM:
            return any(self._was_changed(name, where, when) for where, name in (own | self._names).items())
        ((where, name),) = own.items()
        return self._was_changed(name, where, when, if_gone=True)

    def _was_changed(self, name: str, region: str, when: datetime, *, if_gone: bool = False) -> bool:
        if any(abs(time - when) <= _MARGIN for time in self._seen.get(region, ())):
            return True
        try:
            found, is_amid = self._around(name, region, when)
        except ClientError as error:
            told = error.response.get("Error", {})
            if told.get("Code") == "ValidationError" and "does not exist" in told.get("Message", ""):
                return if_gone
            if told.get("Code") in _DENIED:
                return False
            raise
        # Of one deployment there are dozens of calls: the next ones need not ask.
        self._seen[region] = found
        return is_amid or bool(found)

    def _around(self, name: str, region: str, when: datetime) -> tuple[list[datetime], bool]:
        """When a stack had events about a time; and where it had none, whether it was amid a change."""
        client, times, is_near = self._clients("cloudformation", region), [], False
        for page in client.get_paginator("describe_stack_events").paginate(StackName=name):
            for event in page["StackEvents"]:
                time: datetime = event["Timestamp"]
                if abs(time - when) <= _MARGIN:
                    times.append(time)
                elif time < when:
                    is_near = is_near or time >= when - _LONGEST
                    if times or not is_near:
                        return times, False
                    if event.get("PhysicalResourceId") == event["StackId"]:
                        return times, _is_under_way(event)
        return times, False


def _is_under_way(event: Mapping[str, Any]) -> bool:
    """Whether a change goes on after an event of the stack itself; in review, nobody has begun one."""
    status = str(event.get("ResourceStatus"))
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
