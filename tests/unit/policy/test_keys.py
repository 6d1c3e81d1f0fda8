"""AWS's keys: what a record does not tell is unknown, and not absent."""

from dataclasses import replace

import pytest

from passrole.evidence import ABSENT, Known, Unknown
from passrole.language import fold
from passrole.passes import Passer
from passrole.policy.context import PassContext
from tests.unit.policy.builders import ACCOUNT, LAMBDA, a_pass, a_role

ROLE = f"arn:aws:iam::{ACCOUNT}:role/dev"
SESSION = Passer(type="AssumedRole", role_arn=ROLE, mfa=False, session_began="2026-07-01T09:00:00Z")
USER = Passer(type="IAMUser", name="ann")
SERVICE = Passer(type="AWSService", invoked_by="autoscaling.amazonaws.com")


def fact(key: str, passer: Passer) -> object:
    pass_ = replace(a_pass(), passer=passer)
    return PassContext(pass_, a_role(), Known(LAMBDA)).fact(fold(key))


@pytest.mark.parametrize(
    ("key", "passer", "expected"),
    [
        ("aws:MultiFactorAuthPresent", SESSION, Known("false")),
        ("aws:MultiFactorAuthPresent", USER, ABSENT),
        ("aws:TokenIssueTime", SESSION, Known("2026-07-01T09:00:00Z")),
        ("aws:TokenIssueTime", USER, ABSENT),
        ("aws:username", USER, Known("ann")),
        ("aws:username", SESSION, ABSENT),
        ("aws:ViaAWSService", SERVICE, Known("false")),
        ("aws:CalledVia", SERVICE, ABSENT),
        ("aws:CalledViaFirst", SERVICE, ABSENT),
        ("aws:CalledViaLast", SERVICE, ABSENT),
        ("aws:ViaAWSService", replace(USER, invoked_by="cloudformation.amazonaws.com"), Known("true")),
    ],
)
def test_what_the_record_tells(key: str, passer: Passer, expected: object) -> None:
    assert fact(key, passer) == expected


@pytest.mark.parametrize(
    ("key", "passer"),
    [
        ("aws:MultiFactorAuthPresent", replace(SESSION, mfa=None)),
        ("aws:MultiFactorAuthPresent", Passer()),
        ("aws:TokenIssueTime", replace(SESSION, session_began=None)),
        ("aws:TokenIssueTime", Passer()),
        ("aws:username", Passer()),
        ("aws:username", Passer(type="Unknown")),
        ("aws:PrincipalIsAWSService", Passer()),
    ],
)
def test_what_the_record_does_not_tell_is_unknown(key: str, passer: Passer) -> None:
    assert isinstance(fact(key, passer), Unknown)
