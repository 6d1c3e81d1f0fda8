"""Resource patterns of roles, in the form that IAM takes: ``arn:partition:iam::account:role/path/name``.

IAM refuses resources of its own that have a region, that name another partition, or that begin otherwise than
``role/`` (or are ``*``); it takes ``arn:*:``, as AWS's own policies have it. Of a partition's patterns only
those are written that can match a role of it.
"""

import re
from dataclasses import dataclass

from passrole.language.wildcards import arn_matches, matches

EVERY_ROLE = "*"
_PARTS = 6
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_UNSET = "\x01"  # stands for a variable while a pattern is taken apart; no ARN has it
_WILDCARDS = frozenset("*?")
_STAR = "\x00"  # stands for a wildcard where patterns are compared; no ARN has it


@dataclass(frozen=True, slots=True)
class Resource:
    """A pattern as IAM takes it. If it is not ``exact``, it matches at least what the original does."""

    text: str
    exact: bool = True


def resource_of(pattern: str, partition: str) -> Resource | None:
    """The roles of a partition that a pattern matches; None if it certainly matches none.

    Args:
        pattern: with ``${…}`` for variables and signs, as in the language of 2012-10-17.
    """
    if not pattern.strip("*"):
        return Resource(EVERY_ROLE)
    found = _VARIABLE.findall(pattern)
    parts = _VARIABLE.sub(_UNSET, pattern).split(":", _PARTS - 1)
    if len(parts) < _PARTS:
        if parts[-1] != "*":
            return Resource(EVERY_ROLE, exact=False)
        # The last part of a shorter pattern takes all that is left.
        parts += ["*"] * (_PARTS - len(parts))
    head, named, service, region, account, rest = parts
    for part, needed in ((head, "arn"), (named, partition), (service, "iam"), (region, "")):
        if _UNSET in part:
            # A variable may hold colons, so that nothing is certain about what follows it.
            return Resource(EVERY_ROLE, exact=False)
        if not matches(part, needed):
            return None
    if _UNSET not in account and not _may_begin_role(rest):
        return None
    if rest in ("*", "role*"):
        rest = "role/*"
    if not rest.startswith("role/"):
        return Resource(EVERY_ROLE, exact=False)
    if account == "*" and rest == "role/*":
        return Resource(EVERY_ROLE)
    written = f"arn:{named if named == '*' else partition}:iam::{account}:{rest}"
    for variable in found:
        written = written.replace(_UNSET, variable, 1)
    return Resource(written)


def cut_at_variable(text: str) -> str:
    """A pattern without variables that matches at least what ``text`` does, whatever their values."""
    before, sign, _ = text.partition("${")
    if not sign:
        return text
    return f"{before}*" if len(before.split(":", _PARTS - 1)) == _PARTS else EVERY_ROLE


def may_be_role(pattern: str) -> bool:
    """Whether a pattern of any service's ARNs may match a role, of whatever partition."""
    parts = _VARIABLE.sub(_UNSET, pattern).split(":", _PARTS - 1)
    if len(parts) < _PARTS or any(_UNSET in part for part in parts[:-1]):
        return True
    return matches(parts[2], "iam") and matches(parts[3], "") and _may_begin_role(parts[5])


def has_wildcards(text: str) -> bool:
    return bool(_WILDCARDS & set(text))


def has_variables(text: str) -> bool:
    return "${" in text


def without_covered(patterns: list[str]) -> tuple[str, ...]:
    """The patterns, each once, without those that match nothing that another one does not."""
    kept: list[str] = []
    for pattern in dict.fromkeys(patterns):
        if any(_covers(other, pattern) for other in kept):
            continue
        kept = [other for other in kept if not _covers(pattern, other)]
        kept.append(pattern)
    return tuple(kept)


def names_every_role(patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns certainly matches every role."""
    return EVERY_ROLE in patterns


def _covers(wide: str, narrow: str) -> bool:
    if wide in (EVERY_ROLE, narrow):
        return True
    if has_variables(wide) or has_variables(narrow) or "?" in wide or narrow == EVERY_ROLE:
        return False
    return arn_matches(wide, narrow.replace("*", _STAR).replace("?", _STAR))


def _may_begin_role(rest: str) -> bool:
    fixed = re.split(r"[*?\x01]", rest, maxsplit=1)[0]
    if fixed == rest:
        return rest.startswith("role/")
    return "role/".startswith(fixed) or fixed.startswith("role/")
