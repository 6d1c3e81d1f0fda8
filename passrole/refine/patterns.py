"""Patterns of action names: few that take in some names of a service, and none of some others."""

import re
from collections.abc import Iterator, Sequence

from passrole.language.context import fold

_WORD = re.compile(r"[A-Z]*[^A-Z]+|[A-Z]+")
_WILD = ("*", "?")


def is_wild(pattern: str) -> bool:
    """Whether wildcards are in it."""
    return any(wild in pattern for wild in _WILD)


def cover(pattern: str, keep: Sequence[str], drop: Sequence[str]) -> tuple[str, ...]:
    """Patterns that take in every name to keep and none to drop, and nothing that ``pattern`` does not.

    Args:
        pattern: with wildcards; every name fits it.

    Names that begin with the same words become one pattern, where nothing to drop begins so: ``Describe*``.
    """
    return tuple(sorted(dict.fromkeys(_covers(pattern, keep, drop))))


def _covers(pattern: str, keep: Sequence[str], drop: Sequence[str]) -> Iterator[str]:
    beginning = fold(pattern[:-1])
    if is_wild(beginning) or not pattern.endswith("*"):
        yield from keep  # no shorter pattern is surely within such a one
        return
    dropped = tuple(map(fold, drop))
    for name in keep:
        yield next((f"{words}*" for words in _beginnings(name, beginning, keep, dropped)), name)


def _beginnings(name: str, beginning: str, keep: Sequence[str], dropped: Sequence[str]) -> Iterator[str]:
    """The words that a name begins with, the fewest first, where they stand for several names to keep."""
    words = ""
    for word in _WORD.findall(name):
        words += word
        folded = fold(words)
        if (
            folded.startswith(beginning)
            and sum(fold(other).startswith(folded) for other in keep) > 1
            and not any(other.startswith(folded) for other in dropped)
        ):
            yield words
