"""The conditions of a statement of a trust policy, and what they demand of whoever takes the role."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from passrole.evidence.documents import texts_of
from passrole.language.context import fold

# What must be there, and be one of these. A negation, …IfExists, ForAllValues and Null also hold of a request
# that does not have the key at all.
_DEMANDING = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")
_ANY = "foranyvalue:"
_TAKES_WILDCARDS = ("stringlike", "arnequals", "arnlike")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, as it is written."""

    operator: str
    key: str
    values: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {"operator": self.operator, "key": self.key, "values": list(self.values)}

    @property
    def demands(self) -> bool:
        """Whether a request must have the key, with a value that narrows."""
        return self._base in _DEMANDING and bool(self.values) and not any(map(self._is_any, self.values))

    @property
    def takes_wildcards(self) -> bool:
        """Whether ``*`` and ``?`` in its values stand for other text."""
        return self._base in _TAKES_WILDCARDS

    @property
    def _base(self) -> str:
        return fold(self.operator).removeprefix(_ANY)

    def _is_any(self, value: str) -> bool:
        return self.takes_wildcards and not value.strip("*?")


def conditions_of(block: object) -> tuple[Condition, ...]:
    """The conditions of a ``Condition`` element, in its order."""
    return tuple(_conditions(block))


def demanded(conditions: tuple[Condition, ...], key: str) -> tuple[str, ...]:
    """What a request must have one of, under a key whose name is folded; empty if it is not asked for."""
    return next((c.values for c in conditions if c.demands and fold(c.key) == key), ())


def _conditions(block: object) -> Iterator[Condition]:
    if not isinstance(block, Mapping):
        return
    for operator, keys in block.items():
        if isinstance(keys, Mapping):
            for key, values in keys.items():
                yield Condition(str(operator), str(key), texts_of(values))
