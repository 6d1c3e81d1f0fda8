"""What a policy's keys ask of IAM, and the rights for it."""

import pytest

from passrole.evidence.grants import grants_for
from passrole.evidence.wanted import Wanted

READ_USER = {"iam:GetUser"}
READ_POLICIES = {
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
}


@pytest.mark.parametrize(
    ("keys", "wanted", "actions"),
    [
        ((), Wanted(), READ_POLICIES),
        (("role:tag/a", "role:dayssincelastuse", "aws:principalarn"), Wanted(), READ_POLICIES),
        (("role:administrator",), Wanted(administrator=True), READ_POLICIES),
        (("aws:principaltag/team",), Wanted(passer_tags=True), READ_POLICIES | READ_USER),
        (("aws:principaltag/a/b", "role:administrator"), Wanted(True, True), READ_POLICIES | READ_USER),
        (("role:tag/aws:principaltag/x", "role:administrators"), Wanted(), READ_POLICIES),
    ],
)
def test_only_what_a_condition_names_is_wanted_and_granted_beside_what_findings_need(
    keys: tuple[str, ...], wanted: Wanted, actions: set[str]
) -> None:
    assert Wanted.of(keys) == wanted
    assert {action for grant in grants_for(wanted) for action in grant.actions} == actions
