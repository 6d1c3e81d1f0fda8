"""A member's value -> the roles that it names: by ARN, by name, by instance profile, or inside a text."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from passrole.arn import (
    is_instance_profile_name,
    is_role_name,
    parse_instance_profile_arn,
    parse_role_arn,
    role_name_in,
)
from passrole.passes import Direction, PassedRole, Referral, RoleKind
from passrole.trail.values import is_redacted

# A tuple: the hash of an enum's member takes longer than to compare it with three.
_PROFILE_KINDS = (
    RoleKind.INSTANCE_PROFILE_ARN,
    RoleKind.INSTANCE_PROFILE_NAME,
    RoleKind.INSTANCE_PROFILE_ARN_OR_NAME,
)
# Role ARNs inside a text of another language (OpenAPI, a state machine, YAML): whole ones, no templates or
# patterns of them. Commas and a dot at the end are the text's, unless quotes are around.
_ARN_OF_ROLE = r"arn:aws[a-z-]*:iam::[0-9]{12}:role/"
_WRITTEN = re.compile(
    rf"""(?<=["']){_ARN_OF_ROLE}[A-Za-z0-9_+=,.@/-]++(?=\\*["'])"""
    rf"|{_ARN_OF_ROLE}(?:\.*[A-Za-z0-9_+=@/-])++(?![*?${{%]|<(?!/))"
)
# Longer than any ARN of IAM: a failed call's record may hold far more, and no ledger would take it.
_MAX_ROLE = 2048

NOT_SHOWN = PassedRole(None, None, None, None)


@dataclass(slots=True)
class Found:
    """A role that was found in a record, or a place in it that brings one in.

    Attributes:
        path: where it stands in the record.
        place: what the role is to the resource.
    """

    path: str
    role: PassedRole
    place: str
    services: tuple[str, ...]
    direction: Direction = Direction.PASSES
    referral: Referral | None = None


def roles_named(path: str, value: Any, kind: RoleKind) -> Sequence[tuple[str, PassedRole]]:
    """The roles that a member names, with paths: one, or any number inside a text."""
    if kind is RoleKind.OPAQUE:
        written = dict.fromkeys(filter(parse_role_arn, _WRITTEN.findall(_written(value))))
        # The text has one path in the record; its further roles need identities of their own.
        return [
            (f"{path}#{number}" if number else path, named_role(arn, RoleKind.ROLE_ARN))
            for number, arn in enumerate(written)
        ]
    return ((path, named_role(value, kind)),) if isinstance(value, str) and value else ()


def named_role(value: str, kind: RoleKind) -> PassedRole:
    """The role that a text names; a text that names none keeps its value and tells nothing more."""
    if is_redacted(value) or len(value) > _MAX_ROLE:
        return PassedRole(None, kind, None, None)
    if kind in _PROFILE_KINDS:
        return _instance_profile(value)
    if name := role_name_in(value):
        return PassedRole(value, RoleKind.ROLE_ARN, value, name)
    if kind is not RoleKind.ROLE_ARN and is_role_name(value):
        return PassedRole(value, RoleKind.ROLE_NAME, None, value)
    return PassedRole(value, kind, None, None)


def _instance_profile(value: str) -> PassedRole:
    if parse_instance_profile_arn(value):
        return PassedRole(value, RoleKind.INSTANCE_PROFILE_ARN, None, None)
    if is_instance_profile_name(value):
        return PassedRole(value, RoleKind.INSTANCE_PROFILE_NAME, None, None)
    return PassedRole(value, RoleKind.INSTANCE_PROFILE_ARN_OR_NAME, None, None)


def _written(value: Any) -> str:
    """A document as text, whether the record holds it as text or unfolded."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, default=str)
    except (RecursionError, ValueError):
        return ""
