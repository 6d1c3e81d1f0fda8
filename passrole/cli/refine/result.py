"""All that `passrole refine` has to say about a role."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from passrole.clock import iso
from passrole.evidence.facts import known
from passrole.refine.access import Access
from passrole.refine.accessed import LastAccessed, Service, moment_text
from passrole.refine.actions import AS_OF
from passrole.refine.analyzer import Analyzer
from passrole.refine.policy import MANAGED_LIMIT, Refined
from passrole.refine.policy import Result as Outcome
from passrole.refine.role import Role
from passrole.refine.usage import Fate

_OF_AWS = ("/aws-service-role/", "/aws-reserved/")
UNTRACKED = (Fate.NO_CALL, Fate.NOT_TRACKED, Fate.NOT_LISTED)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What IAM Access Analyzer told.

    Attributes:
        region: that was asked; None if none was.
        unread: why it told nothing, if it did not answer.
    """

    region: str | None
    analyzers: tuple[Analyzer, ...] = ()
    unread: str | None = None

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        analyzers = [analyzer.to_json() for analyzer in self.analyzers]
        return {"region": self.region, "analyzers": analyzers, "unread": self.unread}


NOT_ASKED = Analysis(None, unread="it was not asked: all comes from files")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no report, and the exit status that goes with it."""

    message: str
    status: int


@dataclass(frozen=True, slots=True)
class Result:
    """All of it; without a report there is no refined policy, and ``failure`` says why."""

    role: Role
    days: int
    accesses: tuple[Access, ...]
    analysis: Analysis
    report: LastAccessed | None = None
    refined: Refined | None = None
    job: str | None = None
    failure: Failure | None = None

    @property
    def is_something_wrong(self) -> bool:
        """Whether somebody may take the role who should not."""
        found = (f for a in self.analysis.analyzers if a.is_external for f in a.findings if f.is_active)
        return any(access.problem for access in self.accesses) or any(found)

    def used(self, service: Service) -> bool:
        """Whether the role used a service of the report in the days that count."""
        return self.report is not None and service.used_since(self.report.made_at - timedelta(days=self.days))

    def notes(self) -> Iterator[str]:
        """What is to be known before the policy is put to use."""
        role, report, refined = self.role, self.report, self.refined
        if role.arn.path.startswith(_OF_AWS):
            yield "AWS manages this role: its policies cannot be changed in IAM"
        if report is None or refined is None:
            return
        age = (report.made_at - role.created).days if role.created else None
        if age is not None and age < self.days:
            yield f"the role is {age} days old: what it does seldom may not have happened yet"
        if not report.by_action:
            yield "the report tells of services alone: no action of a service that is used is dropped"
        if refined.opened:
            yield f"wildcards became actions of {AS_OF}: what AWS made since is missing if it is not tracked"
        if refined.size > MANAGED_LIMIT:
            yield f"the policy has {refined.size:,} characters; IAM takes {MANAGED_LIMIT:,} in one: divide it"

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        role, report, refined = self.role, self.report, self.refined
        return {
            "role": {
                "arn": str(role.arn),
                "created_at": moment_text(role.created),
                "last_used_at": moment_text(known(role.last_used)),
            },
            "external_access": [access.to_json() for access in self.accesses],
            "access_analyzer": self.analysis.to_json(),
            "job": self.job,
            "days": self.days,
            "last_accessed": self._report_json(report) if report else None,
            "policy": refined.document if refined else None,
            "statements": [told.to_json() for told in refined.told] if refined else None,
            "actions": _actions_json(refined) if refined else None,
            "counts": counts_of(refined) if refined else None,
            "notes": list(self.notes()),
            "failure": self.failure.message if self.failure else None,
        }

    def _report_json(self, report: LastAccessed) -> dict[str, Any]:
        services = [
            {
                "service": service.namespace,
                "name": service.name,
                "last_used_at": moment_text(service.last_used),
                "used": self.used(service),
                "actions": {name: moment_text(last) for name, last in service.tracked.values()},
            }
            for service in report.services.values()
        ]
        return {"made_at": iso(report.made_at), "by_action": report.by_action, "services": services}


def counts_of(refined: Refined) -> dict[str, int]:
    """How many actions and statements had which fate."""
    results = [told.result for told in refined.told]
    return {
        "used": len(refined.of(Fate.USED)),
        "dropped": len(refined.of(Fate.DROPPED)),
        "not_tracked": len(refined.of(*UNTRACKED)),
        "statements_kept": results.count(Outcome.KEPT),
        "statements_narrowed": results.count(Outcome.NARROWED),
        "statements_dropped": results.count(Outcome.DROPPED),
        "statements_as_they_are": results.count(Outcome.AS_IT_IS),
        "characters": refined.size,
    }


def _actions_json(refined: Refined) -> dict[str, Any]:
    return {
        "used": list(refined.of(Fate.USED)),
        "dropped": list(refined.of(Fate.DROPPED)),
        "not_tracked": [
            {"action": action, "why": str(refined.fates[action])} for action in refined.of(*UNTRACKED)
        ],
    }
