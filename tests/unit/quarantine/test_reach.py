"""Containment beyond the resource: revoked credentials, and what may do nothing, or pass nothing."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from passrole.arn import Arn
from passrole.finding import Change, Finding, State
from passrole.passes import Passer
from passrole.quarantine.module import Aws
from passrole.quarantine.modules.inline_deny import RoleScope
from passrole.quarantine.people import NotDoneError
from passrole.quarantine.release import Releaser
from passrole.quarantine.revocation import policy_name, restore
from tests.unit.quarantine.world import (
    CONTAIN,
    QUARANTINE_ROLE,
    World,
    function_finding,
    instance_finding,
    make_function,
    make_instance,
    make_role,
    open_finding,
    profile_of,
)
from tests.unit.samples import ACCOUNT, FUNCTION, evidence_of, finding_of, pass_of, verdict_of

EVERY_DEV_ROLE = ("arn:*:iam::*:role/dev/*",)
EVERY_USER = ("arn:*:iam::*:user/*",)


@pytest.fixture
def role(world: World) -> str:
    return make_role("deployer")


def contain(world: World, finding: Finding, **rules: Any) -> Finding:
    after = world.container(**rules).contain(finding.id, "one")
    assert after is not None
    return after


def release(world: World, finding: Finding, **how: Any) -> Finding:
    releaser = world.releaser()
    return releaser.release(releaser.plan(finding.id), who="sam", why="fine", **how)


def inline_policies(role: str) -> dict[str, Any]:
    """What denies, on a role: the statement by the policy's name."""
    iam, name = boto3.client("iam"), role.rpartition("/")[2]
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    documents = {n: iam.get_role_policy(RoleName=name, PolicyName=n)["PolicyDocument"] for n in names}
    return {n: document["Statement"][0] for n, document in documents.items()}


def instance_of(world: World, role: str) -> Finding:
    iam_id = boto3.client("iam").get_role(RoleName=role.rpartition("/")[2])["Role"]["RoleId"]
    return instance_finding(world.ledger(), make_instance("deployer-profile"), role, iam_id)


def test_the_credentials_of_one_instance_are_revoked_and_given_back(world: World, role: str) -> None:
    finding = instance_of(world, role)
    instance = (finding.resource or "").rpartition("/")[2]

    contained = contain(world, finding, revoke_credentials=("ec2-instance",))

    [statement] = inline_policies(role).values()
    assert (statement["Effect"], statement["Action"], statement["Resource"]) == ("Deny", "*", "*")
    assert statement["Condition"] == {"StringEquals": {"aws:userid": f"{finding.role_id}:{instance}"}}
    assert "its credentials were revoked" in world.ledger().history(contained.id)[-1].why
    plan = world.releaser().plan(finding.id)
    arn = Arn.parse(finding.resource)
    assert arn is not None
    assert f"{role}: inline policy {policy_name(arn)} taken away" in plan.puts_back

    release(world, finding)

    assert inline_policies(role) == {}


def test_the_credentials_of_one_function_are_revoked(world: World, role: str) -> None:
    finding = function_finding(world.ledger(), make_function(role), role)

    contain(world, finding, revoke_credentials=("lambda-function",))

    [statement] = inline_policies(role).values()
    assert statement["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": finding.resource}}


def test_nothing_is_revoked_unless_the_policy_says_so(world: World, role: str) -> None:
    contain(world, instance_of(world, role), revoke_credentials=("lambda-function",))

    assert inline_policies(role) == {}


def test_a_resource_that_is_left_as_it_is_still_loses_the_guards_denial(world: World, role: str) -> None:
    finding = instance_of(world, role)
    contain(world, finding, revoke_credentials=("ec2-instance",))

    release(world, finding, as_is=True)

    assert profile_of(finding.resource or "") is None
    assert inline_policies(role) == {}


