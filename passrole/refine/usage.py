"""What becomes of an action that a role may use: pure.

Sources: "Refine permissions in AWS using last accessed information" of the IAM User Guide (iam:PassRole is
not tracked; of actions, management events alone are; the report tells of calls of AWS's APIs), and the
Service Authorization Reference for what is authorized and is no such call.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from passrole.language.context import fold
from passrole.language.wildcards import matches
from passrole.refine.accessed import LastAccessed, Service
from passrole.refine.actions import Actions

# What the report never tells of, by the prefix of the service: passing a role is no call, nor is a connection
# to a database, a cluster, a file system or somebody's own API.
_NO_CALLS = {
    "iam": ("passrole",),
    "aoss": ("apiaccessall", "dashboardsaccessall"),
    "appsync": ("event*", "graphql"),
    "aps": ("remotewrite",),
    "codeartifact": ("publishpackageversion", "readfromrepository"),
    "codecommit": ("gitpull", "gitpush"),
    "dsql": ("dbconnect*",),
    "eks": ("accesskubernetesapi",),
    "elasticache": ("connect",),
    "elasticfilesystem": ("client*",),
    "es": ("eshttp*",),
    "execute-api": ("*",),
    "iot": ("connect", "publish", "receive", "subscribe"),
    "kafka-cluster": ("*",),
    "memorydb": ("connect",),
    "neptune-db": ("*",),
    "rds-db": ("*",),
    "sts": ("getservicebearertoken", "setcontext", "setsourceidentity", "tagsession"),
    "verified-access": ("*",),
    "vpc-lattice-svcs": ("*",),
}


class Fate(StrEnum):
    """What becomes of an action; only what is known not to be used is dropped."""

    USED = "used"
    DROPPED = "dropped"
    NO_CALL = "no call of an AWS API, and so not tracked"
    NOT_TRACKED = "of a service that is used, and not tracked itself"
    NOT_LISTED = "of a service that IAM's report does not list"

    @property
    def is_kept(self) -> bool:
        return self is not Fate.DROPPED


@dataclass(frozen=True, slots=True)
class Usage:
    """What a role used since a moment.

    Attributes:
        actions: the names of all actions, by the prefix of their service.
    """

    report: LastAccessed
    since: datetime
    actions: Actions

    def service(self, prefix: str) -> Service | None:
        """What the report tells of a service, by its folded prefix."""
        return self.report.services.get(prefix)

    def services(self) -> tuple[str, ...]:
        """The folded prefixes of all services that are known."""
        return tuple(sorted({*self.actions, *self.report.services}))

    def names(self, prefix: str) -> tuple[str, ...]:
        """The actions of a service that are known, by their names."""
        service = self.service(prefix)
        tracked = [name for name, _ in service.tracked.values()] if service else []
        found = {fold(name): name for name in (*tracked, *self.actions.get(prefix, ()))}
        return tuple(sorted(found.values()))

    def fate(self, prefix: str, name: str) -> Fate:
        """What becomes of one action of a service."""
        folded = fold(name)
        if any(matches(pattern, folded) for pattern in _NO_CALLS.get(prefix, ())):
            return Fate.NO_CALL
        service = self.service(prefix)
        if service is None:
            return Fate.NOT_LISTED
        if not service.used_since(self.since):
            return Fate.DROPPED
        if folded not in service.tracked:
            return Fate.NOT_TRACKED
        _, last = service.tracked[folded]
        return Fate.USED if last is not None and last >= self.since else Fate.DROPPED
