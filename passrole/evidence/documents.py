"""Policy documents as IAM gives them, taken apart. Nothing here raises, whatever the document holds.

Sources: "Grammar of the IAM JSON policy language" (one statement or a list, one text or a list), and the API
reference of GetRolePolicy and GetPolicyVersion (documents are URL-encoded JSON, which most clients decode).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from passrole.language.context import fold
from passrole.language.wildcards import matches


def document_of(value: object) -> Mapping[str, Any] | None:
    """The document that ``value`` is or spells, as JSON text or URL-encoded; None if it is none."""
    if isinstance(value, str):
        # Only an encoded document has no brace: in a plain one, a percent sign is a percent sign.
        text = value if "{" in value else unquote(value)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, Mapping) else None


def allow_statements(document: object) -> Iterator[Mapping[str, Any]]:
    """The statements that allow something; the names of their elements are folded, as IAM ignores case."""
    for element, value in _items(document):
        if element != "statement":
            continue
        for statement in value if isinstance(value, list) else [value]:
            folded = dict(_items(statement))
            if folded.get("effect") == "Allow":
                yield folded


def texts_of(value: object) -> tuple[str, ...]:
    """One text or several of a statement's element."""
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in values if isinstance(text, str))


def names_action(statement: Mapping[str, Any], action: str) -> bool:
    """Whether a statement of `allow_statements` is about an action, given folded."""
    if "notaction" in statement:
        return not any(matches(fold(p), action) for p in texts_of(statement["notaction"]))
    return any(matches(fold(p), action) for p in texts_of(statement.get("action")))


def _items(value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((fold(name), inner) for name, inner in value.items() if isinstance(name, str))
