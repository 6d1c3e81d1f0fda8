"""Containment of what RDS calls an associated role: the database loses it, and nothing else.

The same for DB instances and DB clusters. Source: RDS's API reference for RemoveRoleFromDBInstance,
RemoveRoleFromDBCluster and their counterparts; the Service Authorization Reference for the rights.
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.grants import ANY_ROLE, Grant
from passrole.quarantine.module import Aws, CannotRestoreError, Prior, QuarantineModule, State, code_of

SERVICE = "rds.amazonaws.com"
PASS_WHAT_IS_TAKEN = Grant(
    actions=("iam:PassRole",),
    resources=(ANY_ROLE,),
    reason="who takes a role from a database needs the right to pass it, and it can be any role",
    conditions={"StringEquals": {"iam:PassedToService": SERVICE}},
)


class RdsRoles(QuarantineModule):
    """A database with associated roles; what differs between instances and clusters is left open.

    Attributes:
        gone: error code of a database that is not there.
        not_associated: error code of a role that is not there.
    """

    places = ("associated role",)
    services = (SERVICE,)
    saves = "the associated roles, and the feature that each is for"
    gone: str
    not_associated: str

    @abstractmethod
    def look(self, rds: Any, name: str) -> tuple[str | None, list[Any]]:
        """The database's unique id, and its ``AssociatedRoles``."""

    @abstractmethod
    def take(self, rds: Any, name: str, role: dict[str, str]) -> None:
        """Takes the role from the database, given as ``RoleArn`` and ``FeatureName``."""

    @abstractmethod
    def give(self, rds: Any, name: str, role: dict[str, str]) -> None:
        """Gives it to the database, likewise."""

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``roles``: those associated, each with ``role`` and ``feature`` (empty if it is for none).

        RDS documents no status of a role that goes: it counts as associated until it is not listed any more.
        """
        try:
            made, roles = self.look(aws.clients("rds", resource.region), _name(resource))
        except ClientError as error:
            if code_of(error) == self.gone:
                return None
            raise
        pairs = sorted((role["RoleArn"], role.get("FeatureName", "")) for role in roles)
        return {"made": made, "roles": [{"role": role, "feature": feature} for role, feature in pairs]}

    def holds(self, now: State, role: str) -> bool:
        return role in [held["role"] for held in now["roles"]]

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return not self.holds(now, role)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        rds = aws.clients("rds", resource.region)
        for held in now["roles"]:
            if held["role"] == role:
                try:
                    self.take(rds, _name(resource), _parameters(held))
                except ClientError as error:
                    if code_of(error) != self.not_associated:  # then it has gone since
                        raise

    def with_joined(self, prior: Prior, now: State, role: str) -> State:
        served = {held["feature"] for held in prior["roles"]} - {""}  # a feature has one role: the one before
        came = [
            held
            for held in now["roles"]
            if held["role"] == role and held not in prior["roles"] and held["feature"] not in served
        ]
        return {**prior, "roles": [*prior["roles"], *came]}

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return tuple(f"associated role: {_in_words(held)}" for held in prior["roles"])

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        return tuple(dict.fromkeys(held["role"] for held in prior["roles"]))

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        return tuple(_taken_features(now, prior))

    def is_released(self, now: State, prior: Prior) -> bool:
        return all(held in now["roles"] for held in prior["roles"])

    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        now = self.describe(aws, resource)
        if now is None:
            return
        for refusal in _taken_features(now, prior):
            raise CannotRestoreError(refusal)
        for held in prior["roles"]:
            if held not in now["roles"]:
                self.give(aws.clients("rds", resource.region), _name(resource), _parameters(held))


def _name(resource: Arn) -> str:
    return resource.resource.partition(":")[2]


def _parameters(held: dict[str, str]) -> dict[str, str]:
    feature = {"FeatureName": held["feature"]} if held["feature"] else {}
    return {"RoleArn": held["role"], **feature}


def _in_words(held: dict[str, str]) -> str:
    return f"{held['role']} for {held['feature']}" if held["feature"] else held["role"]


def _taken_features(now: State, prior: Prior) -> Iterator[str]:
    """Features that another role serves now; a feature has one role."""
    for held in prior["roles"]:
        others = [other for other in now["roles"] if other["feature"] == held["feature"] != ""]
        if others and held not in others:
            yield f"{others[0]['role']} is associated for {held['feature']}, containment left no role there"
