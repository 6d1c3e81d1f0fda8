"""Does one call change a part of the guard, or blind CloudTrail? Pure: a record in, a change out.

The deployment's own changes are those that CloudFormation makes (``userIdentity.invokedBy``). That the record
does not tell for which stack is a limit: who may update the guard's stack, or have another stack change its
things, changes the guard. What is denied was tried; what failed for another reason changed nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from passrole.guard import Trouble
from passrole.passes import Outcome, Passer
from passrole.selfwatch.calls import BUS, Watched, bare_name, watched_by
from passrole.selfwatch.own import OwnAct, OwnResources
from passrole.trail.denial import outcome_of
from passrole.trail.passer import passer_of
from passrole.trail.values import mapping, text, time

_STACK = "cloudformation:stack"
_LONGEST_NAME = 256
_CLOUDFORMATION = "cloudformation.amazonaws.com"
# "… is not authorized to perform: events:DeleteRule on resource: arn:… because …"; IAM writes "role x", too.
_DENIED_ON = re.compile(r" on resource: (?:[a-z]+ )?(\S+)")


@dataclass(frozen=True, slots=True)
class GuardChange:
    """A call that changed a part of the guard or blinded CloudTrail, or tried to.

    Attributes:
        part: the kind of thing, as IAM names resource types.
        resource: its name; None where the record names nothing, so that it may be another's.
        outcome: succeeded or denied.
        passer: who made the call.
        call: as IAM writes actions (``events:DeleteRule``).
        event_id, event_time, account, region: of the record.
    """

    kind: Trouble
    part: str
    resource: str | None
    outcome: Outcome
    passer: Passer
    call: str
    event_id: str
    event_time: str | None
    account: str | None
    region: str | None


def change_of(record: dict[str, Any], own: OwnResources) -> GuardChange | None:
    """What a call did to the guard, or to CloudTrail; None if nothing, or if it is the guard's own doing."""
    watched, outcome, passer = watched_by(record), outcome_of(record), passer_of(record)
    if watched is None or outcome is Outcome.FAILED:
        return None
    source, name = record["eventSource"], bare_name(record["eventSource"], record["eventName"])
    named = _named(record, watched)
    if watched.kind is Trouble.TRAIL_BLINDED:
        # Whose trail it is, the record does not tell; no deployment of the guard changes any.
        resource = _last_name(named[0]) if named else None
    else:
        name_in = {_STACK: own.stack_in, BUS: own.bus_in}.get(watched.part, own.name_in)
        resource = next(filter(None, map(name_in, named)), None)
        is_of_another = resource is None and bool(named)
        if is_of_another or _is_deployment(passer, watched):
            return None
        if resource and OwnAct(passer.role_arn or "", source, name, resource) in own.acts:
            return None
    return GuardChange(
        watched.kind,
        watched.part,
        _cut(resource),
        outcome,
        passer,
        f"{source.removesuffix('.amazonaws.com')}:{name}",
        text(record.get("eventID")) or "unknown",
        time(record.get("eventTime")),
        text(record.get("recipientAccountId")),
        text(record.get("awsRegion")),
    )


def _is_deployment(passer: Passer, watched: Watched) -> bool:
    """Whether CloudFormation made the change; that the stack itself is deleted is never one."""
    return passer.invoked_by == _CLOUDFORMATION and watched.part != _STACK


def _named(record: dict[str, Any], watched: Watched) -> tuple[str, ...]:
    """The texts of a record that tell what was changed; many denials have none but in their message."""
    told = [record.get("requestParameters"), record.get("responseElements")]
    paths = [member.lower().split(".") for member in watched.members]
    named = [name for value in told for path in paths for name in _texts(value, path)]
    named += _texts({"resources": record.get("resources")}, ["resources", "arn"])
    if named or watched.is_opaque:
        return tuple(named)
    denied = _DENIED_ON.search(text(record.get("errorMessage")) or "")
    return (denied[1],) if denied and denied[1] != "*" else ()


def _texts(value: Any, path: list[str]) -> Iterator[str]:
    """The texts at a path, whatever the case of its members; of a list, those of all that is in it."""
    if isinstance(value, list):
        for one in value:
            yield from _texts(one, path)
    elif path:
        for member, inner in mapping(value).items():
            if member.lower() == path[0]:
                yield from _texts(inner, path[1:])
    elif text(value):
        yield value


def _last_name(name: str) -> str:
    return name.rpartition("/")[2] or name


def _cut(name: str | None) -> str | None:
    """A name in the length that the longest of AWS have: a call that is denied may have any."""
    return name[:_LONGEST_NAME] if name else None
