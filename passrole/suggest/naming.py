"""Names of statements: what verdicts and alerts will cite."""

from collections.abc import Sequence

from passrole.policy.source.syntax import BY_NAME
from passrole.policy.text import printable
from passrole.suggest.block import Block

_LONGEST = 110  # characters; with a number behind, below what guardrail.yaml takes
_MOST_NAMED = 2


def names_of(blocks: Sequence[Block]) -> tuple[str, ...]:
    """A name for each block, which no other has in any case of its letters."""
    taken: set[str] = set()
    names = []
    for block in blocks:
        stem = _name(block)
        name, number = stem, 2
        while name.casefold() in taken:
            name, number = f"{stem} ({number})", number + 1
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _name(block: Block) -> str:
    roles = _listed([scope.shown for scope in sorted(block.scopes, key=lambda scope: scope.order)])
    services = _listed([service.removesuffix(".amazonaws.com") for service in sorted(block.services)])
    who = _listed([who.shown for who in sorted(block.whos)])
    # Spaces around a name are refused, and so is the end that names of compiled statements have.
    name = printable(f"{roles} to {services} by {who}", _LONGEST).strip()
    return f"{name}." if name.endswith(BY_NAME) else name


def _listed(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_NAMED
    named = " and ".join(texts[:_MOST_NAMED]) if more <= 0 else ", ".join(texts[:_MOST_NAMED])
    return named if more <= 0 else f"{named} and {more} more"
