"""Conditions on the role as resource patterns, as far as patterns can say it.

A wildcard in a resource spans slashes. So a *name* is exactly two patterns (``role/web`` and ``role/*/web``),
and what names end in is one (``role/*-web``), but other patterns of names are none: ``role/deploy-*`` would
also match ``role/deploy-x/other``. A *path* is exact
only if it ends in ``/*``: whatever lies below it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from passrole.arn import is_role_name
from passrole.language import Condition, fold
from passrole.policy.exchange.resources import (
    EVERY_ROLE,
    Resource,
    has_variables,
    has_wildcards,
    resource_of,
    without_covered,
)

_ALL = "arn:*:iam::*:role/*"
_ACCOUNT = re.compile(r"[0-9]{12}")
_EQUALS, _LIKE, _BOOL = "stringequals", "stringlike", "bool"
_ARN_OPERATORS = ("arnlike", "arnequals")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Patterns; if they are not ``exact``, they match at least what the condition asks for."""

    patterns: tuple[str, ...]
    exact: bool


def narrowed(patterns: tuple[str, ...], condition: Condition, partition: str) -> Narrowed:
    """The patterns, with a condition on the role taken into them as far as that goes.

    Args:
        patterns: as `resource_of` writes them.
    """
    rule = _RULES.get(fold(condition.key))
    if rule is None or any(has_variables(value) for value in condition.values):
        return Narrowed(patterns, False)
    found: list[str] = []
    exact = True
    for pattern in patterns:
        within = rule(_ALL if pattern == EVERY_ROLE else pattern, condition, partition)
        if within is None:
            found.append(pattern)
            exact = False
        else:
            found.extend(EVERY_ROLE if r.text == _ALL else r.text for r in within)
            exact = exact and all(resource.exact for resource in within)
    return Narrowed(without_covered(found), exact)


def _by_name(pattern: str, condition: Condition, _: str) -> list[Resource] | None:
    operator = fold(condition.operator)
    if operator not in (_EQUALS, _LIKE):
        return None
    found = []
    for value in condition.values:
        if operator == _LIKE and value and not value.strip("*"):
            return [Resource(pattern)]
        literal = is_role_name(value)
        if not literal and (operator == _EQUALS or "/" in value or not has_wildcards(value)):
            return None
        if pattern.endswith("/*"):
            stem = pattern.removesuffix("*")
            # What a name ends in, the ARN ends in.
            exact = is_role_name(value.lstrip("*"))
            found.append(Resource(stem + value, exact))
            if not value.startswith("*"):
                found.append(Resource(f"{stem}*/{value}", exact))
        elif literal and not has_wildcards(pattern) and not has_variables(pattern):
            if pattern.rpartition("/")[2] == value:
                found.append(Resource(pattern))
        else:
            return None
    return found


def _by_path(pattern: str, condition: Condition, _: str) -> list[Resource] | None:
    operator = fold(condition.operator)
    if operator not in (_EQUALS, _LIKE) or not pattern.endswith(":role/*"):
        return None
    stem = pattern.removesuffix("/*")
    found = []
    for value in condition.values:
        if not value.startswith("/") or (operator == _EQUALS and has_wildcards(value)):
            return None
        if operator == _LIKE and value.endswith("/*"):
            found.append(Resource(stem + value))
        else:
            # Below the path, too: a pattern cannot say that no slash may follow.
            found.append(Resource(f"{stem}{value}*", exact=False))
    return found


def _by_arn(pattern: str, condition: Condition, partition: str) -> list[Resource] | None:
    operator = fold(condition.operator)
    if pattern != _ALL:
        return None
    found = []
    for value in condition.values:
        fixed = not has_wildcards(value)
        if operator not in _ARN_OPERATORS and not (operator in (_EQUALS, _LIKE) and fixed):
            return None
        resource = resource_of(value, partition)
        if resource is not None:
            found.append(resource)
    return found


def _by_account(pattern: str, condition: Condition, _: str) -> list[Resource] | None:
    if fold(condition.operator) != _EQUALS or has_variables(pattern):
        return None
    if not all(_ACCOUNT.fullmatch(value) for value in condition.values):
        return None
    parts = pattern.split(":", 5)
    if parts[4] == "*":
        return [Resource(":".join((*parts[:4], value, parts[5]))) for value in condition.values]
    if has_wildcards(parts[4]):
        return None
    return [Resource(pattern)] if parts[4] in condition.values else []


def _by_service_linked(pattern: str, condition: Condition, _: str) -> list[Resource] | None:
    is_true = [value.lower() for value in condition.values] == ["true"]
    if fold(condition.operator) != _BOOL or not is_true or not pattern.endswith(":role/*"):
        return None
    return [Resource(pattern.removesuffix("*") + "aws-service-role/*")]


_RULES: dict[str, Callable[[str, Condition, str], list[Resource] | None]] = {
    "role:name": _by_name,
    "role:path": _by_path,
    "role:arn": _by_arn,
    "role:account": _by_account,
    "aws:resourceaccount": _by_account,
    "role:servicelinked": _by_service_linked,
}
