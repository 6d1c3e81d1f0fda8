"""Does one call change a part of the guard, or blind CloudTrail? Pure: a record in, a change out.

The deployment's own changes are among those that CloudFormation makes (``userIdentity.invokedBy``). For which
stack, the record does not tell: those count unless a stack of the guard was being changed. That somebody has
it changed counts by itself. What is denied was tried; what failed for another reason changed nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from passrole.finding.guard import Trouble
from passrole.passes import Outcome, Passer
from passrole.selfwatch.calls import BUS, SECRET, STACK, Watched, bare_name, watched_by
from passrole.selfwatch.own import OwnAct, OwnResources
from passrole.trail.denial import outcome_of
from passrole.trail.passer import passer_of
from passrole.trail.values import mapping, text, time

_LONGEST_NAME = 256
_CLOUDFORMATION = "cloudformation.amazonaws.com"
# "… is not authorized to perform: events:DeleteRule on resource: arn:… because …"; IAM writes "role x", too.
_DENIED_ON = re.compile(r" on resource: (?:[a-z]+ )?(\S+)")


class Counts(StrEnum):
    """Whether a change counts, or when."""

    ALWAYS = "always"
    WHILE_DEPLOYING = "while a stack of the guard is being changed"
    UNLESS_DEPLOYING = "unless a stack of the guard is being changed"


@dataclass(frozen=True, slots=True)
class GuardChange:
    """A call that changed a part of the guard or blinded CloudTrail, or tried to.

    Attributes:
        part: the kind of thing, as IAM names resource types.
        resource: its name; None where the record names nothing, so that it may be another's.
        outcome: succeeded or denied.
        passer: who made the call.
        call: as IAM writes actions (``events:DeleteRule``).
        source: the event source of it.
        is_deployment: people make such calls when they deploy the guard.
        counts: what the record cannot tell decides it.
        event_id, event_time, account, region: of the record.
    """

    kind: Trouble
    part: str
    resource: str | None
    outcome: Outcome
    passer: Passer
    call: str
    source: str
    is_deployment: bool
    counts: Counts
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
    named, counts = _named(record, watched), Counts.ALWAYS
    if watched.kind is Trouble.TRAIL_BLINDED:
        # Whose trail it is, the record does not tell; no deployment of the guard changes any.
        resource = _last_name(named[0]) if named else None
    else:
        name_in = {STACK: own.stack_in, BUS: own.bus_in, SECRET: own.secret_in}.get(watched.part, own.name_in)
        resource = next(filter(None, map(name_in, named)), None)
        is_of_another = resource is None and bool(named)
        if _is_by_cloudformation(passer, watched):
            is_of_another, counts = resource is None, Counts.UNLESS_DEPLOYING
        elif watched.is_deployment and not named and outcome is Outcome.SUCCEEDED:
            counts = Counts.WHILE_DEPLOYING  # ExecuteChangeSet names the change set alone, if that is an ARN
        if is_of_another:
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
        source,
        watched.is_deployment,
        counts,
        text(record.get("eventID")) or "unknown",
        time(record.get("eventTime")),
        text(record.get("recipientAccountId")),
        text(record.get("awsRegion")),
    )


def _is_by_cloudformation(passer: Passer, watched: Watched) -> bool:
    """Whether CloudFormation made the change; one of the stack itself counts whoever makes it."""
    return passer.invoked_by == _CLOUDFORMATION and watched.part != STACK


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
