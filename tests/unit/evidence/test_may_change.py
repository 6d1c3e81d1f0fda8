"""Which evidence is worth reading again: not where the record itself never tells."""

from collections.abc import Mapping
from typing import Any

import pytest

from passrole.evidence import Unknown
from passrole.evidence.resolve import gather
from passrole.evidence.snapshot import NoIam
from passrole.passes import Pass, PassedRole, Referral, RoleKind
from tests.unit.evidence.passes import (
    PROFILES,
    ROLES,
    pass_of_arn,
    pass_of_name,
    pass_of_profile,
    pass_of_text,
)
from tests.unit.samples import FrozenClock, pass_of

ROLE = f"{ROLES}/app/orders"
PROFILE = f"{PROFILES}/web"
EARLIER, AFTERWARDS = "2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
THROTTLED = Unknown("iam:GetRole failed: Throttling", failed=True)


class Answers(NoIam):
    """What IAM answers about one role and one instance profile."""

    def __init__(
        self, role: Mapping[str, Any] | Unknown = THROTTLED, profile: Mapping[str, Any] | Unknown = THROTTLED
    ) -> None:
        super().__init__()
        self._role, self._profile = role, profile

    def role(self, name: str) -> Mapping[str, Any] | Unknown:
        return self._role

    def instance_profile(self, name: str) -> Mapping[str, Any] | Unknown:
        return self._profile


def role_of(**fields: Any) -> dict[str, Any]:
    given = {
        "Arn": ROLE,
        "RoleName": "orders",
        "Path": "/app/",
        "RoleId": "AROAEXAMPLE",
        "AssumeRolePolicyDocument": {},
        "CreateDate": EARLIER,
    }
    return given | fields


def referred(**fields: Any) -> Pass:
    referral = {"to": "launch template", "id": "lt-1", "member": "iamInstanceProfile"}
    return pass_of(role=PassedRole(None, None, None, None), referral=Referral(**referral | fields))


def may_change(source: Answers, pass_: Pass) -> bool:
    return gather(source, pass_, FrozenClock()).may_change


@pytest.mark.parametrize(
    ("source", "pass_"),
    [
        (Answers(), pass_of_arn(ROLE)),
        (Answers(), pass_of_name("orders")),
        (Answers(role_of(Arn=f"{ROLES}/other/orders")), pass_of_arn(ROLE)),
        (Answers(), pass_of_profile("web")),
        (Answers(profile={"Arn": f"{PROFILES}/x/web", "Roles": []}), pass_of_profile(PROFILE)),
        (Answers(profile={"Arn": PROFILE, "Roles": []}), pass_of_profile(PROFILE)),
        (Answers(profile={"Arn": PROFILE, "Roles": [{"Arn": ROLE}]}), pass_of_profile(PROFILE)),
        (Answers(), referred(unread="ec2:DescribeLaunchTemplateVersions failed: RequestLimitExceeded")),
    ],
    ids=[
        "no answer on a role",
        "no answer on a role's name",
        "another ARN: a reader that lags sees the role that was deleted",
        "no answer on a profile",
        "another profile of that name",
        "a profile that is still empty",
        "no answer on the role in a profile",
        "a reference that was not read",
    ],
)
def test_what_iam_did_not_tell_may_be_told_later(source: Answers, pass_: Pass) -> None:
    assert may_change(source, pass_)


@pytest.mark.parametrize(
    ("source", "pass_"),
    [
        (Answers(role_of()), pass_of_arn(ROLE)),
        (Answers(role_of(CreateDate=AFTERWARDS)), pass_of_arn(ROLE, event_time=EARLIER)),
        (Answers(role_of()), pass_of_arn(ROLE, event_time=None)),
        (Answers(), pass_of_arn("arn:aws:iam::444455556666:role/x")),
        (Answers(role_of(Arn="arn:aws:iam::444455556666:role/orders")), pass_of_name("orders")),
        (Answers(), pass_of_profile("arn:aws:iam::444455556666:instance-profile/web")),
        (
            Answers(profile={"Arn": PROFILE, "Roles": [], "CreateDate": AFTERWARDS}),
            pass_of_profile(PROFILE, event_time=EARLIER),
        ),
        (Answers(), pass_of_text("not a role", RoleKind.OPAQUE)),
        (Answers(), pass_of_text(None, None)),
        (Answers(), referred(member=None)),
        (Answers(), referred(unread="the launch template is of another account", lasting=True)),
    ],
    ids=[
        "all is known",
        "a role that was made anew",
        "a record without a time",
        "a role of another account",
        "a role by a name of another account",
        "a profile of another account",
        "a profile that was made anew",
        "a text that names no role",
        "a role that the record does not show",
        "a reference that no API tells",
        "a reference to another account",
    ],
)
def test_what_the_record_never_tells_is_not_read_again(source: Answers, pass_: Pass) -> None:
    assert not may_change(source, pass_)
