"""Whether a role is an administrator, as live IAM tells it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from passrole.evidence import NOT_ASKED, Evidence, Known, Unknown
from passrole.evidence.iam import LiveIam
from passrole.evidence.wanted import Wanted
from tests.unit.evidence.account import ADMINISTRATOR_ACCESS, EVERYTHING, LOGS, POLICIES, WORKER, Account
from tests.unit.evidence.passes import pass_of_arn, reason

WANTED = Wanted(administrator=True)
BOUNDARY = f"{POLICIES}/boundary"


def read(account: Account, **how: Any) -> Evidence:
    account.calls.clear()
    return LiveIam(account.iam, wanted=WANTED).evidence(pass_of_arn(WORKER, **how))


def test_it_is_not_asked_for_unless_wanted(account: Account) -> None:
    evidence = LiveIam(account.iam).evidence(pass_of_arn(WORKER))
    assert evidence.administrator is NOT_ASKED
    assert account.calls == ["GetRole"]


def test_a_role_without_policies_is_none(account: Account) -> None:
    assert read(account).administrator == Known(False)
    assert account.calls == ["GetRole", "ListAttachedRolePolicies", "ListRolePolicies"]


def test_all_its_policies_are_read_until_one_makes_an_administrator(account: Account) -> None:
    account.attach("a-logs", LOGS)
    account.embed("inline-logs", LOGS)
    assert read(account).administrator == Known(False)
    assert account.calls[3:] == ["GetRolePolicy", "GetPolicy", "GetPolicyVersion"]

    account.attach("b-everything", EVERYTHING)
    assert read(account).administrator == Known(True)

    account.embed("everything", EVERYTHING)
    assert read(account).administrator == Known(True)
    assert "GetPolicy" not in account.calls


def test_the_default_version_of_a_policy_counts(account: Account) -> None:
    account.attach("logs", LOGS)
    account.iam.create_policy_version(
        PolicyArn=f"{POLICIES}/logs",
        PolicyDocument=json.dumps(EVERYTHING),
        SetAsDefault=False,
    )
    assert read(account).administrator == Known(False)
    account.iam.set_default_policy_version(PolicyArn=f"{POLICIES}/logs", VersionId="v2")
    assert read(account).administrator == Known(True)


def test_administrator_access_is_not_read(account: Account) -> None:
    attached = [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR_ACCESS}]
    account.answers["ListAttachedRolePolicies"] = {"AttachedPolicies": attached, "IsTruncated": False}
    assert read(account).administrator == Known(True)
    assert account.calls == ["GetRole", "ListAttachedRolePolicies"]


def test_lists_are_read_to_their_end(account: Account) -> None:
    """IAM may cut any list short; moto cuts neither of these."""
    account.embed("everything", EVERYTHING)
    account.answers["ListRolePolicies"] = [
        {"PolicyNames": [], "IsTruncated": True, "Marker": "more"},
        {"PolicyNames": ["everything"], "IsTruncated": False},
    ]
    assert read(account).administrator == Known(True)

    attached = [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR_ACCESS}]
    account.answers["ListAttachedRolePolicies"] = [
        {"AttachedPolicies": [], "IsTruncated": True, "Marker": "more"},
        {"AttachedPolicies": attached, "IsTruncated": False},
    ]
    assert read(account).administrator == Known(True)
    assert account.calls == ["GetRole", "ListAttachedRolePolicies", "ListAttachedRolePolicies"]


def test_a_boundary_that_allows_less_takes_it_away(account: Account) -> None:
    account.embed("everything", EVERYTHING)
    account.bound(LOGS)
    assert read(account).administrator == Known(False)
    assert account.calls[-2:] == ["GetPolicy", "GetPolicyVersion"]


def test_a_boundary_that_allows_everything_takes_nothing_away(account: Account) -> None:
    account.embed("everything", EVERYTHING)
    account.bound(EVERYTHING)
    assert read(account).administrator == Known(True)


@pytest.mark.parametrize("operation", ["GetPolicy", "GetPolicyVersion"])
def test_a_boundary_that_cannot_be_read_is_left_out_of_the_judgement(
    account: Account, operation: str
) -> None:
    account.embed("everything", EVERYTHING)
    account.bound(LOGS)
    account.refusals[operation] = "AccessDenied"
    assert read(account).administrator == Known(True)


def test_a_boundary_is_not_read_for_a_role_that_its_policies_make_no_administrator(account: Account) -> None:
    account.bound(EVERYTHING)
    assert read(account).administrator == Known(False)
    assert "GetPolicy" not in account.calls


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling"])
@pytest.mark.parametrize(
    "operation",
    ["ListAttachedRolePolicies", "ListRolePolicies", "GetRolePolicy", "GetPolicy", "GetPolicyVersion"],
)
def test_a_refusal_leaves_it_unknown_with_the_reason(account: Account, operation: str, code: str) -> None:
    account.attach("logs", LOGS)
    account.embed("inline-logs", LOGS)
    account.refusals[operation] = code
    evidence = read(account)
    assert reason(evidence, "administrator") == f"iam:{operation} failed: {code}"
    assert evidence.may_change
    assert evidence.tags == Known({})


@pytest.mark.parametrize("operation", ["ListAttachedRolePolicies", "GetPolicy", "GetPolicyVersion"])
def test_what_was_read_decides_where_it_can(account: Account, operation: str) -> None:
    account.attach("logs", LOGS)
    account.embed("everything", EVERYTHING)
    account.refusals[operation] = "AccessDenied"
    assert read(account).administrator == Known(True)


def test_policies_of_a_role_that_is_gone_meanwhile_are_unknown(account: Account) -> None:
    account.refusals |= {"ListAttachedRolePolicies": "NoSuchEntity", "ListRolePolicies": "NoSuchEntity"}
    assert reason(read(account), "administrator") == "the role does not exist in IAM now"


def test_a_document_that_is_none_is_unknown(account: Account) -> None:
    account.embed("x", LOGS)
    account.answers["GetRolePolicy"] = {"PolicyDocument": "no%20document"}
    assert reason(read(account), "administrator") == "the inline policy x is no JSON document"


def test_of_a_role_that_is_not_read_nothing_is_asked(account: Account) -> None:
    for unread in (
        pass_of_arn(WORKER.replace("orders-worker", "gone")),
        pass_of_arn(WORKER.replace("111122223333", "444455556666")),
    ):
        account.calls.clear()
        evidence = LiveIam(account.iam, wanted=WANTED).evidence(unread)
        assert reason(evidence, "administrator") == reason(evidence, "last_used_at") == reason(evidence)
        assert account.calls in (["GetRole"], [])


def test_a_role_made_anew_after_the_pass_tells_nothing_of_the_one_that_was_passed(account: Account) -> None:
    account.embed("everything", EVERYTHING)
    created = account.iam.get_role(RoleName="orders-worker")["Role"]["CreateDate"]
    earlier = (created - timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    evidence = read(account, event_time=earlier)
    for fact in ("administrator", "last_used_at"):
        assert getattr(evidence, fact) == Unknown("the role was made anew after the pass", lasting=True)
    assert account.calls == ["GetRole"]
