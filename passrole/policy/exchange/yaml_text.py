"""Statements as YAML that nobody can misread: every value in quotes, no anchors."""

from typing import Any

import yaml


class _Quoted(str):
    """A text that is written in double quotes."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - as PyYAML calls it
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)


def _represented(dumper: yaml.SafeDumper, data: _Quoted) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(data), style='"')


_Dumper.add_representer(_Quoted, _represented)


def statements_yaml(items: tuple[dict[str, Any], ...]) -> str:
    """The section ``statements:`` of guardrail.yaml."""
    return quoted_yaml({"statements": list(items)})


def quoted_yaml(data: Any) -> str:
    """Mappings, lists and texts as a block of YAML, in the order that they have."""
    return yaml.dump(_quoted(data), Dumper=_Dumper, sort_keys=False, allow_unicode=False, width=100_000)


def _quoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _quoted(each) for key, each in value.items()}
    return [_quoted(each) for each in value] if isinstance(value, list) else _Quoted(value)
