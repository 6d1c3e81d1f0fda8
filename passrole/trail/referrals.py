"""References in a request that bring roles in without naming them: a launch template, a task definition …"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from passrole.catalogue import Call, Reference, Where
from passrole.catalogue.references import REFERRED, ReferredRole
from passrole.passes import Referral
from passrole.trail.paths import member_of, values_at
from passrole.trail.roles import NOT_SHOWN, Found
from passrole.trail.values import text

_TEMPLATE_ID = re.compile(r"lt-[0-9a-f]+")
_MAX_ID = 2048  # characters; the longest ARN of AWS


def roles_by_reference(record: dict[str, Any], call: Call, found: Iterable[Found]) -> Iterator[Found]:
    """Places of roles that what the request refers to can bring in, beside those found in the record."""
    shown = {one.place for one in found} | _answered(record, call)
    seen: set[tuple[str, str | None, str | None, str]] = set()
    for reference in call.references:
        for at, value in values_at(record.get(Where.REQUEST.member), reference.path):
            id_, version = _id_of(value)
            for role in _roles_of(reference):
                # A role that the call names overrides that of the one thing it refers to; in a list of things
                # it may be for another one.
                known = (reference.to, id_, version, role.member)
                if known in seen or (role.place in shown and "[" not in reference.path):
                    continue
                seen.add(known)
                yield Found(
                    f"{Where.REQUEST.member}.{at}#{role.member}",
                    NOT_SHOWN,
                    role.place,
                    role.services,
                    referral=Referral(reference.to, id_, version, role.member),
                )
            if not _roles_of(reference):
                yield Found(
                    f"{Where.REQUEST.member}.{at}",
                    NOT_SHOWN,
                    "role",
                    (),
                    referral=Referral(reference.to, id_),
                )


def _roles_of(reference: Reference) -> tuple[ReferredRole, ...]:
    return REFERRED.get(reference.to, ())


def _answered(record: dict[str, Any], call: Call) -> set[str]:
    """The places that the response tells about, whether it shows a role there or none.

    CloudTrail leaves out a response that is too large, as of a call that starts many instances.
    """
    response = record.get(Where.RESPONSE.member)
    if not isinstance(response, dict) or not response or response.get("omitted") is True:
        return set()
    return {place.place for place in call.roles if place.where is Where.RESPONSE}


def _id_of(value: Any) -> tuple[str | None, str | None]:
    """The id or name of what is referred to, and its version."""
    if not isinstance(value, dict):
        return _short(value), None
    version = member_of(value, "version")
    if type(version) is int:
        version = str(version)
    id_, name = (_short(member_of(value, member)) for member in ("launchTemplateId", "launchTemplateName"))
    if id_ is None and name and _TEMPLATE_ID.fullmatch(name):
        # It would be taken for the id of another template.
        return None, _short(version)
    return id_ or name, _short(version)


def _short(value: Any) -> str | None:
    told = text(value)
    return told if told and len(told) <= _MAX_ID else None
