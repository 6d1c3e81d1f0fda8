"""What is special to associated roles: there are several, each for a feature, and they go slowly."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.rds_roles import RdsRoles
from tests.unit.quarantine.fakes.api import clients_of
from tests.unit.quarantine.fakes.rds import RdsApi
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE, Case
from tests.unit.quarantine.modules.cases.rds_cluster_role import OTHER_ROLE, RdsClusterRoleCase, add
from tests.unit.quarantine.modules.cases.rds_instance_role import RdsInstanceRoleCase
from tests.unit.quarantine.world import World, open_finding
from tests.unit.samples import REGION, ROLE, RecordedTopic, create_ledger_table


class Account:
    """An account with one database, which has two roles."""

    def __init__(self, case: Case) -> None:
        assert isinstance(case.module, RdsRoles)
        self.case, self.module, self.api = case, case.module, RdsApi()
        self.clients = clients_of(self.api)
        self.aws = Aws(self.clients, QUARANTINE_ROLE)
        arn = Arn.parse(case.make(self.clients, ROLE))
        assert arn is not None
        self.arn = arn
        self.prior = self.look()

    def client(self, service: str, region: str = REGION) -> Any:
        make: Any = boto3.client
        return self.clients(service, region) if service == "rds" else make(service, region_name=region)

    def look(self) -> Any:
        return self.module.describe(self.aws, self.arn)

    def contain(self) -> None:
        self.module.contain(self.aws, self.arn, self.look(), ROLE)

    def is_contained(self) -> bool:
        return self.module.is_contained(self.aws, self.look(), ROLE)


@pytest.fixture(params=[RdsInstanceRoleCase(), RdsClusterRoleCase()], ids=["instance", "cluster"])
def account(request: pytest.FixtureRequest, aws: None) -> Account:
    return Account(request.param)


def test_only_the_role_of_the_finding_goes(account: Account) -> None:
    account.contain()

    assert [held["role"] for held in account.look()["roles"]] == [OTHER_ROLE]
    assert not account.module.is_contained(account.aws, account.look(), OTHER_ROLE)


def test_a_role_that_is_listed_still_counts_as_associated(account: Account) -> None:
    account.api.removal_shows = 2
    account.contain()
    assert not account.is_contained()

    account.contain()  # RDS knows of no such role any more

    assert account.is_contained()


def test_all_roles_are_given_back(account: Account) -> None:
    for role in (ROLE, OTHER_ROLE):
        account.module.contain(account.aws, account.arn, account.look(), role)
    assert account.look()["roles"] == []
    assert account.module.gives_back(account.prior) == (ROLE, OTHER_ROLE)

    account.module.release(account.aws, account.arn, account.prior)

    assert account.look() == account.prior


def test_a_feature_that_another_role_serves_now_is_not_taken_back(account: Account) -> None:
    account.contain()
    account.case.meddle(account.clients, str(account.arn))

    with pytest.raises(CannotRestoreError, match=f"{OTHER_ROLE}-2 is associated"):
        account.module.release(account.aws, account.arn, account.prior)

    assert account.is_contained()


def test_roles_that_are_for_no_feature_do_not_stand_in_each_others_way(aws: None) -> None:
    account = Account(RdsClusterRoleCase())
    account.module.contain(account.aws, account.arn, account.look(), OTHER_ROLE)
    add(account.clients, f"{OTHER_ROLE}-2")

    account.module.release(account.aws, account.arn, account.prior)

    assert account.module.is_released(account.look(), account.prior)
    assert f"{OTHER_ROLE}-2" in [held["role"] for held in account.look()["roles"]]


def test_the_feature_is_told(account: Account) -> None:
    feature = account.prior["roles"][0]["feature"]

    assert account.module.puts_back(account.prior)[0] == f"associated role: {ROLE} for {feature}"


def test_an_instance_that_is_stopped_refuses(aws: None) -> None:
    account = Account(RdsInstanceRoleCase())
    account.clients("rds").stop_db_instance(DBInstanceIdentifier="orders")

    with pytest.raises(ClientError, match="InvalidDBInstanceState"):
        account.contain()


def test_a_role_that_came_after_the_containment_is_given_back_too(
    account: Account, topic: RecordedTopic
) -> None:
    # Given a database that is contained for one role, and for another that it got since
    iam = boto3.client("iam")
    iam.create_role(RoleName="deployer", Path="/dev/", AssumeRolePolicyDocument="{}")
    late = iam.create_role(RoleName="late", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    world = World(topic, new_client=account.client)
    create_ledger_table(world.client("dynamodb"))
    findings = [
        open_finding(world.ledger(), account.case.finding(str(account.arn), role, f"AROA{n}"))
        for n, role in enumerate((ROLE, late))
    ]
    world.clock.go_on(minutes=2)
    world.container().contain(findings[0].id, "one")
    held = {"role": late, "feature": "CloudWatch"}
    account.module.give(account.clients("rds"), "orders", {"RoleArn": late, "FeatureName": "CloudWatch"})
    world.container().contain(findings[1].id, "two")
    assert held not in account.look()["roles"]

    # When both are released
    releaser = world.releaser()
    for finding in findings:
        releaser.release(releaser.plan(finding.id), who="sam", why="fine")

    # Then it has both again
    assert account.module.holds(account.look(), ROLE)
    assert held in account.look()["roles"]
