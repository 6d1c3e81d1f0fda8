"""IAM rights that a quarantine module needs; the stack grants exactly these."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of rights.

    Attributes:
        actions: IAM actions.
        resources: ARN patterns with ``{partition}``, ``{region}`` and ``{account}`` to fill in, or ``*``.
        reason: why these resources, above all why a wildcard.
        conditions: as in a policy document: operator -> key -> value.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
