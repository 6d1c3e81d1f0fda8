"""Where the values of condition keys come from, whatever they describe."""

import string
from collections.abc import Mapping
from typing import Any, Protocol

from passrole.evidence import ABSENT, Absent, Fact, Known, Unknown

Value = str | tuple[str, ...]
"""The value of a condition key: one text, or several of a multivalued key."""

# IAM compares the names of keys without case, those of tags in them too. Beyond ASCII it documents no rule,
# and Python's would take the Kelvin sign for a k: a look-alike must not approve.
_FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(key: str) -> str:
    """The name of a condition key, or of an action, as it is compared."""
    return key.lower() if key.isascii() else key.translate(_FOLD)


class Context(Protocol):
    """What is known about a request."""

    def fact(self, key: str) -> Fact[Value]:
        """The value of a condition key, whose name is folded (see `fold`)."""


class FlatContext:
    """A context that lists its keys: what is not there is absent, and null is unknown."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Takes JSON values; numbers and truth values count as their texts.

        Raises:
            ValueError: a value that no condition key can have, or one key twice in different case.
        """
        self._facts: dict[str, Fact[Value]] = {}
        for key, value in values.items():
            if fold(key) in self._facts:
                raise ValueError(f"{key} is given twice: names of condition keys are compared without case")
            self._facts[fold(key)] = _fact(key, value)

    def fact(self, key: str) -> Fact[Value]:
        return self._facts.get(key, ABSENT)


def _fact(key: str, value: Any) -> Fact[Value]:
    if value is None:
        return Unknown("the context says null")
    if isinstance(value, list):
        values = tuple(_text(key, item) for item in value)
        return Known(values) if values else ABSENT
    return Known(_text(key, value))


def _text(key: str, value: Any) -> str:
    text = scalar_text(value)
    if text is None:
        raise ValueError(f"{key}: expected text, a number, true, false, null, or a list of texts")
    return text


def scalar_text(value: Any) -> str | None:
    """A scalar of JSON as IAM's text; None if it is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str) else None


def is_absent(fact: Fact[Value]) -> bool:
    """Whether there is no value: IAM takes an empty list for none."""
    return isinstance(fact, Absent) or (isinstance(fact, Known) and fact.value == ())
