"""Containment of a role that a Redshift cluster may use: the cluster loses it.

Source: Redshift's API reference for ModifyClusterIamRoles; "Associating IAM roles with clusters" of its
management guide: the right to pass a role is needed to associate it.
"""

from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

_SERVICE = "redshift.amazonaws.com"
_CLUSTERS = "arn:{partition}:redshift:*:{account}:cluster:*"
_MODIFY = Grant(
    actions=("redshift:ModifyClusterIamRoles",),
    resources=(_CLUSTERS,),
    reason="a violation can be in any cluster of the account",
)


class RedshiftClusterRole(AllOrNothingModule):
    """A role of a Redshift cluster, be it the default role or another."""

    name = "redshift-cluster-role"
    resource_type = "redshift:cluster"
    places = ("default role", "role")
    services = (_SERVICE,)
    does = "role taken from the cluster, whose statements can use it no more"
    still_runs = (
        "the cluster runs on with its other roles; "
        "credentials that it got of this one before stay valid until they expire"
    )
    saves = "the roles of the cluster, and which is the default"
    describe_grants = (
        Grant(
            actions=("redshift:DescribeClusters",), resources=("*",), reason="the action takes no resource"
        ),
    )
    contain_grants = (_MODIFY,)
    release_grants = (_MODIFY, give_back_role(_SERVICE))

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``roles`` (without those that are being removed), and the ``default`` among them, or None."""
        client = aws.clients("redshift", resource.region)
        try:
            cluster = client.describe_clusters(ClusterIdentifier=_name(resource))["Clusters"][0]
        except ClientError as error:
            if code_of(error) == "ClusterNotFound":
                return None
            raise
        held = [r["IamRoleArn"] for r in cluster.get("IamRoles", []) if r.get("ApplyStatus") != "removing"]
        default = cluster.get("DefaultIamRoleArn")
        return {
            "made": cluster.get("ClusterNamespaceArn"),
            "roles": sorted(held),
            "default": default if default in held else None,
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"]

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return not self.holds(now, role)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        if self.holds(now, role):
            client = aws.clients("redshift", resource.region)
            client.modify_cluster_iam_roles(ClusterIdentifier=_name(resource), RemoveIamRoles=[role])

    def with_joined(self, prior: Prior, now: State, role: str) -> State:
        came = {role} & set(now["roles"])
        default = now["default"] if now["default"] in came else None
        return {
            **prior,
            "roles": sorted({*prior["roles"], *came}),
            "default": prior["default"] or default,
        }

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        default = (f"default role: {prior['default']}",) if prior["default"] else ()
        return (*(f"role: {role}" for role in prior["roles"]), *default)

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        return tuple(prior["roles"])

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        if now["default"] not in (None, prior["default"]):
            return (f"the default role is {now['default']}, before it was {prior['default'] or 'none'}",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return set(prior["roles"]) <= set(now["roles"]) and now["default"] == prior["default"]

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        changes: dict[str, Any] = {}
        if missing := sorted(set(prior["roles"]) - set(now["roles"])):
            changes["AddIamRoles"] = missing
        if now["default"] != prior["default"]:
            changes["DefaultIamRoleArn"] = prior["default"]
        client = aws.clients("redshift", resource.region)
        client.modify_cluster_iam_roles(ClusterIdentifier=_name(resource), **changes)


def _name(resource: Arn) -> str:
    return resource.resource.removeprefix("cluster:")
