"""A CloudTrail record -> the passes in it, by the rows of the catalogue. Pure, and raises on no input."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from passrole.arn import is_instance_profile_name, is_role_name, parse_instance_profile_arn, parse_role_arn
from passrole.catalogue import Call, Catalogue, Decision, RolePlace, Where, load_catalogue
from passrole.catalogue.model import When
from passrole.catalogue.rules import ROLE_MEMBERS
from passrole.passes import Direction, Outcome, Pass, PassedRole, RoleKind
from passrole.trail.denial import DeniedRole, denied_role, outcome_of
from passrole.trail.passer import passer_of
from passrole.trail.paths import either_case, values_at
from passrole.trail.resource import resources_of
from passrole.trail.values import is_redacted, text, time

_PROFILE_KINDS = {
    RoleKind.INSTANCE_PROFILE_ARN,
    RoleKind.INSTANCE_PROFILE_NAME,
    RoleKind.INSTANCE_PROFILE_ARN_OR_NAME,
}
_ROLE_MEMBERS = frozenset(spelling for name in ROLE_MEMBERS for spelling in (name, either_case(name)))
_NO_PASSES = ("iam.amazonaws.com", "sts.amazonaws.com")
# Role ARNs inside a text of another language (OpenAPI, a state machine, YAML): whole ones, no templates or
# patterns of them. Commas and a dot at the end are the text's, unless quotes are around.
_ARN_OF_ROLE = r"arn:aws[a-z-]*:iam::[0-9]{12}:role/"
_WRITTEN = re.compile(
    rf"""(?<=["']){_ARN_OF_ROLE}[A-Za-z0-9_+=,.@/-]++(?=\\*["'])"""
    rf"|{_ARN_OF_ROLE}(?:\.*[A-Za-z0-9_+=@/-])++(?![*?${{%]|<(?!/))"
)
# Longer than any ARN of IAM: a failed call's record may hold far more, and no ledger would take it.
_MAX_ROLE = 2048
_MAX_PATH = 320  # characters; the longest of a real call has half of them, and keys of a ledger 2,048 bytes
_KEPT_PATH = 256
_NOT_SHOWN = PassedRole(None, None, None, None)
_TELLING = ("eventTime", "eventSource", "eventName", "awsRegion", "requestID", "sourceIPAddress")


@dataclass(frozen=True, slots=True)
class _Found:
    """A role that was found in a record."""

    path: str
    role: PassedRole
    place: str
    services: tuple[str, ...]
    direction: Direction


def passes_of(
    record: Any, catalogue: Catalogue | None = None, *, include_unseen: bool = False
) -> tuple[Pass, ...]:
    """The passes that one CloudTrail record tells of; none if it is no record of a call that passes a role.

    ``record`` is the record itself, as in a log file or in the ``detail`` of an EventBridge envelope. With
    ``include_unseen``, a call that was done and shows no request at all, though it needs a role, counts as a
    pass of a role that is not visible.
    """
    if not isinstance(record, dict):
        return ()
    source, name = text(record.get("eventSource")), text(record.get("eventName"))
    if source is None or name is None:
        return ()
    call = (catalogue or load_catalogue()).call_of(source, name)
    found = tuple(_roles_in(record, call) if call else _roles_in_unknown(record, source))
    if not found and (denied := denied_role(record)):
        found = (_from_message(denied, call),)
    elif not found and call and call.passes_roles and _hides_role(record, call, include_unseen):
        found = (_unseen(call),)
    return tuple(_pass(record, source, name, call, f) for f in found)


def _roles_in(record: dict[str, Any], call: Call) -> Iterator[_Found]:
    """Roles of the request; those of the response only where the request names none."""
    if call.decision is not Decision.COVERED:
        return
    given = [place for place in call.roles if place.direction is not Direction.REMOVES]
    requested = {f.path: f for place in given if place.where is Where.REQUEST for f in _at(record, place)}
    yield from requested.values()
    if not requested:
        # One role, however many resources of the answer show it.
        answered = [f for place in given if place.where is Where.RESPONSE for f in _at(record, place)]
        shown: dict[str | None, _Found] = {}
        for one in answered:
            shown.setdefault(one.role.value, one)
        yield from shown.values()


def _roles_in_unknown(record: dict[str, Any], source: str) -> Iterator[_Found]:
    """Role ARNs in members named like a role, of a call that the catalogue does not know: AWS makes new ones.

    Calls of IAM manage roles and those of STS assume them; calls that only read pass none.
    """
    request = record.get("requestParameters")
    if not isinstance(request, dict) or _ROLE_MEMBERS.isdisjoint(request):
        return
    if source in _NO_PASSES or record.get("readOnly") is True:
        return
    for member in sorted(_ROLE_MEMBERS.intersection(request)):
        if parse_role_arn(request[member]):
            role = _role(request[member], RoleKind.ROLE_ARN)
            yield _Found(f"{Where.REQUEST.member}.{member}", role, "role", (), Direction.PASSES)


def _at(record: dict[str, Any], place: RolePlace) -> Iterator[_Found]:
    if place.when and not _holds(place.when, record.get(place.where.member)):
        return
    for spelling in place.paths:
        found = [
            _Found(_path(place.where, at), role, place.place, place.services, place.direction)
            for path, value in values_at(record.get(place.where.member), spelling)
            for at, role in _named(path, value, place.kind)
        ]
        if found:
            yield from found
            return


def _holds(when: When, request: Any) -> bool:
    told = (value for _, value in values_at(request, when.path))
    return any(isinstance(value, str) and fnmatchcase(value, when.like) for value in told)


def _path(where: Where, at: str) -> str:
    """Where a role stands. Keys of maps may be of any length, and the path is part of the pass's identity."""
    path = f"{where.member}.{at}"
    if len(path) <= _MAX_PATH:
        return path
    return f"{path[:_KEPT_PATH]}…{hashlib.sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _named(path: str, value: Any, kind: RoleKind) -> Iterator[tuple[str, PassedRole]]:
    """The roles that a member names: one, or any number inside a text of another language."""
    if kind is RoleKind.OPAQUE:
        written = dict.fromkeys(filter(parse_role_arn, _WRITTEN.findall(_written(value))))
        for number, arn in enumerate(written):
            # The text has one path in the record; its further roles need identities of their own.
            yield f"{path}#{number}" if number else path, _role(arn, RoleKind.ROLE_ARN)
    elif isinstance(value, str) and value:
        yield path, _role(value, kind)


def _written(value: Any) -> str:
    """A document as text, whether the record holds it as text or unfolded."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, default=str)
    except (RecursionError, ValueError):
        return ""


def _role(value: str, kind: RoleKind) -> PassedRole:
    if is_redacted(value) or len(value) > _MAX_ROLE:
        return PassedRole(None, kind, None, None)
    if kind in _PROFILE_KINDS:
        return _instance_profile(value)
    if arn := parse_role_arn(value):
        return PassedRole(value, RoleKind.ROLE_ARN, value, arn.name)
    if kind is not RoleKind.ROLE_ARN and is_role_name(value):
        return PassedRole(value, RoleKind.ROLE_NAME, None, value)
    return PassedRole(value, kind, None, None)


def _instance_profile(value: str) -> PassedRole:
    if parse_instance_profile_arn(value):
        return PassedRole(value, RoleKind.INSTANCE_PROFILE_ARN, None, None)
    if is_instance_profile_name(value):
        return PassedRole(value, RoleKind.INSTANCE_PROFILE_NAME, None, None)
    return PassedRole(value, RoleKind.INSTANCE_PROFILE_ARN_OR_NAME, None, None)


def _from_message(denied: DeniedRole, call: Call | None) -> _Found:
    """The role of a denied call whose request the record leaves out."""
    role = _role(denied.value, RoleKind.ROLE_ARN) if denied.value else _NOT_SHOWN
    return _somewhere("errorMessage", role, call)


def _hides_role(record: dict[str, Any], call: Call, include_unseen: bool) -> bool:
    """Whether the call was done, and the record does not show what it was asked.

    CloudTrail leaves out requests that are too large, and says so.
    """
    if outcome_of(record) is not Outcome.SUCCEEDED:
        return False
    request = record.get("requestParameters")
    if isinstance(request, dict):
        return request.get("omitted") is True
    return include_unseen and not call.absent


def _unseen(call: Call) -> _Found:
    """A role that may have been passed: what cannot be seen is not taken for absent."""
    return _somewhere("requestParameters", _NOT_SHOWN, call)


def _somewhere(path: str, role: PassedRole, call: Call | None) -> _Found:
    """A role at the place that the call has for one, if it has one only."""
    places = call.roles if call else ()
    names = {place.place for place in places}
    services = {service: None for place in places for service in place.services}
    place = names.pop() if len(names) == 1 else "role"
    return _Found(path, role, place, tuple(services), Direction.PASSES)


def _pass(record: dict[str, Any], source: str, name: str, call: Call | None, found: _Found) -> Pass:
    passer = passer_of(record)
    account = text(record.get("recipientAccountId")) or passer.account
    return Pass(
        event_id=text(record.get("eventID")) or _derived_id(record),
        event_time=time(record.get("eventTime")),
        event_source=source,
        event_name=name,
        account=account,
        region=text(record.get("awsRegion")),
        outcome=outcome_of(record),
        role=found.role,
        path=found.path,
        place=found.place,
        services=found.services,
        resources=resources_of(record, call.resource, account) if call and call.resource else (),
        resource_type=call.resource.type if call and call.resource else None,
        passer=passer,
        error_code=text(record.get("errorCode")),
        direction=found.direction,
        catalogued=call is not None or found.path == "errorMessage",
    )


def _derived_id(record: dict[str, Any]) -> str:
    """An identity for a record without one: equal records stay one event."""
    try:
        canonical = json.dumps(record, sort_keys=True, default=str)
    except (RecursionError, ValueError):
        # Nested too deeply to be written down: what tells calls apart lies at the top.
        told = {name: text(record.get(name)) for name in _TELLING}
        canonical = json.dumps(told)
    return "sha256-" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]
