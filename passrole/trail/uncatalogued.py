"""Roles in calls that the catalogue does not know: AWS makes new ones."""

from collections.abc import Iterator
from typing import Any

from passrole.arn import parse_role_arn
from passrole.catalogue import Where
from passrole.catalogue.rules import ROLE_MEMBERS
from passrole.passes import RoleKind
from passrole.trail.paths import either_case
from passrole.trail.roles import Found, named_role

ROLE_MEMBER_SPELLINGS = frozenset(spelling for name in ROLE_MEMBERS for spelling in (name, either_case(name)))
"""How CloudTrail may write the names of members that hold a role."""
NO_PASSES = ("iam.amazonaws.com", "sts.amazonaws.com")


def roles_in_unknown(record: dict[str, Any], source: str) -> Iterator[Found]:
    """Role ARNs in members named like a role.

    Calls of IAM manage roles and those of STS assume them; calls that only read pass none.
    """
    request = record.get("requestParameters")
    if not isinstance(request, dict) or ROLE_MEMBER_SPELLINGS.isdisjoint(request):
        return
    if source in NO_PASSES or record.get("readOnly") is True:
        return
    for member in sorted(ROLE_MEMBER_SPELLINGS.intersection(request)):
        if parse_role_arn(request[member]):
            role = named_role(request[member], RoleKind.ROLE_ARN)
            yield Found(f"{Where.REQUEST.member}.{member}", role, "role", ())
