"""The ready-made checks, as their files in ``policy/checks`` have them: one file is one check.

A file holds Deny statements in IAM's language, with ``<parameter>`` where a parameter's values stand, and
cases that show what the check lets pass and what it does not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from passrole.language import Ruling
from passrole.policy.compiled import PolicyStatement, Severity
from passrole.policy.source.document import Document
from passrole.policy.source.iam_document import read_iam
from passrole.policy.source.syntax import resource_of

# libyaml reads the files ten times as fast, and every command that reads a policy waits for them.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Given = int | Sequence[str]
"""The value of a parameter, of the kind that its type has."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ParameterType(StrEnum):
    """What a parameter takes."""

    DAYS = "days"
    PATHS = "paths"
    ARNS = "arns"
    ACCOUNTS = "accounts"


class Parameter(_Data):
    """A parameter of a check; ``what`` says in a few words what it is."""

    type: ParameterType
    default: int | tuple[str, ...]
    what: str


class Case(_Data):
    """What the check says about a context, which lists condition keys: null is unknown, and the rest absent.

    ``ruling`` is that of the check's statements together with one that allows everything.
    """

    case: str
    context: dict[str, Any]
    ruling: Ruling
    parameters: dict[str, int | tuple[str, ...]] = {}


class Check(_Data):
    """A ready-made check.

    Attributes:
        name: as guardrail.yaml and verdicts call it; the file has the same name.
        title: what is so where the check denies nothing.
        why: two sentences for people.
        severity: of its findings, where guardrail.yaml does not say.
        statements: in IAM's language, before the parameters are filled in.
        good, bad: what it lets pass, and what it denies or cannot tell.
    """

    name: str
    title: str
    why: str
    severity: Severity
    parameters: dict[str, Parameter]
    statements: list[dict[str, Any]]
    good: list[Case]
    bad: list[Case]

    def compiled(self, given: Mapping[str, Given]) -> tuple[PolicyStatement, ...]:
        """Its statements with these values of its parameters, and the defaults of the others.

        Raises:
            ValueError: the check's file is wrong.
        """
        values = {name: parameter.default for name, parameter in self.parameters.items()} | dict(given)
        texts = {name: _texts(self.parameters[name].type, value) for name, value in values.items()}
        document = Document(self.name, {"statements": list(_filled(self.statements, texts))})
        statements = read_iam(document, ("statements",), strict=True).statements
        if document.problems:
            raise ValueError(f"the check {self.name} is wrong: {document.problems[0]}")
        return tuple(replace(s, check=self.name, severity=self.severity) for s in statements)


@lru_cache(maxsize=1)
def ready_checks() -> Mapping[str, Check]:
    """All checks by their names, in alphabetical order."""
    folder = resources.files("passrole.policy") / "checks"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda f: f.name)
    checks = [Check.model_validate(_LOADER(file.read_text("utf-8")).get_single_data()) for file in files]
    return {check.name: check for check in checks}


def _texts(type_: ParameterType, given: Given) -> tuple[str, ...]:
    if isinstance(given, int):
        return (str(given),)
    return tuple(map(resource_of, given)) if type_ is ParameterType.PATHS else tuple(given)


def _filled(value: Any, texts: Mapping[str, tuple[str, ...]]) -> Any:
    """The value with each ``<parameter>`` replaced: in a list by its values, elsewhere by their list."""
    if isinstance(value, dict):
        return {key: _filled(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return list(_filled_items(value, texts))
    name = _parameter(value)
    return list(texts[name]) if name else value


def _filled_items(items: list[Any], texts: Mapping[str, tuple[str, ...]]) -> Iterator[Any]:
    for item in items:
        name = _parameter(item)
        if name:
            yield from texts[name]
        else:
            yield _filled(item, texts)


def _parameter(value: Any) -> str | None:
    is_one = isinstance(value, str) and value.startswith("<") and value.endswith(">")
    return value[1:-1] if is_one else None
