"""Rows as lines of JSON, and lines of JSON as others know them: the contract of ``passrole check --json``."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from passrole.audit.row import Row
from passrole.passes import PassedRole, RoleKind
from passrole.trail.roles import named_role

# No real pass comes near this; the store takes no longer rows than twice that.
_LONGEST_ROW = 4 << 20  # bytes
_LONGEST_TEXT, _LONGEST_LIST = 1_000, 100
_HALVES = re.compile("[\ud800-\udfff]")
_encoder = msgspec.json.Encoder()
_BEFORE_ROLE = (
    *("event_id", "event_time", "event_source", "event_name", "action"),
    *("account", "region", "outcome", "error_code"),
)
_OF_RESOURCE = ("place", "services", "resource", "resources", "resource_type")
_OF_VERDICT = ("verdict", "severity", "response", "reasons", "policy_hash")
_OF_PASSER = {
    "type": "passer_type",
    "arn": "passer_arn",
    "role_arn": "passer_role_arn",
    "account": "passer_account",
    "principal_id": "passer_id",
    "name": "passer_name",
    "source_identity": "source_identity",
    "on_behalf_of": "on_behalf_of",
    "access_key_id": "access_key_id",
    "source_ip": "source_ip",
    "user_agent": "user_agent",
    "invoked_by": "invoked_by",
    "vpc_endpoint": "vpc_endpoint",
    "mfa": "mfa",
    "session_began": "session_began",
}


def line_of(row: Row) -> bytes:
    """A row as a line of JSON, with its identity.

    In place of halves of characters, which no UTF-8 text can hold, stands the character for that, U+FFFD.

    Of a row that is longer than any real one, long texts and lists are cut, and end in an ellipsis.
    """
    line = _encoded(row)
    identity = blake2b(line, digest_size=16).hexdigest()
    if len(line) > _LONGEST_ROW:
        line = _encoded(_cut(row))
    return b'{"identity":"%b",%b\n' % (identity.encode(), line[1:])


def contract_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The pass of a row, with what a policy said of it if one was asked.

    Roles that come by a reference are no passes of an audit, nor is what sweeps find.
    """
    told = {name: row[name] for name in _BEFORE_ROLE} | {"role": _role_of(row).to_json()}
    told |= {name: row[name] for name in ("path", "direction", "coverage")} | {"referral": None}
    told |= {name: row[name] for name in _OF_RESOURCE}
    told["passer"] = {member: row[name] for member, name in _OF_PASSER.items()}
    return told | {name: row[name] for name in _OF_VERDICT} if row["verdict"] else told


def _role_of(row: Mapping[str, Any]) -> PassedRole:
    value, kind = row["role_value"], row["role_kind"]
    if value and kind:
        return named_role(value, RoleKind(kind))
    return PassedRole(None, RoleKind(kind) if kind else None, None, None)


def _encoded(row: Row) -> bytes:
    try:
        return _encoder.encode(row)
    except UnicodeEncodeError:  # half of a character
        return _encoder.encode(_whole(row))


def _whole(value: Any) -> Any:
    match value:
        case str():
            return _HALVES.sub("\ufffd", value)
        case list() | tuple():
            return [*map(_whole, value)]
        case dict():
            return {_whole(key): _whole(each) for key, each in value.items()}
    return value


def _cut(value: Any) -> Any:
    match value:
        case str() if len(value) > _LONGEST_TEXT:
            return f"{value[:_LONGEST_TEXT]}…"
        case list() | tuple():
            more = ["…"] if len(value) > _LONGEST_LIST else []
            return [*map(_cut, value[:_LONGEST_LIST]), *more]
        case dict():
            return {_cut(key): _cut(each) for key, each in value.items()}
    return value
