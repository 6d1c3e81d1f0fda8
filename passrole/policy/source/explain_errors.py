"""Pydantic's errors in the words of guardrail.yaml: where, what is wrong, what is expected, how to fix it."""

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from passrole.policy.errors import Path
from passrole.policy.source.document import Document, Plain
from passrole.policy.source.models import SECTIONS
from passrole.policy.text import printable, quoted

_REQUIRED = {
    "version": "expected version: 1",
    "approved": "expected a list of entries, each with name and roles",
    "name": "expected a name of its own for the entry",
    "owner": "expected who answers for it, such as data-team@example.com",
    "reason": "expected why, in a line",
    "passers": 'expected a list such as ["arn:aws:iam::111122223333:user/ci-*"]',
    "expires": 'expected a date such as "2027-03-31"',
    "roles": 'expected a list such as ["/application_role/*"]',
}
_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "is_instance_of": "observe, alert or quarantine",
    "enum": "observe, alert or quarantine",
}
_ONE_OR_MORE = {
    "role_tags",
    "passer_tags",
    "resources",
    "passers",
    "email",
    "protected",
}  # one text, or a list of them
_INTEGERS = {"int_type", "int_parsing", "greater_than_equal", "less_than_equal"}


def add_validation_error(document: Document, error: ValidationError) -> None:
    """Notes each of pydantic's errors as a problem of ``document``."""
    for details in error.errors(include_url=False):
        is_key = details["loc"][-1:] == ("[key]",)
        path: Path = details["loc"][:-1] if is_key else details["loc"]
        path = _in_file(document, path, details)
        if document.is_refused(path):
            continue
        if is_key or details["type"] == "extra_forbidden":
            document.add(path, _message(path, details), at_key=True)
        else:
            document.add(path, _message(path, details))


def _in_file(document: Document, path: Path, details: ErrorDetails) -> Path:
    """The path without what only the models have (the index of a single value that stands for a list)."""
    if details["type"] == "missing":
        return path
    while path and path not in document.values:
        path = path[:-1]
    return path


def _message(path: Path, details: ErrorDetails) -> str:
    kind, given = details["type"], details["input"]
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "missing":
        return f"missing; {_REQUIRED.get(str(path[-1]), 'required')}"
    if kind == "literal_error":
        return f"expected the number 1, the version that this release reads, found {_shown(given)}"
    if kind in _INTEGERS:
        least, most = _bounds(path)
        return f"expected a whole number from {least} to {most}, found {_shown(given)}"
    if kind == "too_short":
        return _empty(path)
    if kind == "too_long":
        return f"more than {details['ctx']['max_length']:,} values"
    expected = _EXPECTED.get(kind)
    if expected is None:
        return printable(details["msg"])
    takes_text = expected == "text" or bool(_ONE_OR_MORE.intersection(map(str, path)))
    if isinstance(given, Plain | int) and takes_text:
        return _not_text(given)
    hint = f": write [{quoted(given)}]" if expected == "a list" and isinstance(given, str) else ""
    found = printable(given.raw, 80) if isinstance(given, Plain) and given.kind == expected else _shown(given)
    return f"expected {expected}, found {found}{hint}"


def _section(path: Path) -> type[BaseModel]:
    """The section that the key at the end of the path belongs to."""
    return SECTIONS[tuple(part for part in path[:-1] if isinstance(part, str))]


def _bounds(path: Path) -> tuple[int, int]:
    """The least and the most of a number."""
    limits = _section(path).model_fields[str(path[-1])].metadata
    least = next(limit.ge for limit in limits if hasattr(limit, "ge"))
    most = next(limit.le for limit in limits if hasattr(limit, "le"))
    return least, most


def _unknown_key(path: Path) -> str:
    known = list(_section(path).model_fields)
    near = get_close_matches(str(path[-1]).lower(), known, n=1)
    return (
        f"unknown key; did you mean {near[0]}?"
        if near
        else f"unknown key; expected one of {', '.join(known)}"
    )


def _empty(path: Path) -> str:
    if path[:1] == ("approved",) and len(path) == 3 and path[-1] != "roles":
        return f"empty; leave {path[-1]} out to set no condition"
    return "empty; expected at least one value"


def _not_text(given: Plain | int) -> str:
    if isinstance(given, Plain) and given.kind == "nothing":
        return "expected text, found nothing"
    raw, kind = (str(given), "a number") if isinstance(given, int) else (given.raw, given.kind)
    return f"{printable(raw, 80)} is read as {kind}, expected text; quote it: {quoted(raw)}"


def _shown(given: Any) -> str:
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, list):
        return "a list"
    if isinstance(given, Plain):
        return "nothing" if given.kind == "nothing" else f"{printable(given.raw, 80)} ({given.kind})"
    return quoted(given) if isinstance(given, str) else printable(str(given), 80)
