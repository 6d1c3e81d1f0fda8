"""The shape of guardrail.yaml, version 1, as pydantic models: strict, and closed to unknown keys.

Only the command line and the synthesis of the stacks import this; see ``compiled.py`` for what is deployed.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from passrole.policy.compiled import Severity, Stage
from passrole.policy.source import leave_out, syntax


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _stage(value: Any) -> Any:
    return syntax.stage(value) if isinstance(value, str) else value


def _severity(value: Any) -> Any:
    return syntax.severity(value) if isinstance(value, str) else value


def _no_containment(why: str) -> AfterValidator:
    def check(stage: Stage) -> Stage:
        if stage is Stage.QUARANTINE:
            raise ValueError(f"quarantine is not possible here: {why}; expected observe or alert")
        return stage

    return AfterValidator(check)


AnySeverity = Annotated[Severity, BeforeValidator(_severity)]
AnyStage = Annotated[Stage, BeforeValidator(_stage)]
RolePattern = Annotated[str, AfterValidator(syntax.role_pattern)]
TagKey = Annotated[str, AfterValidator(syntax.tag_key)]
TagValue = Annotated[str, AfterValidator(syntax.tag_value)]
Service = Annotated[str, AfterValidator(syntax.service_principal)]
Email = Annotated[str, AfterValidator(syntax.email)]
Region = Annotated[str, AfterValidator(syntax.region)]
Unwatched = Annotated[str, AfterValidator(leave_out.source_or_action)]
ArnPattern = Annotated[str, AfterValidator(syntax.arn_pattern)]
Account = Annotated[str, AfterValidator(syntax.account)]
PrincipalArn = Annotated[str, AfterValidator(syntax.principal_arn)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_TagValues = Annotated[list[TagValue], BeforeValidator(_one_or_more), Field(min_length=1)]
_Tags = Annotated[dict[TagKey, _TagValues], Field(min_length=1)]
_ArnPatterns = Annotated[list[ArnPattern], BeforeValidator(_one_or_more), Field(min_length=1)]


class ApprovedEntry(_Part):
    """Roles that may be passed, on which conditions; all that are given must hold."""

    name: Annotated[str, AfterValidator(syntax.entry_name)]
    roles: Annotated[list[RolePattern], Field(min_length=1)]
    role_tags: _Tags | None = None
    services: Annotated[list[Service], Field(min_length=1)] | None = None
    resources: _ArnPatterns | None = None
    passers: _ArnPatterns | None = None
    passer_tags: _Tags | None = None
    accounts: Annotated[list[Account], Field(min_length=1)] | None = None
    regions: Annotated[list[Region], Field(min_length=1)] | None = None


class ResponseSection(_Part):
    """What is done about passes that are not approved."""

    violation: AnyStage = Stage.ALERT
    undetermined: Annotated[AnyStage, _no_containment("nothing is contained on a guess")] = Stage.ALERT
    denied: Annotated[AnyStage, _no_containment("nothing holds the role")] = Stage.ALERT
    failed: Annotated[AnyStage, _no_containment("nothing holds the role")] = Stage.OBSERVE
    services: dict[Service, AnyStage] = Field(default_factory=dict)
    accounts: dict[Account, AnyStage] = Field(default_factory=dict)
    checks: dict[str, AnyStage] = Field(default_factory=dict)
    severities: dict[AnySeverity, AnyStage] = Field(default_factory=dict)


class QuarantineSection(_Part):
    """Limits of quarantine."""

    acts_per_hour: Annotated[int, Field(ge=1, le=1000)] = 10


class AlertsSection(_Part):
    """Who is told."""

    email: Annotated[list[Email], BeforeValidator(_one_or_more)] = Field(default_factory=list)
    slack_secret: Annotated[str, AfterValidator(syntax.secret_name)] | None = None


class CatalogueSection(_Part):
    """What of the catalogue is not watched."""

    leave_out: list[Unwatched] = Field(default_factory=list)


class GuardrailFile(_Part):
    """The whole of guardrail.yaml."""

    version: Literal[1]
    approved: list[ApprovedEntry]
    # IAM's own grammar, which `iam_document.py` reads.
    statements: list[Any] = Field(default_factory=list)
    response: ResponseSection = ResponseSection()
    quarantine: QuarantineSection = QuarantineSection()
    alerts: AlertsSection = AlertsSection()
    regions: list[Region] = Field(default_factory=list)
    operators: list[PrincipalArn] = Field(default_factory=list)
    catalogue: CatalogueSection = CatalogueSection()


# The section that each mapping in the file is, by its path without list indices: to suggest keys.
SECTIONS: dict[tuple[str, ...], type[BaseModel]] = {
    (): GuardrailFile,
    ("approved",): ApprovedEntry,
    ("response",): ResponseSection,
    ("quarantine",): QuarantineSection,
    ("alerts",): AlertsSection,
    ("catalogue",): CatalogueSection,
}
