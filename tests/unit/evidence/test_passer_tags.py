"""The tags of the passer, as live IAM tells them; unknown where the session may have tags of its own."""

from datetime import timedelta
from typing import Any

import pytest

from passrole.evidence import NOT_ASKED, Evidence, Fact, Known, Unknown
from passrole.evidence.iam import LiveIam
from passrole.evidence.wanted import Wanted
from passrole.passes import Passer
from tests.unit.evidence.account import Account, pass_by
from tests.unit.evidence.passes import ACCOUNT, ROLES, reason

WANTED = Wanted(passer_tags=True)
TAGS = [{"Key": "team", "Value": "orders"}]
DANA = Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/people/dana", account=ACCOUNT, name="dana")
PIPELINE = Passer(
    type="AssumedRole",
    arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/build-7",
    role_arn=f"{ROLES}/ci/pipeline",
    account=ACCOUNT,
    name="build-7",
)


@pytest.fixture
def dana(account: Account) -> str:
    """Dana's unique id."""
    return str(account.iam.create_user(UserName="dana", Path="/people/", Tags=TAGS)["User"]["UserId"])


@pytest.fixture
def pipeline(account: Account) -> str:
    """The unique id of a role without sessions of tags."""
    return account.make_role("pipeline", "/ci/", Tags=TAGS)


def read(account: Account, passer: Passer, **how: Any) -> Evidence:
    account.calls.clear()
    return LiveIam(account.iam, wanted=WANTED).evidence(pass_by(passer, **how))


def tags(account: Account, passer: Passer, **how: Any) -> Fact[Any]:
    return read(account, passer, **how).passer_tags


def but(passer: Passer, **fields: Any) -> Passer:
    return Passer(**passer.to_json() | fields)


def test_they_are_not_asked_for_unless_wanted(account: Account, dana: str) -> None:
    account.calls.clear()
    assert LiveIam(account.iam).evidence(pass_by(DANA)).passer_tags is NOT_ASKED
    assert account.calls == ["GetRole"]


def test_a_user_has_its_own(account: Account, dana: str) -> None:
    assert tags(account, DANA) == Known({"team": "orders"})
    assert account.calls == ["GetRole", "GetUser"]
    assert tags(account, but(DANA, principal_id=dana)) == Known({"team": "orders"})


def test_a_session_has_those_of_its_role(account: Account, pipeline: str) -> None:
    assert tags(account, PIPELINE) == Known({"team": "orders"})
    assert account.calls == ["GetRole", "GetRole"]
    assert tags(account, but(PIPELINE, principal_id=f"{pipeline}:build-7")) == Known({"team": "orders"})


def test_a_call_that_a_service_made_for_somebody_has_the_tags_of_that_somebody(
    account: Account, pipeline: str
) -> None:
    passer = but(PIPELINE, invoked_by="cloudformation.amazonaws.com")
    assert tags(account, passer) == Known({"team": "orders"})


@pytest.mark.parametrize("action", ["sts:TagSession", ["sts:AssumeRole", "sts:tag*"], "sts:*", "*"])
def test_where_the_trust_policy_lets_sessions_have_tags_they_are_unknown(
    account: Account, action: Any
) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": action}
    account.make_role("pipeline", "/ci/", trust={"Statement": statement}, Tags=TAGS)
    assert tags(account, PIPELINE) == Unknown(
        "the session may carry tags of its own: the trust policy of its role allows sts:TagSession",
        lasting=True,
    )


def test_a_passer_that_is_the_passed_role_is_read_once(account: Account, pipeline: str) -> None:
    assert tags(account, PIPELINE, role=f"{ROLES}/ci/pipeline") == Known({"team": "orders"})
    assert account.calls == ["GetRole"]


def test_the_root_user_has_none(account: Account) -> None:
    root = Passer(type="Root", arn=f"arn:aws:iam::{ACCOUNT}:root", account=ACCOUNT)
    assert tags(account, root) == Known({})
    assert account.calls == ["GetRole"]


