"""Roles of Redshift clusters, in a fake."""

from typing import Any

from passrole.quarantine.modules.redshift_cluster_role import RedshiftClusterRole
from tests.unit.quarantine.fakes.api import FakeApi
from tests.unit.quarantine.fakes.redshift import RedshiftApi
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION

OTHER_ROLE = "arn:aws:iam::111122223333:role/spectrum"


class RedshiftClusterRoleCase(Case):
    module = RedshiftClusterRole()
    place = "default role"
    event = ("redshift.amazonaws.com", "CreateCluster")
    faked = ("redshift",)
    denied_act = "modify_cluster_iam_roles"

    def fake(self, service: str) -> FakeApi:
        return RedshiftApi()

    def make(self, clients: Clients, role: str) -> str:
        clients("redshift").create_cluster(
            ClusterIdentifier="orders",
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="Secret-1234",
            IamRoles=[role, OTHER_ROLE],
            DefaultIamRoleArn=role,
        )
        return f"arn:aws:redshift:{REGION}:{ACCOUNT}:cluster:orders"

    def snapshot(self, clients: Clients, arn: str) -> Any:
        cluster = _cluster(clients)
        roles = sorted(r["IamRoleArn"] for r in cluster["IamRoles"] if r["ApplyStatus"] != "removing")
        return [roles, cluster.get("DefaultIamRoleArn")]

    def works(self, clients: Clients, arn: str) -> bool:
        return "DefaultIamRoleArn" in _cluster(clients)

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        redshift, held = clients("redshift"), _cluster(clients)["DefaultIamRoleArn"]
        redshift.modify_cluster_iam_roles(ClusterIdentifier="orders", RemoveIamRoles=[held])
        _cluster(clients)
        redshift.modify_cluster_iam_roles(
            ClusterIdentifier="orders", AddIamRoles=[role], DefaultIamRoleArn=role
        )

    def meddle(self, clients: Clients, arn: str) -> None:
        _cluster(clients)
        clients("redshift").modify_cluster_iam_roles(ClusterIdentifier="orders", DefaultIamRoleArn=OTHER_ROLE)

    def remove(self, clients: Clients, arn: str) -> None:
        clients("redshift").delete_cluster(ClusterIdentifier="orders", SkipFinalClusterSnapshot=True)


def _cluster(clients: Clients) -> Any:
    return clients("redshift").describe_clusters(ClusterIdentifier="orders")["Clusters"][0]
