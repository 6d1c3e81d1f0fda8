"""The policies of AWS's texts on PassRole, pasted into guardrail.yaml: which passes each allows and denies.

After "How to use the PassRole permission with IAM roles" (AWS Security Blog) and "Grant a user permissions to
pass a role to an AWS service" (IAM User Guide).
"""

import json
from dataclasses import replace
from typing import Any

import pytest

from passrole.evidence import Evidence, Known
from passrole.passes import Pass, Passer
from passrole.policy import CompiledPolicy, Decision
from passrole.policy.load import parse_guardrail
from tests.unit.policy.builders import ACCOUNT, EC2, LAMBDA, a_pass, a_role, judge

ROLES = f"arn:aws:iam::{ACCOUNT}:role"
INSTANCE = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0123456789abcdef0"
OK, NO, OPEN = Decision.APPROVED, Decision.VIOLATION, Decision.UNDETERMINED
ALLOW_ALL = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}


def statement(effect: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "iam:PassRole", "Resource": resource, **more}


def pasted(*statements: dict[str, Any], version: str | None = "2012-10-17") -> CompiledPolicy:
    """A guardrail.yaml with the document in it, as it stands in the article."""
    document: dict[str, Any] = {"Statement": list(statements)}
    if version:
        document["Version"] = version
    text = f"version: 1\napproved: []\nstatements:\n  - {json.dumps(document)}\n"
    return parse_guardrail(text.encode()).compiled


def a_passer(arn: str = f"{ROLES}/developer", **fields: Any) -> Passer:
    return Passer(type="AssumedRole", role_arn=arn, arn=f"{arn}/dana", account=ACCOUNT, **fields)


def decide(
    policy: CompiledPolicy,
    role: str,
    *,
    passer: Passer | None = None,
    tags: dict[str, str] | None = None,
    service: str = LAMBDA,
    resource: str | None = None,
) -> Decision:
    evidence: Evidence = replace(a_role(f"{ROLES}/{role}", {}), passer_tags=Known(tags or {}))
    pass_: Pass = replace(
        a_pass((service,), value=f"{ROLES}/{role}"),
        passer=passer or a_passer(),
        resources=(resource,) if resource else (),
    )
    return judge(policy, pass_, evidence).decision


def test_one_role_by_its_arn() -> None:
    policy = pasted(statement("Allow", f"{ROLES}/application_role/web"))
    assert decide(policy, "application_role/web") is OK
    assert decide(policy, "application_role/web2") is NO
    assert decide(policy, "web") is NO


def test_roles_of_a_path() -> None:
    policy = pasted(statement("Allow", "arn:aws:iam::*:role/application_role/*"))
    assert decide(policy, "application_role/web") is OK
    assert decide(policy, "application_role/team/web") is OK
    assert decide(policy, "application_roles/web") is NO


def test_roles_by_the_beginning_of_their_name() -> None:
    policy = pasted(
        {
            "Effect": "Allow",
            "Action": ["iam:GetRole", "iam:PassRole"],
            "Resource": f"{ROLES}/EC2-roles-for-XYZ-*",
        }
    )
    assert decide(policy, "EC2-roles-for-XYZ-1") is OK
    assert decide(policy, "ec2-roles-for-xyz-1") is NO


SECURITY_TEAM = statement(
    "Deny",
    "arn:aws:iam::*:role/security_app_roles/*",
    Condition={"StringNotEquals": {"aws:PrincipalTag/team": "security"}},
)


@pytest.mark.parametrize(
    ("role", "tags", "expected"),
    [
        ("security_app_roles/scanner", {"team": "security"}, OK),
        ("security_app_roles/scanner", {"Team": "security"}, OK),
        ("security_app_roles/scanner", {"team": "Security"}, NO),
        ("security_app_roles/scanner", {"team": "web"}, NO),
        ("security_app_roles/scanner", {}, NO),
        ("application_role/web", {}, OK),
    ],
)
def test_a_control_policy_by_the_passers_tag(role: str, tags: dict[str, str], expected: Decision) -> None:
    assert decide(pasted(SECURITY_TEAM, ALLOW_ALL), role, tags=tags) is expected


def test_a_control_policy_by_the_passers_path() -> None:
    policy = pasted(
        statement(
            "Deny",
            "arn:aws:iam::*:role/security_app_roles/*",
            Condition={"ArnNotLike": {"aws:PrincipalARN": "arn:aws:iam::*:role/security_team/*"}},
        ),
        ALLOW_ALL,
    )
    role = "security_app_roles/scanner"
    assert decide(policy, role, passer=a_passer(f"{ROLES}/security_team/lead")) is OK
    assert decide(policy, role, passer=a_passer(f"{ROLES}/web_team/lead")) is NO
    assert decide(policy, "application_role/web", passer=a_passer(f"{ROLES}/web_team/lead")) is OK


def test_roles_for_one_service() -> None:
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    policy = pasted(statement("Allow", "*", Condition=to_ec2))
    assert decide(policy, "web", service=EC2) is OK
    assert decide(policy, "web", service=LAMBDA) is NO


def test_roles_for_the_resources_of_one_region_and_account() -> None:
    to_instances = {
        "StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"},
        "StringLike": {"iam:AssociatedResourceARN": f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/*"},
    }
    policy = pasted(statement("Allow", f"{ROLES}/*", Condition=to_instances))
    assert decide(policy, "web", service=EC2, resource=INSTANCE) is OK
    assert decide(policy, "web", service=EC2, resource=INSTANCE.replace("us-east-1", "eu-west-1")) is NO
    assert decide(policy, "web", service=EC2, resource=None) is OPEN


def test_service_linked_roles_of_one_team_by_their_suffix() -> None:
    path = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    policy = pasted(statement("Allow", f"arn:aws:iam::*:role/{path}_team-a*"))
    assert decide(policy, f"{path}_team-a") is OK
    assert decide(policy, f"{path}_team-b") is NO
    assert decide(policy, path) is NO


BY_TAG = statement("Allow", f"arn:aws:iam::{ACCOUNT}:role/${{aws:PrincipalTag/AllowedRolePath}}/*")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"AllowedRolePath": "web"}, OK),
        ({"AllowedRolePath": "db"}, NO),
        ({"AllowedRolePath": "*"}, NO),
        ({}, NO),
    ],
)
def test_the_path_that_the_passers_tag_names(tags: dict[str, str], expected: Decision) -> None:
    assert decide(pasted(BY_TAG), "web/api", tags=tags) is expected


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_without_the_present_version_a_variable_is_text(version: str | None) -> None:
    assert decide(pasted(BY_TAG, version=version), "web/api", tags={"AllowedRolePath": "web"}) is NO


def test_conditions_on_the_roles_tag_decide_nothing_as_in_iam() -> None:
    """IAM has no such key at PassRole: a policy that relies on it does not do what it looks like."""
    tagged = {"StringEquals": {"iam:ResourceTag/team": "web"}}
    policy = pasted(statement("Allow", "*", Condition=tagged))
    assert decide(policy, "web") is NO
    assert any(
        "write role:Tag/team" in warning
        for warning in parse_guardrail(
            b"version: 1\napproved: []\nstatements: [{Effect: Allow, Resource: '*', Condition: "
            b"{StringEquals: {'iam:ResourceTag/team': web}}}]"
        ).warnings
    )
