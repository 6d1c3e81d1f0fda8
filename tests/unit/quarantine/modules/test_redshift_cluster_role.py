"""What is special to Redshift: one of the roles is the default."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.redshift_cluster_role import RedshiftClusterRole
from tests.unit.quarantine.fakes.api import clients_of
from tests.unit.quarantine.fakes.redshift import RedshiftApi
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.quarantine.modules.cases.redshift_cluster_role import OTHER_ROLE, RedshiftClusterRoleCase
from tests.unit.quarantine.world import World, open_finding
from tests.unit.samples import REGION, ROLE, RecordedTopic, create_ledger_table

MODULE = RedshiftClusterRole()


class Account:
    """An account with one cluster, which has two roles; the passed one is the default."""

    def __init__(self) -> None:
        self.clients = clients_of(RedshiftApi())
        self.aws = Aws(self.clients, QUARANTINE_ROLE)
        arn = Arn.parse(RedshiftClusterRoleCase().make(self.clients, ROLE))
        assert arn is not None
        self.arn = arn
        self.prior = self.look()

    def client(self, service: str, region: str = REGION) -> Any:
        make: Any = boto3.client
        return self.clients(service, region) if service == "redshift" else make(service, region_name=region)

    def look(self) -> Any:
        return MODULE.describe(self.aws, self.arn)

    def contain(self, role: str) -> None:
        MODULE.contain(self.aws, self.arn, self.look(), role)

    def release(self) -> None:
        MODULE.release(self.aws, self.arn, self.prior)


@pytest.fixture
def account(aws: None) -> Account:
    return Account()


def test_a_role_that_is_being_removed_is_held_no_more(account: Account) -> None:
    account.contain(ROLE)

    cluster = account.clients("redshift").describe_clusters(ClusterIdentifier="orders")["Clusters"][0]
    assert {r["IamRoleArn"]: r["ApplyStatus"] for r in cluster["IamRoles"]}[ROLE] == "removing"
    assert account.look()["roles"] == [OTHER_ROLE]


def test_only_the_role_of_the_finding_goes_and_the_default_stays(account: Account) -> None:
    account.contain(OTHER_ROLE)

    assert (account.look()["roles"], account.look()["default"]) == ([ROLE], ROLE)
    account.release()
    assert account.look() == account.prior


def test_all_roles_and_the_default_are_given_back(account: Account) -> None:
    account.contain(ROLE)
    account.contain(OTHER_ROLE)
    assert (account.look()["roles"], account.look()["default"]) == ([], None)
    assert MODULE.gives_back(account.prior) == (ROLE, OTHER_ROLE)

    account.release()

    assert account.look() == account.prior
    assert MODULE.puts_back(account.prior)[-1] == f"default role: {ROLE}"


def test_a_default_that_others_set_meanwhile_is_left(account: Account) -> None:
    account.contain(ROLE)
    RedshiftClusterRoleCase().meddle(account.clients, str(account.arn))

    with pytest.raises(CannotRestoreError, match=f"the default role is {OTHER_ROLE}"):
        account.release()

    assert account.look()["default"] == OTHER_ROLE


def test_a_cluster_that_is_paused_refuses(account: Account) -> None:
    account.clients("redshift").pause_cluster(ClusterIdentifier="orders")

    with pytest.raises(ClientError, match="InvalidClusterState"):
        account.contain(ROLE)


def test_a_role_that_came_after_the_containment_is_given_back_too(
    account: Account, topic: RecordedTopic
) -> None:
    # Given a cluster that is contained for one role, and for another that it got since
    iam = boto3.client("iam")
    iam.create_role(RoleName="deployer", Path="/dev/", AssumeRolePolicyDocument="{}")
    late = iam.create_role(RoleName="late", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    world, case = World(topic, new_client=account.client), RedshiftClusterRoleCase()
    create_ledger_table(world.client("dynamodb"))
    findings = [
        open_finding(world.ledger(), case.finding(str(account.arn), role, f"AROA{n}"))
        for n, role in enumerate((ROLE, late))
    ]
    world.clock.go_on(minutes=2)
    world.container().contain(findings[0].id, "one")
    account.clients("redshift").describe_clusters(ClusterIdentifier="orders")  # the removal ends
    account.clients("redshift").modify_cluster_iam_roles(ClusterIdentifier="orders", AddIamRoles=[late])
    world.container().contain(findings[1].id, "two")
    assert late not in account.look()["roles"]

    # When both are released
    releaser = world.releaser()
    for finding in findings:
        releaser.release(releaser.plan(finding.id), who="sam", why="fine")

    # Then it has both again
    assert account.look()["roles"] == sorted([*account.prior["roles"], late])
    assert account.look()["default"] == ROLE
