"""Redshift: the roles that a cluster may use, and its default role.

Source: Redshift's API reference (ModifyClusterIamRoles, ClusterIamRole). That a default role cannot be named
in a call that does not leave it with the cluster: https://github.com/aws/aws-sdk-go/issues/4462
"""
# ruff: noqa: N803 - parameters are named as the API names them

import uuid
from typing import Any

from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.samples import ACCOUNT, NOW, REGION


class RedshiftApi(FakeApi):
    """Redshift; a cluster is being modified until somebody has seen that its roles change."""

    service = "redshift"

    def __init__(self) -> None:
        self._clusters: dict[str, dict[str, Any]] = {}
        self._seen: set[str] = set()

    def create_cluster(
        self,
        ClusterIdentifier: str,
        IamRoles: list[str],
        DefaultIamRoleArn: str | None = None,
        **settings: Any,
    ) -> dict[str, Any]:
        settings.pop("MasterUserPassword", None)
        default = {"DefaultIamRoleArn": DefaultIamRoleArn} if DefaultIamRoleArn else {}
        self._clusters[ClusterIdentifier] = (
            {
                "ClusterIdentifier": ClusterIdentifier,
                "ClusterStatus": "available",
                "ClusterCreateTime": NOW,
                "ClusterNamespaceArn": f"arn:aws:redshift:{REGION}:{ACCOUNT}:namespace:{uuid.uuid4()}",
                "IamRoles": [{"IamRoleArn": role, "ApplyStatus": "in-sync"} for role in IamRoles],
            }
            | default
            | settings
        )
        return {"Cluster": self._clusters[ClusterIdentifier]}

    def delete_cluster(self, ClusterIdentifier: str, **_: Any) -> dict[str, Any]:
        self._cluster(ClusterIdentifier)
        return {"Cluster": self._clusters.pop(ClusterIdentifier)}

    def pause_cluster(self, ClusterIdentifier: str) -> dict[str, Any]:
        self._cluster(ClusterIdentifier)["ClusterStatus"] = "paused"
        return {"Cluster": self._clusters[ClusterIdentifier]}

    def describe_clusters(self, ClusterIdentifier: str) -> dict[str, Any]:
        cluster = self._cluster(ClusterIdentifier)
        if cluster["ClusterStatus"] == "modifying":
            self._seen.add(ClusterIdentifier)
        return {"Clusters": [cluster]}

    def modify_cluster_iam_roles(
        self,
        ClusterIdentifier: str,
        AddIamRoles: list[str] | None = None,
        RemoveIamRoles: list[str] | None = None,
        DefaultIamRoleArn: str | None = None,
    ) -> dict[str, Any]:
        cluster = self._cluster(ClusterIdentifier)
        if cluster["ClusterStatus"] != "available":
            raise RefusedError("InvalidClusterState", f"The cluster is {cluster['ClusterStatus']}.")
        held = {role["IamRoleArn"] for role in cluster["IamRoles"]}
        left = (held | set(AddIamRoles or ())) - set(RemoveIamRoles or ())
        if DefaultIamRoleArn and (RemoveIamRoles or DefaultIamRoleArn not in left):
            raise RefusedError(
                "InvalidParameterValue", "The list of roles should contain the default IAM role."
            )
        for role in cluster["IamRoles"]:
            if role["IamRoleArn"] not in left:
                role["ApplyStatus"] = "removing"
        cluster["IamRoles"] += [{"IamRoleArn": r, "ApplyStatus": "adding"} for r in sorted(left - held)]
        if DefaultIamRoleArn:
            cluster["DefaultIamRoleArn"] = DefaultIamRoleArn
        elif cluster.get("DefaultIamRoleArn") not in left:
            cluster.pop("DefaultIamRoleArn", None)
        cluster["ClusterStatus"] = "modifying"
        return {"Cluster": cluster}

    def _cluster(self, name: str) -> dict[str, Any]:
        if name not in self._clusters:
            raise RefusedError("ClusterNotFound", f"Cluster {name} not found.")
        cluster = self._clusters[name]
        if name in self._seen:
            self._seen.discard(name)
            cluster["ClusterStatus"] = "available"
            staying = [r["IamRoleArn"] for r in cluster["IamRoles"] if r["ApplyStatus"] != "removing"]
            cluster["IamRoles"] = [{"IamRoleArn": role, "ApplyStatus": "in-sync"} for role in staying]
        return cluster