def test_a_role_that_the_policy_names_may_do_nothing_until_the_release(world: World, role: str) -> None:
    finding = instance_of(world, role)

    contained = contain(world, finding, role_scope=EVERY_DEV_ROLE)

    assert contained.state is State.CONTAINED
    assert profile_of(finding.resource or "") is None, "the resource is contained besides"
    [statement] = inline_policies(role).values()
    assert (statement["Effect"], statement["Action"]) == ("Deny", "*")
    assert "Condition" not in statement
    release(world, finding)
    assert inline_policies(role) == {}
    assert profile_of(finding.resource or "") is not None


def other_user_of(world: World, role: str) -> None:
    """The ledger knows of another resource that got the role."""
    pass_ = pass_of(event_id="99999999-1111-4111-8111-111111111111", resources=(f"{FUNCTION}-2",))
    assert world.ledger().record_pass(
        pass_, verdict_of(), evidence_of(arn=role), (), "2026-11-22T11:00:00.000Z"
    )


def test_a_role_that_others_use_is_left_and_that_is_said(world: World, role: str) -> None:
    other_user_of(world, role)
    finding = instance_of(world, role)

    contained = contain(world, finding, role_scope=EVERY_DEV_ROLE)

    assert contained.state is State.CONTAINED
    assert inline_policies(role) == {}
    why = world.ledger().history(finding.id)[-1].why
    assert f"role-scope was left out: {FUNCTION}-2 uses the role, too" in why


def test_the_policy_may_name_a_role_that_others_use(world: World, role: str) -> None:
    other_user_of(world, role)

    contain(world, instance_of(world, role), role_scope=EVERY_DEV_ROLE, shared_role_scope=(role,))

    assert len(inline_policies(role)) == 1


def test_a_resource_without_a_reversible_act_is_stopped_by_its_role(world: World, role: str) -> None:
    pass_ = pass_of(resource_type="glue:crawler", place="role", services=("glue.amazonaws.com",))
    finding = open_finding(world.ledger(), finding_of(pass_, arn=role))

    assert contain(world, finding, role_scope=EVERY_DEV_ROLE).state is State.CONTAINED

    assert len(inline_policies(role)) == 1


