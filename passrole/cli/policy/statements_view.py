"""The statements of a policy, as IAM writes them."""

import json
from collections.abc import Sequence
from typing import Any

from passrole.cli.policy.sources import PolicySource
from passrole.cli.terminal import console, print_json, safe
from passrole.language import fold
from passrole.language.statement import PASS_ROLE
from passrole.policy import PolicyStatement


def print_statements(source: PolicySource, as_json: bool) -> None:
    """Prints them: what the entries of guardrail.yaml mean in IAM's language."""
    statements = [_statement(statement) for statement in source.statements]
    if as_json:
        print_json({"statements": statements, "policy": source.hash})
        return
    out = console()
    for statement in statements:
        for line in json.dumps(statement, indent=2, ensure_ascii=False).split("\n"):
            out.print(safe(line))
    if not statements:
        out.print("the policy has no statements: it approves nothing", style="dim")


def _statement(statement: PolicyStatement) -> dict[str, Any]:
    """A statement in IAM's grammar. Names stay as they are: IAM itself takes letters and digits alone."""
    given = {
        "Sid": statement.sid,
        "Effect": str(statement.effect),
        "Action": _short(tuple(map(_as_iam_spells, statement.actions or ())) or None),
        "NotAction": _short(statement.not_actions),
        "Resource": _short(statement.resources),
        "NotResource": _short(statement.not_resources),
        "Condition": _conditions(statement) or None,
    }
    return {element: value for element, value in given.items() if value is not None}


def _as_iam_spells(action: str) -> str:
    return "iam:PassRole" if fold(action) == PASS_ROLE else action


def _conditions(statement: PolicyStatement) -> dict[str, dict[str, Any]]:
    written: dict[str, dict[str, Any]] = {}
    for condition in statement.conditions:
        written.setdefault(condition.operator, {})[condition.key] = _short(condition.values)
    return written


def _short(values: Sequence[str] | None) -> Any:
    """One value alone, or a list."""
    if values is None:
        return None
    return values[0] if len(values) == 1 else list(values)
