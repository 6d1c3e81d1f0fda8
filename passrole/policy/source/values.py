"""The values that sections of guardrail.yaml are made of, as pydantic types, and the base of the sections."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from passrole.policy.compiled import Severity, Stage
from passrole.policy.source import leave_out, syntax
from passrole.policy.source.document import Plain

_TRUTHS = {"true": True, "false": False}


def one_or_more(value: Any) -> Any:
    """One text stands for the list of it alone."""
    return [value] if isinstance(value, str) else value


def _stage(value: Any) -> Any:
    return syntax.stage(value) if isinstance(value, str) else value


def _severity(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("expected low, medium, high or critical")
    return syntax.severity(value)


def no_containment(why: str) -> AfterValidator:
    """Refuses quarantine, and says why."""

    def check(stage: Stage) -> Stage:
        if stage is Stage.QUARANTINE:
            raise ValueError(f"quarantine is not possible here: {why}; expected observe or alert")
        return stage

    return AfterValidator(check)


def _truth(value: Any) -> Any:
    """True and false, if written so: YAML's other words for them (``yes``, ``off``) are not believed."""
    return _TRUTHS.get(value.raw, value) if isinstance(value, Plain) else value


AnySeverity = Annotated[Severity, BeforeValidator(_severity)]
Truth = Annotated[bool, BeforeValidator(_truth)]
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
SecretName = Annotated[str, AfterValidator(syntax.secret_name)]
EventBusArn = Annotated[str, AfterValidator(syntax.event_bus_arn)]


class Part(BaseModel):
    """A section, strict and closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


TagValues = Annotated[list[TagValue], BeforeValidator(one_or_more), Field(min_length=1)]
Tags = Annotated[dict[TagKey, TagValues], Field(min_length=1)]
ArnPatterns = Annotated[list[ArnPattern], BeforeValidator(one_or_more), Field(min_length=1)]
