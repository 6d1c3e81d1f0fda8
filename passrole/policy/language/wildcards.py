"""IAM's wildcards: ``*`` is any text, slashes too, and ``?`` is any one character. Case counts.

Sources: "IAM JSON policy elements: Resource" and "Condition operators" of the IAM User Guide.
"""

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from itertools import groupby

_ARN_PARTS = 6
_CACHED = 8192


class Wild(Enum):
    """A wildcard in a pattern; all else of it is text."""

    ANY = "*"
    ONE = "?"


Tokens = tuple[str | Wild, ...]
_WILD = {wild.value: wild for wild in Wild}


def tokens_of(text: str) -> Tokens:
    """The texts and wildcards that a pattern is made of."""
    return tuple(_WILD.get(part, part) for part in re.split(r"([*?])", text) if part)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of ``text`` matches ``pattern``."""
    return text_pattern(tokens_of(pattern)).fullmatch(text) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN matches an ARN pattern, each of the six parts for itself.

    A wildcard in an earlier part does not run over the colon: a role's path may hold colons, and the path
    ``/x:role/approved/`` must not pass for ``/approved/``. Only the last part of a pattern, which may have
    fewer than six (``*``), takes all that is left.
    """
    return arn_pattern(tokens_of(pattern)).fullmatch(arn) is not None


@lru_cache(maxsize=_CACHED)
def text_pattern(tokens: Tokens) -> re.Pattern[str]:
    """What a whole text must match."""
    return re.compile(_expression(tokens, "."), re.DOTALL)


@lru_cache(maxsize=_CACHED)
def arn_pattern(tokens: Tokens) -> re.Pattern[str]:
    """What a whole ARN must match."""
    *earlier, last = _parts(tokens)
    parts = [*(_expression(part, "[^:]") for part in earlier), _expression(last, ".")]
    return re.compile(":".join(parts), re.DOTALL)


def _parts(tokens: Tokens) -> list[list[str | Wild]]:
    """The tokens of each part of an ARN pattern."""
    parts: list[list[str | Wild]] = [[]]
    for token in tokens:
        if isinstance(token, Wild):
            parts[-1].append(token)
            continue
        first, *further = token.split(":", _ARN_PARTS - len(parts))
        parts[-1].append(first)
        parts.extend([text] for text in further)
    return parts


def _expression(tokens: Sequence[str | Wild], any_one: str) -> str:
    """The pattern as a regular expression that never goes back on itself.

    Between two stars the first place that fits is as good as any, so it is searched for once (an atomic
    group) and never again: names come from attackers, and must not be able to keep the matcher busy.
    """
    first, *rest = _between_stars(tokens, any_one)
    if not rest:
        return first
    *middle, last = rest
    between = "".join(f"(?>{any_one}*?{literal})" for literal in middle if literal)
    return f"{first}{between}{any_one}*{last}"


def _between_stars(tokens: Iterable[str | Wild], any_one: str) -> list[str]:
    """The expressions of what stands before, between and after the stars."""
    pieces = [""]
    for is_star, group in groupby(tokens, lambda token: token is Wild.ANY):
        for token in group:
            if is_star:
                pieces.append("")
            else:
                pieces[-1] += any_one if isinstance(token, Wild) else re.escape(token)
    return pieces
