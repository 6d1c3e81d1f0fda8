"""The shape of guardrail.yaml as JSON Schema, for editors.

It comes from the models, so that it never says less than they do; what they ask of single values beyond their
shape, `passrole policy validate` tells.
"""

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from passrole.language import Effect, operator_names
from passrole.policy.compiled import Severity, Stage
from passrole.policy.source import checks, values
from passrole.policy.source.check_files import ready_checks
from passrole.policy.source.descriptions import DESCRIPTIONS, OPTIONS, STATEMENT
from passrole.policy.source.models import GuardrailFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = "urn:passrole-guardrail:guardrail.yaml:1"
_SETS = ("", "ForAllValues:", "ForAnyValue:")
_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
# A condition's value may be a number or a truth value, which counts as its text.
_SCALAR = {"type": ["string", "number", "boolean"]}


def guardrail_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    schema = GuardrailFile.model_json_schema(schema_generator=_Generator)
    definitions = schema.pop("$defs") | _statement_definitions()
    schema["properties"]["statements"]["items"] = {
        "anyOf": [{"$ref": "#/$defs/Statement"}, {"$ref": "#/$defs/PolicyDocument"}]
    }
    for name, definition in (("", schema), *definitions.items()):
        for key, property_ in definition.get("properties", {}).items():
            text = _description(name, key)
            if text is not None:
                property_["description"] = text
    return {
        "$schema": _DIALECT,
        "$id": _ID,
        "title": "guardrail.yaml",
        **{key: value for key, value in schema.items() if key != "title"},
        "$defs": definitions,
    }


class _Generator(GenerateJsonSchema):
    """Writes what guardrail.yaml takes: null nowhere, one text where a list may be one."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - as pydantic calls it
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        found = super().default_schema(schema)
        # What is left out has no value, and a section that is left out has those of its keys.
        if found.get("default") is None or isinstance(found["default"], dict):
            found.pop("default", None)
        return found

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        found = super().function_before_schema(schema)
        function = schema["function"]["function"]
        if function is values.one_or_more:
            return {"anyOf": [{"type": "string"}, found]}
        if function is checks.named:
            return {"anyOf": [{"enum": list(ready_checks())}, found]}
        return found

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        found = super().function_after_schema(schema)
        name = getattr(schema["function"]["function"], "__qualname__", "")
        if name.startswith(values.no_containment.__qualname__):
            return {"enum": [stage for stage in Stage if stage is not Stage.QUARANTINE]}
        return found

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        if issubclass(schema["cls"], checks.CheckItem):
            found |= {"description": "One check.", "minProperties": 1, "maxProperties": 1}
        return found


def _description(definition: str, key: str) -> str | None:
    if (definition, key) in DESCRIPTIONS:
        return DESCRIPTIONS[definition, key]
    if definition == checks.CheckItem.__name__:
        return ready_checks()[key].title
    for check in ready_checks().values():
        if definition == checks.OPTIONS[check.name].__name__.replace(" ", "_"):
            return OPTIONS.get(key) or check.parameters[key].what
    return None


def _statement_definitions() -> dict[str, Any]:
    values_ = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}
    return {
        "Statement": {
            "description": STATEMENT,
            "type": "object",
            "properties": {
                "Sid": {"type": "string", "minLength": 1, "maxLength": 128},
                "Effect": {"enum": list(Effect)},
                **{name: dict(_ONE_OR_MORE) for name in ("Action", "NotAction", "Resource", "NotResource")},
                "Condition": {
                    "type": "object",
                    "propertyNames": {"enum": list(_operators())},
                    "additionalProperties": {"type": "object", "additionalProperties": values_},
                },
                "severity": {"enum": list(Severity)},
                "response": {"enum": list(Stage)},
            },
            "required": ["Effect"],
            "oneOf": [{"required": ["Resource"]}, {"required": ["NotResource"]}],
            "additionalProperties": False,
        },
        "PolicyDocument": {
            "description": "A policy document of IAM.",
            "type": "object",
            "properties": {
                "Version": {"enum": ["2012-10-17", "2008-10-17"]},
                "Id": {"type": "string"},
                "Statement": {
                    "anyOf": [
                        {"$ref": "#/$defs/Statement"},
                        {"type": "array", "items": {"$ref": "#/$defs/Statement"}},
                    ]
                },
            },
            "required": ["Statement"],
            "additionalProperties": False,
        },
    }


def _operators() -> Iterator[str]:
    """Every operator in every form that it has."""
    for name in operator_names():
        if name == "Null":
            yield name
            continue
        for set_ in _SETS:
            yield from (f"{set_}{name}", f"{set_}{name}IfExists")
