"""Passes of one role each, for tests of evidence."""

from passrole.evidence import Evidence, Unknown
from passrole.passes import Pass, PassedRole, RoleKind
from tests.unit.samples import pass_of

ACCOUNT = "111122223333"
ROLES = f"arn:aws:iam::{ACCOUNT}:role"
PROFILES = f"arn:aws:iam::{ACCOUNT}:instance-profile"
LATER = "2099-01-01T00:00:00Z"


def pass_of_arn(arn: str, event_time: str | None = LATER, account: str | None = ACCOUNT) -> Pass:
    role = PassedRole(arn, RoleKind.ROLE_ARN, arn, arn.rpartition("/")[2])
    return pass_of(role=role, event_time=event_time, account=account)


def pass_of_name(name: str, event_time: str | None = LATER, account: str | None = ACCOUNT) -> Pass:
    role = PassedRole(name, RoleKind.ROLE_NAME, None, name)
    return pass_of(role=role, event_time=event_time, account=account)


def pass_of_profile(value: str, event_time: str | None = LATER, account: str | None = ACCOUNT) -> Pass:
    kind = RoleKind.INSTANCE_PROFILE_ARN if value.startswith("arn:") else RoleKind.INSTANCE_PROFILE_NAME
    return pass_of(role=PassedRole(value, kind, None, None), event_time=event_time, account=account)


def pass_of_text(value: str | None, kind: RoleKind | None) -> Pass:
    """A pass whose record's text names nothing, or is not shown."""
    return pass_of(role=PassedRole(value, kind, None, None), event_time=LATER)


def reason(evidence: Evidence, fact: str = "tags") -> str:
    """Why a fact is unknown."""
    unknown = getattr(evidence, fact)
    assert isinstance(unknown, Unknown), f"{fact} is {unknown}"
    return unknown.reason
