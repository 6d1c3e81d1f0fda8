"""RDS: the roles that are associated with DB instances and DB clusters.

Source: RDS's API reference (AddRoleToDBInstance, RemoveRoleFromDBInstance, DBInstanceRole, and the same of
clusters).
"""
# ruff: noqa: N803 - parameters are named as the API names them

import uuid
from typing import Any

from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.samples import ACCOUNT, NOW, REGION


class RdsApi(FakeApi):
    """RDS; a role that is being associated shows as PENDING once, one that goes `removal_shows` times."""

    service = "rds"

    def __init__(self) -> None:
        self.removal_shows = 0
        self._instances: dict[str, dict[str, Any]] = {}
        self._clusters: dict[str, dict[str, Any]] = {}
        self._going: list[dict[str, Any]] = []  # each role that is being removed, as often as it shows yet

    def create_db_instance(self, DBInstanceIdentifier: str, **settings: Any) -> dict[str, Any]:
        instance = {
            "DBInstanceIdentifier": DBInstanceIdentifier,
            "DBInstanceStatus": "available",
            "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{DBInstanceIdentifier}",
            "DbiResourceId": f"db-{uuid.uuid4().hex.upper()}",
            "InstanceCreateTime": NOW,
            "AssociatedRoles": [],
        }
        self._instances[DBInstanceIdentifier] = instance | settings
        return {"DBInstance": self._instances[DBInstanceIdentifier]}

    def create_db_cluster(self, DBClusterIdentifier: str, **settings: Any) -> dict[str, Any]:
        cluster = {
            "DBClusterIdentifier": DBClusterIdentifier,
            "Status": "available",
            "DBClusterArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:{DBClusterIdentifier}",
            "DbClusterResourceId": f"cluster-{uuid.uuid4().hex.upper()}",
            "ClusterCreateTime": NOW,
            "AssociatedRoles": [],
        }
        self._clusters[DBClusterIdentifier] = cluster | settings
        return {"DBCluster": self._clusters[DBClusterIdentifier]}

    def stop_db_instance(self, DBInstanceIdentifier: str) -> dict[str, Any]:
        self._instance(DBInstanceIdentifier)["DBInstanceStatus"] = "stopped"
        return {"DBInstance": self._instance(DBInstanceIdentifier)}

    def delete_db_instance(self, DBInstanceIdentifier: str, **_: Any) -> dict[str, Any]:
        self._instance(DBInstanceIdentifier)
        return {"DBInstance": self._instances.pop(DBInstanceIdentifier)}

    def delete_db_cluster(self, DBClusterIdentifier: str, **_: Any) -> dict[str, Any]:
        self._cluster(DBClusterIdentifier)
        return {"DBCluster": self._clusters.pop(DBClusterIdentifier)}

    def describe_db_instances(self, DBInstanceIdentifier: str) -> dict[str, Any]:
        instance = self._instance(DBInstanceIdentifier)
        return {"DBInstances": [instance | {"AssociatedRoles": self._look(instance)}]}

    def describe_db_clusters(self, DBClusterIdentifier: str) -> dict[str, Any]:
        cluster = self._cluster(DBClusterIdentifier)
        return {"DBClusters": [cluster | {"AssociatedRoles": self._look(cluster)}]}

    def add_role_to_db_instance(
        self,
        DBInstanceIdentifier: str,
        RoleArn: str,
        FeatureName: str,
    ) -> None:
        instance = self._available_instance(DBInstanceIdentifier)
        for role in instance["AssociatedRoles"]:
            if RoleArn == role["RoleArn"] or FeatureName == role["FeatureName"]:
                raise RefusedError(
                    "DBInstanceRoleAlreadyExists", f"{RoleArn} or {FeatureName} is associated."
                )
        _associate(instance, RoleArn, FeatureName)

    def add_role_to_db_cluster(
        self,
        DBClusterIdentifier: str,
        RoleArn: str,
        FeatureName: str = "",
    ) -> None:
        cluster = self._available_cluster(DBClusterIdentifier)
        if RoleArn in [role["RoleArn"] for role in cluster["AssociatedRoles"]]:
            raise RefusedError("DBClusterRoleAlreadyExists", f"{RoleArn} is associated.")
        _associate(cluster, RoleArn, FeatureName)

    def remove_role_from_db_instance(
        self,
        DBInstanceIdentifier: str,
        RoleArn: str,
        FeatureName: str,
    ) -> None:
        instance = self._available_instance(DBInstanceIdentifier)
        self._remove(instance, RoleArn, FeatureName, "DBInstanceRoleNotFound")

    def remove_role_from_db_cluster(
        self,
        DBClusterIdentifier: str,
        RoleArn: str,
        FeatureName: str = "",
    ) -> None:
        cluster = self._available_cluster(DBClusterIdentifier)
        self._remove(cluster, RoleArn, FeatureName, "DBClusterRoleNotFound")

    def _instance(self, name: str) -> dict[str, Any]:
        if name not in self._instances:
            raise RefusedError("DBInstanceNotFound", f"DBInstance {name} not found.")
        return self._instances[name]

    def _cluster(self, name: str) -> dict[str, Any]:
        if name not in self._clusters:
            raise RefusedError("DBClusterNotFoundFault", f"DBCluster {name} not found.")
        return self._clusters[name]

    def _available_instance(self, name: str) -> dict[str, Any]:
        instance = self._instance(name)
        if instance["DBInstanceStatus"] != "available":
            raise RefusedError("InvalidDBInstanceState", f"{name} is {instance['DBInstanceStatus']}.")
        return instance

    def _available_cluster(self, name: str) -> dict[str, Any]:
        cluster = self._cluster(name)
        if cluster["Status"] != "available":
            raise RefusedError("InvalidDBClusterStateFault", f"{name} is {cluster['Status']}.")
        return cluster

    def _remove(self, database: dict[str, Any], role: str, feature: str, missing: str) -> None:
        wanted = [
            r
            for r in database["AssociatedRoles"]
            if (r["RoleArn"], r.get("FeatureName", "")) == (role, feature) and r not in self._going
        ]
        if not wanted:
            raise RefusedError(missing, f"{role} is not associated for the feature {feature!r}.")
        wanted[0]["Status"] = "PENDING"
        self._going += [wanted[0]] * self.removal_shows
        if not self.removal_shows:
            database["AssociatedRoles"].remove(wanted[0])

    def _look(self, database: dict[str, Any]) -> list[dict[str, Any]]:
        """The roles as they show now; after that, time goes on."""
        roles = [dict(role) for role in database["AssociatedRoles"]]
        for role in list(database["AssociatedRoles"]):
            if role not in self._going:
                role["Status"] = "ACTIVE"
                continue
            self._going.remove(role)
            if role not in self._going:
                database["AssociatedRoles"].remove(role)
        return roles


def _associate(database: dict[str, Any], role: str, feature: str) -> None:
    named = {"FeatureName": feature} if feature else {}
    database["AssociatedRoles"].append({"RoleArn": role, "Status": "PENDING"} | named)