def test_a_passer_that_the_policy_names_passes_no_role_any_more(world: World, role: str) -> None:
    boto3.client("iam").create_user(UserName="dana")
    finding = instance_of(world, role)

    contain(world, finding, passer_scope=EVERY_USER)

    iam = boto3.client("iam")
    [name] = iam.list_user_policies(UserName="dana")["PolicyNames"]
    document = iam.get_user_policy(UserName="dana", PolicyName=name)["PolicyDocument"]
    assert [(s["Effect"], s["Action"]) for s in document["Statement"]] == [("Deny", "iam:PassRole")]
    release(world, finding)
    assert iam.list_user_policies(UserName="dana")["PolicyNames"] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_Dev_1a2b"),
        ("/aws-service-role/x.amazonaws.com/", "AWSServiceRoleForX"),
    ],
)
def test_a_principal_that_cannot_be_changed_is_left_and_that_is_said(
    world: World, role: str, path: str, name: str
) -> None:
    arn = boto3.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument="{}")["Role"][
        "Arn"
    ]
    passer = Passer(type="AssumedRole", arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/dana", role_arn=arn)
    found = instance_of(world, role)
    finding = replace(found, passer=passer)
    before = world.ledger().finding(found.id)
    assert world.ledger().record_change(Change(finding, None, before))

    contained = contain(world, finding, passer_scope=("arn:*:iam::*:role/*",))

    assert contained.state is State.CONTAINED
    assert "cannot be changed: it belongs to AWS" in world.ledger().history(finding.id)[-1].why
    assert boto3.client("iam").list_role_policies(RoleName=name)["PolicyNames"] == []


def test_the_guards_own_roles_are_never_denied_anything(world: World, role: str) -> None:
    finding = instance_of(world, role)
    before = inline_policies(role)

    after = world.container(own=frozenset({role}), role_scope=EVERY_DEV_ROLE).contain(finding.id, "one")

    assert after is not None
    assert inline_policies(role) == before
    assert profile_of(finding.resource or "") is None, "who got a role of the guard is contained all the same"
    assert f"{role} is the guardrail's own" in world.ledger().history(finding.id)[-1].why


def test_a_denial_that_was_changed_stops_the_release(world: World, role: str) -> None:
    finding = instance_of(world, role)
    contain(world, finding, role_scope=EVERY_DEV_ROLE)
    other = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    boto3.client("iam").put_role_policy(
        RoleName="deployer", PolicyName="passrole-guardrail-role-scope", PolicyDocument=json.dumps(other)
    )

    with pytest.raises(NotDoneError, match="was changed"):
        release(world, finding)
    assert profile_of(finding.resource or "") is None, "nothing is put back by halves"


def test_a_passer_that_is_protected_does_not_protect_what_it_made(world: World, role: str) -> None:
    boto3.client("iam").create_user(UserName="dana")
    finding = instance_of(world, role)

    after = contain(world, finding, passer_scope=EVERY_USER, protected=EVERY_USER)

    assert after.state is State.CONTAINED
    assert profile_of(finding.resource or "") is None
    assert boto3.client("iam").list_user_policies(UserName="dana")["PolicyNames"] == []
    assert "passer-scope was left out: the policy protects" in world.ledger().history(finding.id)[-1].why


def test_an_inline_policy_of_others_under_the_guards_name_is_left(world: World, role: str) -> None:
    """It could not be given back, so nobody could release the finding."""
    finding = instance_of(world, role)
    other = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    boto3.client("iam").put_role_policy(
        RoleName="deployer", PolicyName="passrole-guardrail-role-scope", PolicyDocument=json.dumps(other)
    )
    before = inline_policies(role)

    contained = contain(world, finding, role_scope=EVERY_DEV_ROLE)

    assert contained.state is State.CONTAINED
    assert "role-scope was left out" in world.ledger().history(finding.id)[-1].why
    assert inline_policies(role) == before
    assert release(world, finding).state is State.RELEASED
    assert inline_policies(role) == before


def test_what_was_revoked_for_a_resource_that_is_gone_is_taken_away_by_a_release(
    world: World, role: str
) -> None:
    """Else a function that is made anew under the name would be denied everything for ever."""
    finding = function_finding(world.ledger(), make_function(role), role)
    contain(world, finding, revoke_credentials=("lambda-function",))
    boto3.client("lambda").delete_function(FunctionName="orders")
    world.clock.go_on(minutes=11)

    resolved = contain(world, finding, revoke_credentials=("lambda-function",))

    assert resolved.state is State.RESOLVED
    assert "stays until its release" in world.ledger().history(finding.id)[-1].why
    assert len(inline_policies(role)) == 1
    release(world, finding)
    assert inline_policies(role) == {}
    with pytest.raises(NotDoneError, match="nothing to release"):
        world.releaser().plan(finding.id)


def test_a_role_of_the_same_name_in_another_path_is_not_denied_anything(world: World, role: str) -> None:
    finding = instance_of(world, role)
    iam = boto3.client("iam")
    iam.remove_role_from_instance_profile(InstanceProfileName="deployer-profile", RoleName="deployer")
    iam.delete_role(RoleName="deployer")
    iam.create_role(RoleName="deployer", Path="/other/", AssumeRolePolicyDocument="{}")

    assert RoleScope().describe(world.aws, Arn("aws", "iam", "", ACCOUNT, "role/dev/deployer")) is None
    assert finding.role == role


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")],
)
def test_iam_is_reached_in_the_roles_own_partition(world: World, partition: str, region: str) -> None:
    regions = []

    def clients(_: str, asked: str) -> Any:
        regions.append(asked)
        return world.client("iam")

    aws, role = Aws(clients, QUARANTINE_ROLE), f"arn:{partition}:iam::{ACCOUNT}:role/none"
    arn = Arn.parse(role)
    assert arn is not None

    RoleScope().describe(aws, arn)
    restore(aws, arn, role)
    Releaser(world.ledger(), world.topic, aws, CONTAIN)._role_id(role)

    assert set(regions) == {region}
