"""IAM rights that a quarantine module needs; the stack grants exactly these."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ANY_ROLE = "arn:{partition}:iam::{account}:role/*"
QUARANTINE_ROLE = "{quarantine_role}"


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of rights.

    Attributes:
        actions: IAM actions.
        resources: ARN patterns with ``{partition}``, ``{region}`` and ``{account}`` to fill in, or ``*``; or
            ``{quarantine_role}``, the ARN of the quarantine role.
        reason: why these resources, above all why a wildcard.
        conditions: as in a policy document: operator -> key -> value.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def pass_quarantine_role(service: str) -> Grant:
    """The right to put the quarantine role in the place of another, for one service."""
    return Grant(
        actions=("iam:PassRole",),
        resources=(QUARANTINE_ROLE,),
        reason="the quarantine role, which may do nothing, and no other",
        conditions={"StringEquals": {"iam:PassedToService": service}},
    )


def give_back_role(service: str) -> Grant:
    """The right to give a resource back the role that it held, for one service."""
    return Grant(
        actions=("iam:PassRole",),
        resources=(ANY_ROLE,),
        reason="the role that the resource held before can be any role; it goes back to its service only",
        conditions={"StringEquals": {"iam:PassedToService": service}},
    )
