"""IAM's wildcards: ``*`` is any text, slashes too, and ``?`` is any one character. Case counts.

Sources: "IAM JSON policy elements: Resource" and "Condition operators" of the IAM User Guide.
"""

import re
from collections.abc import Callable, Iterable, Sequence
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
Test = Callable[[str], bool]
_WILD = {wild.value: wild for wild in Wild}


def tokens_of(text: str) -> Tokens:
    """The texts and wildcards that a pattern is made of."""
    return tuple(_WILD.get(part, part) for part in re.split(r"([*?])", text) if part)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of ``text`` matches ``pattern``."""
    return text_test(tokens_of(pattern))(text)


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN matches an ARN pattern (see `arn_test`)."""
    return arn_test(tokens_of(pattern))(arn)


@lru_cache(maxsize=_CACHED)
def text_test(tokens: Tokens) -> Test:
    """The test of a whole text."""
    return _test(tokens)


@lru_cache(maxsize=_CACHED)
def arn_test(tokens: Tokens) -> Test:
    """The test of a whole ARN, each of the six parts for itself.

    A wildcard in an earlier part does not run over the colon: a role's path may hold colons, and the path
    ``/x:role/approved/`` must not pass for ``/approved/``. Parts that a pattern leaves out are any; one
    without colons (``*``) is compared with the whole.
    """
    of_parts = parts_test(tokens)
    if of_parts is None:
        return _test(tokens)

    def test(arn: str) -> bool:
        parts = arn.split(":", _ARN_PARTS - 1)
        return len(parts) == _ARN_PARTS and of_parts(parts)

    return test


@lru_cache(maxsize=_CACHED)
def parts_test(tokens: Tokens) -> Callable[[Sequence[str]], bool] | None:
    """The same for the six parts of an ARN; None for a pattern without colons."""
    parts = _parts(tokens)
    if len(parts) == 1:
        return None
    # From the end: there the patterns of a policy differ.
    given = [(index, part) for index, part in reversed(list(enumerate(parts))) if part != [Wild.ANY]]
    tests = [(index, _test(part)) for index, part in given]

    def test(arn: Sequence[str]) -> bool:
        for index, fits in tests:  # noqa: SIM110 - a generator takes twice as long, and every pass waits for it
            if not fits(arn[index]):
                return False
        return True

    return test


def _test(tokens: Sequence[str | Wild]) -> Test:
    """A test of a text; most patterns are a text, or one with a star at its end, and need no expression."""
    texts = [token for token in tokens if not isinstance(token, Wild)]
    if len(texts) == len(tokens):
        return "".join(texts).__eq__
    if tokens[-1] is Wild.ANY and len(texts) == len(tokens) - 1:
        prefix = "".join(texts)
        return lambda text: text.startswith(prefix)
    pattern = re.compile(_expression(tokens), re.DOTALL)
    return lambda text: pattern.fullmatch(text) is not None


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
    return [[token for token in part if token != ""] for part in parts]


def _expression(tokens: Sequence[str | Wild]) -> str:
    """The pattern as a regular expression that never goes back on itself.

    Between two stars the first place that fits is as good as any, so it is searched for once (an atomic
    group) and never again: names come from attackers, and must not be able to keep the matcher busy.
    """
    first, *rest = _between_stars(tokens)
    if not rest:
        return first
    *middle, last = rest
    between = "".join(f"(?>.*?{literal})" for literal in middle if literal)
    return f"{first}{between}.*{last}"


def _between_stars(tokens: Iterable[str | Wild]) -> list[str]:
    """The expressions of what stands before, between and after the stars."""
    pieces = [""]
    for is_star, group in groupby(tokens, lambda token: token is Wild.ANY):
        for token in group:
            if is_star:
                pieces.append("")
            else:
                pieces[-1] += "." if isinstance(token, Wild) else re.escape(token)
    return pieces
