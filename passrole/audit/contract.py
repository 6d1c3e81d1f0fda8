"""Rows as others know passes: the contract of ``passrole check --json`` and ``extract --json``."""

from collections.abc import Mapping
from typing import Any

from passrole.passes import PassedRole, RoleKind
from passrole.trail.roles import named_role

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
