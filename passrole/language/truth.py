"""Kleene's three values, and what statements lead to."""

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """Whether something holds; ``unknown`` where a fact that it depends on could not be read."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class Effect(StrEnum):
    """What a statement does where it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


class Ruling(StrEnum):
    """What statements together say, in IAM's words; ``undetermined`` where an unknown could change it."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"
    UNDETERMINED = "undetermined"


def truth_of(value: bool) -> Truth:
    """Two values as two of the three."""
    return Truth.TRUE if value else Truth.FALSE


def negated(value: Truth) -> Truth:
    """Kleene's negation."""
    if value is Truth.UNKNOWN:
        return value
    return Truth.FALSE if value is Truth.TRUE else Truth.TRUE


def every(values: Iterable[Truth]) -> Truth:
    """Kleene's conjunction; true of nothing. It asks no further than it must."""
    result = Truth.TRUE
    for value in values:
        if value is Truth.FALSE:
            return value
        if value is Truth.UNKNOWN:
            result = value
    return result


def some(values: Iterable[Truth]) -> Truth:
    """Kleene's disjunction; false of nothing. It asks no further than it must."""
    result = Truth.FALSE
    for value in values:
        if value is Truth.TRUE:
            return value
        if value is Truth.UNKNOWN:
            result = value
    return result
