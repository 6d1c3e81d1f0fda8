"""Roles of RDS DB clusters, in a fake."""

from typing import Any

from passrole.quarantine.modules.rds_cluster_role import RdsClusterRole
from tests.unit.quarantine.fakes.api import FakeApi
from tests.unit.quarantine.fakes.rds import RdsApi
from tests.unit.quarantine.modules.case import Case, Clients

OTHER_ROLE = "arn:aws:iam::111122223333:role/exports"


class RdsClusterRoleCase(Case):
    module = RdsClusterRole()
    place = "associated role"
    event = ("rds.amazonaws.com", "AddRoleToDBCluster")
    faked = ("rds",)
    denied_act = "remove_role_from_db_cluster"

    def fake(self, service: str) -> FakeApi:
        return RdsApi()

    def make(self, clients: Clients, role: str) -> str:
        arn: str = clients("rds").create_db_cluster(DBClusterIdentifier="orders", Engine="aurora-postgresql")[
            "DBCluster"
        ]["DBClusterArn"]
        add(clients, role, "Lambda")
        add(clients, OTHER_ROLE)  # Aurora MySQL's are for no feature
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        return sorted((role.get("FeatureName"), role["RoleArn"]) for role in _with_feature(clients)), [
            role["RoleArn"] for role in _roles(clients) if "FeatureName" not in role
        ]

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(_with_feature(clients))

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        held = _with_feature(clients)[0]
        clients("rds").remove_role_from_db_cluster(
            DBClusterIdentifier="orders", RoleArn=held["RoleArn"], FeatureName="Lambda"
        )
        add(clients, role, "Lambda")

    def meddle(self, clients: Clients, arn: str) -> None:
        add(clients, f"{OTHER_ROLE}-2", "Lambda")

    def remove(self, clients: Clients, arn: str) -> None:
        clients("rds").delete_db_cluster(DBClusterIdentifier="orders", SkipFinalSnapshot=True)


def add(clients: Clients, role: str, feature: str | None = None) -> None:
    named = {"FeatureName": feature} if feature else {}
    clients("rds").add_role_to_db_cluster(DBClusterIdentifier="orders", RoleArn=role, **named)


def _roles(clients: Clients) -> Any:
    clusters = clients("rds").describe_db_clusters(DBClusterIdentifier="orders")["DBClusters"]
    return clusters[0]["AssociatedRoles"]


def _with_feature(clients: Clients) -> list[Any]:
    return [role for role in _roles(clients) if "FeatureName" in role]
