"""Containment of a role that is associated with an RDS DB instance: the instance loses it."""

from typing import Any

from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role
from passrole.quarantine.modules.rds_roles import PASS_WHAT_IS_TAKEN, SERVICE, RdsRoles

_INSTANCES = "arn:{partition}:rds:*:{account}:db:*"
_WHY_ANY_INSTANCE = "a violation can be in any DB instance of the account"


class RdsInstanceRole(RdsRoles):
    """A role of a DB instance."""

    name = "rds-instance-role"
    resource_type = "rds:db"
    gone = "DBInstanceNotFound"
    not_associated = "DBInstanceRoleNotFound"
    does = "role taken from the DB instance, which gets no new credentials of it"
    still_runs = (
        "the DB instance runs on with its other roles; "
        "credentials that it got of this one before stay valid until they expire"
    )
    describe_grants = (
        Grant(actions=("rds:DescribeDBInstances",), resources=(_INSTANCES,), reason=_WHY_ANY_INSTANCE),
    )
    contain_grants = (
        Grant(
            actions=("rds:RemoveRoleFromDBInstance",),
            resources=(_INSTANCES,),
            reason=_WHY_ANY_INSTANCE,
        ),
        PASS_WHAT_IS_TAKEN,
    )
    release_grants = (
        Grant(actions=("rds:AddRoleToDBInstance",), resources=(_INSTANCES,), reason=_WHY_ANY_INSTANCE),
        give_back_role(SERVICE),
    )

    def look(self, rds: Any, name: str) -> tuple[str | None, list[Any]]:
        instance = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        return instance.get("DbiResourceId"), instance.get("AssociatedRoles", [])

    def take(self, rds: Any, name: str, role: dict[str, str]) -> None:
        rds.remove_role_from_db_instance(DBInstanceIdentifier=name, **role)

    def give(self, rds: Any, name: str, role: dict[str, str]) -> None:
        rds.add_role_to_db_instance(DBInstanceIdentifier=name, **role)
