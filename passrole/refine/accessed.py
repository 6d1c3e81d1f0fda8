"""What a role used of its rights, as IAM's report of services and actions last accessed tells it.

Sources: GetServiceLastAccessedDetails of the IAM API reference, and "Refine permissions in AWS using last
accessed information" and "IAM action last accessed information services and actions" of the IAM User Guide.
The report lists every service that the role's policies let it use, and of each the actions that IAM tracks,
those that were never used without a time. What the role may do and IAM does not track, it does not list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passrole.clock import iso
from passrole.evidence.described import moment_of
from passrole.language.context import fold

TRACKED_DAYS = 400  # by IAM
_BY_ACTION = "ACTION_LEVEL"


class ReportError(ValueError):
    """It is no report that can be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service that the role may use.

    Attributes:
        namespace: its prefix in actions, folded.
        last_used: when the role last tried to; None if it did not in the time that IAM tracks.
        tracked: the actions that IAM tracks, by their folded names, each with its own and its last use.
    """

    namespace: str
    name: str
    last_used: datetime | None
    tracked: Mapping[str, tuple[str, datetime | None]]

    def used_since(self, moment: datetime) -> bool:
        """Whether the role used it at that moment or later."""
        uses = (self.last_used, *(last for _, last in self.tracked.values()))
        return any(last is not None and last >= moment for last in uses)


@dataclass(frozen=True, slots=True)
class LastAccessed:
    """A finished report.

    Attributes:
        made_at: the moment that it tells of.
        by_action: whether it tells of actions, too.
        services: by their folded namespaces.
    """

    made_at: datetime
    by_action: bool
    services: Mapping[str, Service]


def last_accessed_of(answers: Iterable[Mapping[str, Any]], role: str) -> LastAccessed:
    """The report of a role in the answers of GetServiceLastAccessedDetails, all its pages.

    Raises:
        ReportError: they are no such answers, not finished, or about another role.
    """
    try:
        pages = list(answers)
        first = pages[0]
        if first["JobStatus"] != "COMPLETED":
            raise ReportError(f"the report is {first['JobStatus']}, expected COMPLETED")
        if pages[-1].get("IsTruncated"):
            raise ReportError("pages of the report are missing: its last one says that it is truncated")
        services = [_service(each, role) for page in pages for each in page["ServicesLastAccessed"]]
        made_at = moment_of(first["JobCreationDate"])
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ReportError(f"it is no answer of GetServiceLastAccessedDetails ({error!r})") from None
    if made_at is None:
        raise ReportError("it does not tell when it was made")
    by_namespace = {service.namespace: service for service in services}
    return LastAccessed(made_at, first.get("JobType") == _BY_ACTION, by_namespace)


def moment_text(moment: datetime | None) -> str | None:
    """ISO 8601, for programs."""
    return iso(moment) if moment else None


def _service(each: Mapping[str, Any], role: str) -> Service:
    by = each.get("LastAuthenticatedEntity", role)
    if by != role:
        raise ReportError(f"the report is about {by}, expected {role}")
    tracked = {
        fold(action["ActionName"]): (action["ActionName"], moment_of(action.get("LastAccessedTime")))
        for action in each.get("TrackedActionsLastAccessed") or ()
    }
    last_used = moment_of(each.get("LastAuthenticated"))
    return Service(fold(each["ServiceNamespace"]), each.get("ServiceName", ""), last_used, tracked)
