"""A CloudTrail record -> the passes in it, by the rows of the catalogue. Pure, and raises on no input."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from passrole.arn import is_instance_profile_name, is_role_name, parse_instance_profile_arn, parse_role_arn
from passrole.catalogue import Call, Catalogue, RolePlace, Where, load_catalogue
from passrole.passes import Outcome, Pass, PassedRole, RoleKind
from passrole.trail.denial import DeniedRole, denied_role, outcome_of
from passrole.trail.passer import passer_of
from passrole.trail.paths import values_at
from passrole.trail.resource import resources_of
from passrole.trail.values import is_redacted, text, time

_PROFILE_KINDS = {
    RoleKind.INSTANCE_PROFILE_ARN,
    RoleKind.INSTANCE_PROFILE_NAME,
    RoleKind.INSTANCE_PROFILE_ARN_OR_NAME,
}
_MAX_ROLE = (
    2048  # the longest ARN of IAM; a failed call's record may hold far more, and no ledger would take it
)
_NOT_SHOWN = PassedRole(None, None, None, None)
_TELLING = ("eventTime", "eventSource", "eventName", "awsRegion", "requestID", "sourceIPAddress")


@dataclass(frozen=True, slots=True)
class _Found:
    """A role that was found in a record."""

    path: str
    role: PassedRole
    place: str
    services: tuple[str, ...]


def passes_of(record: Any, catalogue: Catalogue | None = None) -> tuple[Pass, ...]:
    """The passes that one CloudTrail record tells of; none if it is no record of a call that passes a role.

    ``record`` is the record itself, as in a log file or in the ``detail`` of an EventBridge envelope.
    """
    if not isinstance(record, dict):
        return ()
    source, name = text(record.get("eventSource")), text(record.get("eventName"))
    if source is None or name is None:
        return ()
    call = (catalogue or load_catalogue()).call_of(source, name)
    denied = denied_role(record)
    if call is None and denied is None:
        return ()
    found = tuple(_roles_in(record, call)) if call else ()
    if not found and denied:
        found = (_from_message(denied, call),)
    elif not found and call and _hides_request(record):
        found = (_unseen(call),)
    return tuple(_pass(record, source, name, call, f) for f in found)


def _roles_in(record: dict[str, Any], call: Call) -> Iterator[_Found]:
    """Roles of the request; those of the response only where the request names none."""
    requested = [f for place in call.roles if place.where is Where.REQUEST for f in _at(record, place)]
    yield from requested
    if not requested:
        # One role, however many resources of the answer show it.
        answered = [f for place in call.roles if place.where is Where.RESPONSE for f in _at(record, place)]
        yield from {f.role.value: f for f in reversed(answered)}.values()


def _at(record: dict[str, Any], place: RolePlace) -> Iterator[_Found]:
    for spelling in place.paths:
        found = [
            _Found(f"{place.where.member}.{path}", _role(value, place.kind), place.place, place.services)
            for path, value in values_at(record.get(place.where.member), spelling)
            if isinstance(value, str) and value
        ]
        if found:
            yield from found
            return


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


def _hides_request(record: dict[str, Any]) -> bool:
    """Whether the call was done and its request cannot be read: CloudTrail leaves out what is too large."""
    request = record.get("requestParameters")
    is_hidden = not isinstance(request, dict) or request.get("omitted") is True
    return is_hidden and outcome_of(record) is Outcome.SUCCEEDED


def _unseen(call: Call) -> _Found:
    """A role that may have been passed: what cannot be seen is not taken for absent."""
    return _somewhere("requestParameters", _NOT_SHOWN, call)


def _somewhere(path: str, role: PassedRole, call: Call | None) -> _Found:
    """A role at the place that the call has for one, if it has one only."""
    places = call.roles if call else ()
    names = {place.place for place in places}
    services = {service: None for place in places for service in place.services}
    return _Found(path, role, names.pop() if len(names) == 1 else "role", tuple(services))


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
        resources=resources_of(record, call.resource, account) if call else (),
        resource_type=call.resource.type if call else None,
        passer=passer,
        error_code=text(record.get("errorCode")),
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
