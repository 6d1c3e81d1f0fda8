"""What is special to Redshift: one of the roles is the default."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.redshift_cluster_role import RedshiftClusterRole
from tests.unit.quarantine.fakes.api import clients_of
from tests.unit.quarantine.fakes.redshift import RedshiftApi
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.quarantine.modules.cases.redshift_cluster_role import OTHER_ROLE, RedshiftClusterRoleCase
from tests.unit.samples import ROLE

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
