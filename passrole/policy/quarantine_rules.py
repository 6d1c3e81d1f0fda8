"""What a policy says about quarantine: limits, delays, and how far it may reach beyond the resource."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class QuarantineRules:
    """The section ``quarantine`` of guardrail.yaml.

    Attributes:
        dry_run: nothing is contained; the ledger and the alerts say what would have been.
        acts_per_hour: most containments in one clock hour; beyond it the breaker trips.
        critical_reserve: so many more in that hour for critical findings, which decoys cannot use up.
        acts_per_passer: most of them for one passer.
        acts_per_resource: most containments of one resource in a day; who undoes more is not fought.
        failures_per_hour: so many failed containments in a clock hour trip the breaker, too.
        grace_minutes: how long a fix has time before anything is contained.
        require_approval: nothing is contained before a person approves it.
        passer_may_release: the passer of a finding may release, approve and exempt it.
        modules: names of the quarantine modules that may act; None for all that the responses need.
        stop_running: names of modules that also stop what runs.
        revoke_credentials: names of modules that also revoke the resource's live credentials.
        protected: ARN patterns of resources that are never contained.
        role_scope: patterns of roles that are denied everything, besides the resource's containment: of ARNs,
            or of names where there is no colon (see `reach.py`).
        shared_role_scope: those of them that are so even where other resources use them.
        passer_scope: ARN patterns of passers that lose ``iam:PassRole``, besides the resource's containment.
    """

    dry_run: bool = False
    acts_per_hour: int = 10
    critical_reserve: int = 5
    acts_per_passer: int = 10
    acts_per_resource: int = 3
    failures_per_hour: int = 5
    grace_minutes: int = 0
    require_approval: bool = False
    passer_may_release: bool = False
    modules: tuple[str, ...] | None = None
    stop_running: tuple[str, ...] = ()
    revoke_credentials: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    role_scope: tuple[str, ...] = ()
    shared_role_scope: tuple[str, ...] = ()
    passer_scope: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Reads what ``to_json`` wrote.

        Raises:
            TypeError: a rule that is not known.
        """
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**given)


USUAL_RULES = QuarantineRules()
