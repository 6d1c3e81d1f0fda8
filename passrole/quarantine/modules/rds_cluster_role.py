"""Containment of a role that is associated with an RDS DB cluster: the cluster loses it."""

from typing import Any

from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role
from passrole.quarantine.modules.rds_roles import PASS_WHAT_IS_TAKEN, SERVICE, RdsRoles

_CLUSTERS = "arn:{partition}:rds:*:{account}:cluster:*"
_WHY_ANY_CLUSTER = "a violation can be in any DB cluster of the account"


class RdsClusterRole(RdsRoles):
    """A role of a DB cluster."""

    name = "rds-cluster-role"
    resource_type = "rds:cluster"
    gone = "DBClusterNotFoundFault"
    not_associated = "DBClusterRoleNotFound"
    does = "role taken from the DB cluster, which gets no new credentials of it"
    still_runs = (
        "the DB cluster runs on with its other roles; "
        "credentials that it got of this one before stay valid until they expire"
    )
    describe_grants = (
        Grant(actions=("rds:DescribeDBClusters",), resources=(_CLUSTERS,), reason=_WHY_ANY_CLUSTER),
    )
    contain_grants = (
        Grant(
            actions=("rds:RemoveRoleFromDBCluster",),
            resources=(_CLUSTERS,),
            reason=_WHY_ANY_CLUSTER,
        ),
        PASS_WHAT_IS_TAKEN,
    )
    release_grants = (
        Grant(actions=("rds:AddRoleToDBCluster",), resources=(_CLUSTERS,), reason=_WHY_ANY_CLUSTER),
        give_back_role(SERVICE),
    )

    def look(self, rds: Any, name: str) -> tuple[str | None, list[Any]]:
        cluster = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
        return cluster.get("DbClusterResourceId"), cluster.get("AssociatedRoles", [])

    def take(self, rds: Any, name: str, role: dict[str, str]) -> None:
        rds.remove_role_from_db_cluster(DBClusterIdentifier=name, **role)

    def give(self, rds: Any, name: str, role: dict[str, str]) -> None:
        rds.add_role_to_db_cluster(DBClusterIdentifier=name, **role)
