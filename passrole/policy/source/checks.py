"""The section ``checks``: which ready-made checks are on, with which parameters."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema

from passrole.policy.compiled import PolicyStatement
from passrole.policy.source.check_files import Check, ParameterType, ready_checks
from passrole.policy.source.values import Account, AnySeverity, AnyStage, ArnPattern, Part, RolePattern
from passrole.policy.text import quoted


def _is_path(text: str) -> str:
    if "/" not in text:
        raise ValueError(
            f"{quoted(text)} is a role's name; expected a path such as /teams/*, or a role's ARN"
        )
    return text


_PathPattern = Annotated[RolePattern, AfterValidator(_is_path)]
_TYPES: dict[ParameterType, Any] = {
    ParameterType.DAYS: Annotated[int, Field(ge=1, le=1000)],
    ParameterType.PATHS: Annotated[list[_PathPattern], Field(min_length=1)],
    ParameterType.ARNS: Annotated[list[ArnPattern], Field(min_length=1)],
    ParameterType.ACCOUNTS: list[Account],
}


class CheckOptions(Part):
    """What guardrail.yaml may say about a check; each check's own model has its parameters, too."""

    severity: AnySeverity | None = None
    response: AnyStage | None = None


class CheckItem(Part):
    """One check: a mapping of its name alone. The model in use has a field for each check."""

    @property
    def check(self) -> Check:
        [field] = self.model_fields_set
        return ready_checks()[_alias(field)]

    @property
    def options(self) -> CheckOptions:
        [field] = self.model_fields_set
        options: CheckOptions = getattr(self, field)
        return options


def statements_of(items: Sequence[CheckItem]) -> list[tuple[PolicyStatement, ...]]:
    """What each item denies; the second statement of a check has ``(2)`` after its name, and so on."""
    numbers: Counter[str] = Counter()
    return [tuple(_statements(item, numbers)) for item in items]


def _statements(item: CheckItem, numbers: Counter[str]) -> Iterator[PolicyStatement]:
    check, options = item.check, item.options
    for statement in check.compiled(options.model_dump(exclude={"severity", "response"}, exclude_unset=True)):
        numbers[check.name] += 1
        number = numbers[check.name]
        yield replace(
            statement,
            sid=check.name if number == 1 else f"{check.name} ({number})",
            severity=options.severity or check.severity,
            response=options.response,
        )


def check_name(text: str) -> str:
    """The name of a ready-made check."""
    known = ready_checks()
    if text in known:
        return text
    near = get_close_matches(text.lower(), known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    raise ValueError(f"{quoted(text)} is no check; {hint}")


def _options(check: Check) -> type[CheckOptions]:
    fields: dict[str, Any] = {
        name: (_TYPES[parameter.type], parameter.default) for name, parameter in check.parameters.items()
    }
    return create_model(f"Options of {check.name}", __base__=CheckOptions, __doc__=check.why, **fields)


def named(value: Any) -> Any:
    """An item as a mapping of the check's name: a name alone stands for one without parameters."""
    if isinstance(value, str):
        return {check_name(value): {}}
    if not isinstance(value, dict) or not value:
        raise ValueError(
            "expected a check's name, or its name with parameters, as in unused-role: {days: 60}"
        )
    name, *others = value
    check_name(name)
    if others:
        raise ValueError(
            f"one check an item: {quoted(str(others[0]))} stands beside {name}; parameters stand below its "
            f"name, indented further, or in braces: {name}: {{…}}"
        )
    return value


def _field(name: str) -> str:
    return name.replace("-", "_")


def _alias(field: str) -> str:
    return field.replace("_", "-")


OPTIONS = {name: _options(check) for name, check in ready_checks().items()}
"""What each check takes, by its name."""

_fields: dict[str, Any] = {
    _field(name): (options | None, Field(None, alias=name)) for name, options in OPTIONS.items()
}
_ITEM = create_model("CheckItem", __base__=CheckItem, **_fields)


class _AsModel:
    """Reads an item by the model that has the checks, which is made when this module is loaded."""

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(_ITEM)


CheckName = Annotated[str, AfterValidator(check_name)]
EnabledCheck = Annotated[CheckItem, _AsModel(), BeforeValidator(named)]
