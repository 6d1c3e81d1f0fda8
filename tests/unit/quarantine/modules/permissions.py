"""Which rights a module's calls need: heard at botocore's clients, and told as IAM's actions.

The catalogue's facts hold what AWS's Service Reference says of operations that pass a role: their IAM action,
and where the request names the role, for which the caller needs ``iam:PassRole``. Of the other operations
the repository holds none of the reference. IAM calls nearly all actions as the API calls the operation, under
the prefix that requests of the service are signed with; `_OTHERS` are the exceptions among what modules call.
Source of them: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from passrole.catalogue.generator.facts import CallFact, load_facts
from passrole.grants import ANY_ROLE, Grant
from passrole.quarantine.grants import QUARANTINE_ROLE
from passrole.quarantine.module import Aws
from passrole.trail.paths import values_at
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE as QUARANTINE_ROLE_ARN
from tests.unit.quarantine.modules.case import Clients

_OTHERS = {("s3", "GetBucketReplication"): "s3:GetReplicationConfiguration"}
_FACTS: dict[tuple[str, str], CallFact] = {
    (client, fact.operation): fact for fact in load_facts() for client in fact.clients
}


class Recorder:
    """Clients for a module: the rights that its calls need are noted, by what it is doing."""

    def __init__(self, clients: Clients, services: Iterable[str]) -> None:
        """``services`` are the principals that the module knows: some roles can be passed to several."""
        self._clients = clients
        self._services = set(services)
        self._needed: set[str] | None = None

    @property
    def aws(self) -> Aws:
        return Aws(self._client, QUARANTINE_ROLE_ARN)

    @contextmanager
    def needed(self, used: set[str]) -> Iterator[Aws]:
        """Notes in ``used`` what is needed meanwhile; what people do at other times is not heard."""
        self._needed = used
        try:
            yield self.aws
        finally:
            self._needed = None

    def _client(self, service: str, region: str) -> Any:
        client = self._clients(service, region)
        client.meta.events.register("before-parameter-build", self._hear, unique_id=self)
        return client

    def _hear(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self._needed is not None:
            self._needed |= set(rights_for(model, params, self._services))


def rights_for(model: Any, params: dict[str, Any], services: set[str]) -> Iterator[str]:
    """What a call needs: its action, and to pass the roles that it names."""
    service = model.service_model
    fact = _FACTS.get((service.service_name, model.name))
    if fact is None:
        usual = f"{service.signing_name}:{model.name}"
        yield _OTHERS.get((service.service_name, model.name), usual)
        return
    yield fact.action
    for place in fact.roles:
        # EC2's records wrap the request in a member of their own.
        paths = (path.removeprefix(f"{model.name}Request.") for path in (place.path, *place.also))
        for role in (value for path in paths for _, value in values_at(params, path) if value):
            resource = QUARANTINE_ROLE if role == QUARANTINE_ROLE_ARN else ANY_ROLE
            for principal in services & set(place.services) or place.services:
                yield passing(resource, principal)


def rights_in(grants: Iterable[Grant]) -> set[str]:
    """What grants allow, in the same words."""
    return {right for grant in grants for right in _told(grant)}


def passing(resource: str, service: str) -> str:
    return f"iam:PassRole of {resource} to {service}"


def _told(grant: Grant) -> Iterator[str]:
    if "iam:PassRole" not in grant.actions:
        yield from grant.actions
        return
    for resource in grant.resources:
        yield passing(resource, grant.conditions["StringEquals"]["iam:PassedToService"])
