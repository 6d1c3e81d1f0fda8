"""The shape of guardrail.yaml, version 1, as pydantic models: strict, and closed to unknown keys.

Only the command line and the synthesis of the stacks import this; see ``compiled.py`` for what is deployed.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from passrole.policy.compiled import Stage
from passrole.policy.source import expiry, syntax
from passrole.policy.source.alerts import AlertsSection
from passrole.policy.source.checks import OPTIONS, CheckName, EnabledCheck
from passrole.policy.source.quarantine import PasserScope, QuarantineSection, RoleScope
from passrole.policy.source.sweep import SweepSection
from passrole.policy.source.values import (
    Account,
    AnySeverity,
    AnyStage,
    ArnPatterns,
    Part,
    PrincipalArn,
    Region,
    RolePattern,
    Service,
    Tags,
    Unwatched,
    no_containment,
)
from passrole.policy.text import quoted


class ApprovedEntry(Part):
    """Roles that may be passed, on which conditions; all that are given must hold."""

    name: Annotated[str, AfterValidator(syntax.entry_name)]
    roles: Annotated[list[RolePattern], Field(min_length=1)]
    role_tags: Tags | None = None
    services: Annotated[list[Service], Field(min_length=1)] | None = None
    resources: ArnPatterns | None = None
    passers: ArnPatterns | None = None
    passer_tags: Tags | None = None
    accounts: Annotated[list[Account], Field(min_length=1)] | None = None
    regions: Annotated[list[Region], Field(min_length=1)] | None = None


class ExemptionEntry(Part):
    """A waiver, for a time; all that is given narrows it."""

    name: Annotated[str, AfterValidator(syntax.entry_name)]
    owner: Annotated[str, AfterValidator(syntax.line)]
    reason: Annotated[str, AfterValidator(syntax.line)]
    expires: Annotated[str, AfterValidator(expiry.expiry)]
    roles: Annotated[list[RolePattern], Field(min_length=1)] | None = None
    resources: ArnPatterns | None = None
    passers: ArnPatterns | None = None
    services: Annotated[list[Service], Field(min_length=1)] | None = None
    checks: Annotated[list[CheckName], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_narrow(self) -> Self:
        arns = (*(self.resources or ()), *(self.passers or ()))
        if not self.roles and not arns:
            raise ValueError("for whatever role; expected at least one of roles, resources and passers")
        if every := next((arn for arn in arns if syntax.is_every_arn(arn)), None):
            raise ValueError(f"{quoted(every)} matches everything; leave it out, or say which")
        others = (arns, self.services, self.checks)
        if not any(others) and any(map(syntax.approves_every_role, self.roles or ())):
            raise ValueError(
                "an exemption for every role switches the policy off; narrow it by roles, resources, "
                "passers, services or checks"
            )
        return self


class ResponseSection(Part):
    """What is done about passes that are not approved."""

    violation: AnyStage = Stage.ALERT
    undetermined: Annotated[AnyStage, no_containment("nothing is contained on a guess")] = Stage.ALERT
    denied: Annotated[AnyStage, no_containment("nothing holds the role")] = Stage.ALERT
    failed: Annotated[AnyStage, no_containment("nothing holds the role")] = Stage.OBSERVE
    existing: AnyStage = Stage.ALERT
    services: dict[Service, AnyStage] = Field(default_factory=dict)
    accounts: dict[Account, AnyStage] = Field(default_factory=dict)
    checks: dict[CheckName, AnyStage] = Field(default_factory=dict)
    severities: dict[AnySeverity, AnyStage] = Field(default_factory=dict)


class CatalogueSection(Part):
    """What of the catalogue is not watched."""

    # More than there are sources and actions; looking for what a wrong one may mean takes a while each.
    leave_out: Annotated[list[Unwatched], Field(max_length=2_000)] = Field(default_factory=list)


class GuardrailFile(Part):
    """The whole of guardrail.yaml."""

    version: Literal[1]
    approved: list[ApprovedEntry]
    # IAM's own grammar, which `iam_document.py` reads.
    statements: list[Any] = Field(default_factory=list)
    checks: list[EnabledCheck] = Field(default_factory=list)
    exemptions: list[ExemptionEntry] = Field(default_factory=list)
    response: ResponseSection = ResponseSection()
    quarantine: QuarantineSection = QuarantineSection()
    alerts: AlertsSection = AlertsSection()
    regions: list[Region] = Field(default_factory=list)
    operators: list[PrincipalArn] = Field(default_factory=list)
    catalogue: CatalogueSection = CatalogueSection()
    sweep: SweepSection = SweepSection()


# The section that each mapping in the file is, by its path without list indices: to suggest keys.
SECTIONS: dict[tuple[str, ...], type[BaseModel]] = {
    (): GuardrailFile,
    ("approved",): ApprovedEntry,
    ("exemptions",): ExemptionEntry,
    ("response",): ResponseSection,
    ("quarantine",): QuarantineSection,
    ("quarantine", "role_scope"): RoleScope,
    ("quarantine", "passer_scope"): PasserScope,
    ("alerts",): AlertsSection,
    ("catalogue",): CatalogueSection,
    ("sweep",): SweepSection,
    **{("checks", name): options for name, options in OPTIONS.items()},
}