@pytest.mark.parametrize(
    ("passer", "why"),
    [
        (Passer(), "the record does not tell a passer whose tags could be read"),
        (but(DANA, type="Unknown"), "the record does not tell a passer whose tags could be read"),
        (Passer(type="AWSService"), "an AWS service made the call, and the record does not tell as whom"),
        (but(DANA, type="FederatedUser"), "the session may carry tags of its own: it is a federated user's"),
        (
            but(DANA, type="WebIdentityUser"),
            "the session may carry tags of its own: it is a federated user's",
        ),
        (but(DANA, account="444455556666"), "the passer is of another account"),
        (but(DANA, account=None), "the passer is of another account"),
        (but(PIPELINE, account="444455556666"), "the passer is of another account"),
        (but(DANA, arn=None), "the record does not tell the user"),
        (but(DANA, arn="arn:aws:iam::111122223333:user/*"), "the record does not tell the user"),
        (but(PIPELINE, role_arn=None), "the record does not tell the role behind the session"),
    ],
)
def test_who_is_not_of_this_account_or_not_told_is_not_looked_up(
    account: Account, passer: Passer, why: str
) -> None:
    assert tags(account, passer) == Unknown(why, lasting=True)
    assert account.calls == ["GetRole"]


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling"])
def test_a_refusal_leaves_them_unknown_and_the_role_known(account: Account, dana: str, code: str) -> None:
    account.refusals["GetUser"] = code
    evidence = read(account, DANA)
    assert evidence.passer_tags == Unknown(f"of the passer's user: iam:GetUser failed: {code}", failed=True)
    assert evidence.tags == Known({})
    assert evidence.may_change


def test_a_passer_who_is_gone_is_unknown(account: Account) -> None:
    assert tags(account, DANA) == Unknown(
        "of the passer's user: the user does not exist in IAM now", gone=True
    )
    assert tags(account, PIPELINE) == Unknown(
        "of the passer's role: the role does not exist in IAM now", gone=True
    )


def test_a_passer_who_was_made_anew_since_is_somebody_else(
    account: Account, dana: str, pipeline: str
) -> None:
    """Whoever may make roles could delete the one that passed, and make it anew with better tags."""
    for passer, what in ((DANA, "user"), (PIPELINE, "role")):
        anew = Unknown(f"the passer's {what} was made anew after the pass", lasting=True)
        assert tags(account, but(passer, principal_id="AROAEXAMPLEOTHER:x")) == anew
        assert tags(account, passer, event_time="2020-01-01T00:00:00Z") == anew


def test_a_passer_of_the_same_name_under_another_path_is_somebody_else(
    account: Account, dana: str, pipeline: str
) -> None:
    moved = but(DANA, arn=f"arn:aws:iam::{ACCOUNT}:user/dana")
    assert tags(account, moved) == Unknown("the passer's user has another ARN now")
    assert tags(account, but(PIPELINE, role_arn=f"{ROLES}/pipeline")) == Unknown(
        "the passer's role has another ARN now"
    )


def test_a_trust_policy_that_cannot_be_read_leaves_them_unknown(account: Account, pipeline: str) -> None:
    role = account.iam.get_role(RoleName="pipeline")["Role"]
    account.answers["GetRole"] = {"Role": role | {"AssumeRolePolicyDocument": "no%20document"}}
    told = reason(read(account, PIPELINE), "passer_tags")
    assert told == "the session may carry tags of its own: the trust policy of its role is no JSON document"


def test_the_tags_of_the_passer_are_read_where_the_role_is_not(account: Account, dana: str) -> None:
    account.refusals["GetRole"] = "AccessDenied"
    evidence = read(account, DANA)
    assert reason(evidence) == "iam:GetRole failed: AccessDenied"
    assert evidence.passer_tags == Known({"team": "orders"})


def test_a_passer_made_in_the_second_of_the_pass_is_the_passer(account: Account, dana: str) -> None:
    created = account.iam.get_user(UserName="dana")["User"]["CreateDate"]
    at = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    before = (created - timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert isinstance(tags(account, DANA, event_time=at), Known)
    assert isinstance(tags(account, DANA, event_time=before), Unknown)
