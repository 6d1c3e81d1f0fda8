"""Names as patterns that match themselves alone: paths may hold wildcards, and what begins a variable."""

import re

_SIGNS = re.compile(r"[*?$]")


def literal(text: str) -> str:
    """A text as a pattern of IAM's language of 2012-10-17 (``${*}``, ``${?}`` and ``${$}`` are the signs)."""
    return _SIGNS.sub(lambda sign: "${" + sign[0] + "}", text)
