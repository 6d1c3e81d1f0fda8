"""Roles of RDS DB instances, in a fake."""

from typing import Any

from passrole.quarantine.modules.rds_instance_role import RdsInstanceRole
from tests.unit.quarantine.fakes.api import FakeApi
from tests.unit.quarantine.fakes.rds import RdsApi
from tests.unit.quarantine.modules.case import Case, Clients

OTHER_ROLE = "arn:aws:iam::111122223333:role/exports"


class RdsInstanceRoleCase(Case):
    module = RdsInstanceRole()
    place = "associated role"
    event = ("rds.amazonaws.com", "AddRoleToDBInstance")
    faked = ("rds",)
    denied_act = "remove_role_from_db_instance"

    def fake(self, service: str) -> FakeApi:
        return RdsApi()

    def make(self, clients: Clients, role: str) -> str:
        rds = clients("rds")
        arn: str = rds.create_db_instance(
            DBInstanceIdentifier="orders", DBInstanceClass="db.t4g.medium", Engine="postgres"
        )["DBInstance"]["DBInstanceArn"]
        add(clients, role, "s3Import")
        add(clients, OTHER_ROLE, "s3Export")
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        return sorted((role["FeatureName"], role["RoleArn"]) for role in _roles(clients))

    def works(self, clients: Clients, arn: str) -> bool:
        return "s3Import" in [role["FeatureName"] for role in _roles(clients)]

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        rds, held = clients("rds"), {r["FeatureName"]: r["RoleArn"] for r in _roles(clients)}
        rds.remove_role_from_db_instance(
            DBInstanceIdentifier="orders", RoleArn=held["s3Import"], FeatureName="s3Import"
        )
        add(clients, role, "s3Import")

    def meddle(self, clients: Clients, arn: str) -> None:
        add(clients, f"{OTHER_ROLE}-2", "s3Import")

    def remove(self, clients: Clients, arn: str) -> None:
        clients("rds").delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)


def add(clients: Clients, role: str, feature: str) -> None:
    clients("rds").add_role_to_db_instance(DBInstanceIdentifier="orders", RoleArn=role, FeatureName=feature)


def _roles(clients: Clients) -> Any:
    instances = clients("rds").describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"]
    return instances[0]["AssociatedRoles"]
