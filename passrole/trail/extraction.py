"""A CloudTrail record -> the passes in it, by the rows of the catalogue. Pure, and raises on no input."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from passrole.catalogue import Call, Catalogue, Decision, RolePlace, Where, load_catalogue
from passrole.catalogue.model import When
from passrole.passes import Coverage, Direction, Outcome, Pass, PassedRole, RoleKind
from passrole.trail.denial import DeniedRole, denied_role, outcome_of
from passrole.trail.passer import passer_of
from passrole.trail.paths import values_at
from passrole.trail.referrals import roles_by_reference
from passrole.trail.resource import resources_of
from passrole.trail.roles import NOT_SHOWN, Found, named_role, roles_named
from passrole.trail.uncatalogued import roles_in_unknown
from passrole.trail.values import text, time

_MAX_PATH = 320  # characters; the longest of a real call has half of them, and keys of a ledger 2,048 bytes
_KEPT_PATH = 256
OMITTED = "omitted"
"""What a request holds in place of all else where CloudTrail leaves it out: it was too large."""
_TELLING = ("eventTime", "eventSource", "eventName", "awsRegion", "requestID", "sourceIPAddress")


def passes_of(
    record: Any, catalogue: Catalogue | None = None, *, include_unseen: bool = False
) -> tuple[Pass, ...]:
    """The passes that one CloudTrail record tells of; none if it is no record of a call that passes a role.

    ``record`` is the record itself, as in a log file or in the ``detail`` of an EventBridge envelope. With
    ``include_unseen``, roles that the record does not show count, too: those that come by a reference, those
    of calls whose role is never visible, and those of calls that need a role and show no request at all.
    """
    if not isinstance(record, dict):
        return ()
    source, name = text(record.get("eventSource")), text(record.get("eventName"))
    if source is None or name is None:
        return ()
    call = (catalogue or load_catalogue()).call_of(source, name)
    found = _roles_in(record, call) if call else tuple(roles_in_unknown(record, source))
    if not found and (denied := denied_role(record)):
        found = (_from_message(denied, call),)
    elif call:
        found += tuple(_unseen_in(record, call, found, include_unseen))
    return _passes(record, source, name, call, found) if found else ()


def _roles_in(record: dict[str, Any], call: Call) -> tuple[Found, ...]:
    """Roles of the request; those of the response only where the request names none."""
    if call.decision is not Decision.COVERED:
        return ()
    if requested := _in(record, call, Where.REQUEST):
        return tuple({found.path: found for found in requested}.values())
    # One role, however many resources of the answer show it.
    shown: dict[str | None, Found] = {}
    for found in _in(record, call, Where.RESPONSE):
        shown.setdefault(found.role.value, found)
    return tuple(shown.values())


def _in(record: dict[str, Any], call: Call, where: Where) -> list[Found]:
    member = where.member
    part = record.get(member)
    if not part:
        return []
    return [
        found
        for place in call.roles
        if place.where is where and place.direction is not Direction.REMOVES
        for found in _at(part, member, place)
    ]


def _at(part: Any, member: str, place: RolePlace) -> Sequence[Found]:
    if place.when and not _holds(place.when, part):
        return ()
    for spelling in place.paths:
        found = [
            Found(_path(member, at), role, place.place, place.services, place.direction)
            for path, value in values_at(part, spelling)
            for at, role in roles_named(path, value, place.kind)
        ]
        if found:
            return found
    return ()


def _holds(when: When, request: Any) -> bool:
    told = (value for _, value in values_at(request, when.path))
    return any(isinstance(value, str) and fnmatchcase(value, when.like) for value in told)


def _path(member: str, at: str) -> str:
    """Where a role stands. Keys of maps may be of any length, and the path is part of the pass's identity."""
    path = f"{member}.{at}"
    if len(path) <= _MAX_PATH:
        return path
    return f"{path[:_KEPT_PATH]}…{hashlib.sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _from_message(denied: DeniedRole, call: Call | None) -> Found:
    """The role of a denied call whose request the record leaves out."""
    role = named_role(denied.value, RoleKind.ROLE_ARN) if denied.value else NOT_SHOWN
    return _somewhere("errorMessage", role, call)


def _unseen_in(
    record: dict[str, Any], call: Call, found: tuple[Found, ...], include_unseen: bool
) -> Iterator[Found]:
    """Roles that may have been passed: what cannot be seen is not taken for absent."""
    if include_unseen and call.references:
        referred = tuple(roles_by_reference(record, call, found))
        yield from referred
        found += referred
    if not found and _hides_role(record, call, include_unseen):
        yield _somewhere("requestParameters", NOT_SHOWN, call)


def _hides_role(record: dict[str, Any], call: Call, include_unseen: bool) -> bool:
    """Whether the call was done, and the record does not show what it was asked, or never shows the role."""
    is_visible = call.decision is not Decision.NOT_VISIBLE
    if (is_visible and not call.passes_roles) or outcome_of(record) is not Outcome.SUCCEEDED:
        return False
    request = record.get("requestParameters")
    if not is_visible:
        return include_unseen and (not call.references or not isinstance(request, dict))
    if isinstance(request, dict):
        return request.get(OMITTED) is True
    return include_unseen and not call.absent


def _somewhere(path: str, role: PassedRole, call: Call | None) -> Found:
    """A role at the place that the call has for one, if it has one only."""
    places = call.roles if call else ()
    names = {place.place for place in places}
    services = {service: None for place in places for service in place.services}
    place = names.pop() if len(names) == 1 else "role"
    return Found(path, role, place, tuple(services), Direction.PASSES)


def _passes(
    record: dict[str, Any], source: str, name: str, call: Call | None, found: tuple[Found, ...]
) -> tuple[Pass, ...]:
    passer = passer_of(record)
    account = text(record.get("recipientAccountId")) or passer.account
    event_id = text(record.get("eventID")) or _derived_id(record)
    event_time = time(record.get("eventTime"))
    region = text(record.get("awsRegion"))
    outcome = outcome_of(record)
    error_code = text(record.get("errorCode"))
    place = call.resource if call else None
    resources = resources_of(record, place, account) if place else ()
    return tuple(
        Pass(
            event_id=event_id,
            event_time=event_time,
            event_source=source,
            event_name=name,
            account=account,
            region=region,
            outcome=outcome,
            role=one.role,
            path=one.path,
            place=one.place,
            services=one.services,
            resources=resources,
            resource_type=place.type if place else None,
            passer=passer,
            error_code=error_code,
            direction=one.direction,
            action=call.action if call else f"{source.partition('.')[0]}:{name}",
            coverage=_coverage(call, one),
            referral=one.referral,
        )
        for one in found
    )


def _coverage(call: Call | None, found: Found) -> Coverage:
    if found.path == "errorMessage":
        return Coverage.COVERED
    if call is None:
        return Coverage.UNCATALOGUED
    if call.decision is Decision.NOT_VISIBLE or (found.referral and found.referral.member is None):
        return Coverage.NOT_VISIBLE
    return Coverage.COVERED


def _derived_id(record: dict[str, Any]) -> str:
    """An identity for a record without one: equal records stay one event."""
    try:
        canonical = json.dumps(record, sort_keys=True, default=str)
    except (RecursionError, ValueError):
        # Nested too deeply to be written down: what tells calls apart lies at the top.
        told = {name: text(record.get(name)) for name in _TELLING}
        canonical = json.dumps(told)
    return "sha256-" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]
