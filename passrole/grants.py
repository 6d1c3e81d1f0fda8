"""IAM rights that a part of the guard needs; the stack grants exactly these."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ANY_ROLE = "arn:{partition}:iam::{account}:role/*"


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
