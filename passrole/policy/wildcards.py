"""IAM's wildcards: ``*`` is any text, slashes too, and ``?`` is any one character. Case counts.

Sources: "IAM JSON policy elements: Resource" and "Condition operators" of the IAM User Guide.
"""

import re
from functools import lru_cache

_ARN_PARTS = 6
_CACHED = 8192


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of ``text`` matches ``pattern``."""
    return _text_pattern(pattern).fullmatch(text) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN matches an ARN pattern, each of the six parts for itself.

    A wildcard in an earlier part does not run over the colon: a role's path may hold colons, and the path
    ``/x:role/approved/`` must not pass for ``/approved/``. Only the last part of a pattern, which may have
    fewer than six (``*``), takes all that is left.
    """
    return _arn_pattern(pattern).fullmatch(arn) is not None


@lru_cache(maxsize=_CACHED)
def _text_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(_expression(pattern, "."), re.DOTALL)


@lru_cache(maxsize=_CACHED)
def _arn_pattern(pattern: str) -> re.Pattern[str]:
    *earlier, last = pattern.split(":", _ARN_PARTS - 1)
    parts = [*(_expression(part, "[^:]") for part in earlier), _expression(last, ".")]
    return re.compile(":".join(parts), re.DOTALL)


def _expression(pattern: str, any_one: str) -> str:
    """The pattern as a regular expression that never goes back on itself.

    Between two stars the first place that fits is as good as any, so it is searched for once (an atomic
    group) and never again: names come from attackers, and must not be able to keep the matcher busy.
    """
    first, *rest = [
        "".join(any_one if c == "?" else re.escape(c) for c in literal) for literal in pattern.split("*")
    ]
    if not rest:
        return first
    *middle, last = rest
    between = "".join(f"(?>{any_one}*?{literal})" for literal in middle if literal)
    return f"{first}{between}{any_one}*{last}"
