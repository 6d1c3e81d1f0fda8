"""What a record shows at the least where `passes_of` finds a role in it: for readers of very many records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from passrole.catalogue import Call, Where
from passrole.passes import Direction
from passrole.trail.extraction import OMITTED
from passrole.trail.paths import either_case
from passrole.trail.uncatalogued import NO_PASSES, ROLE_MEMBER_SPELLINGS

_NO_MEMBER = re.compile(r"\[[^\]]*\]|\{[^}]*\}|\*")


@dataclass(frozen=True, slots=True)
class Signs:
    """What the request or the response of a call shows, if it passes a role.

    A refused pass may show nothing of it: its error message speaks of it.

    Attributes:
        request: names of members in every spelling, one of which the request has.
        response: parts of names, one of which some member of the response has, however deep it lies.
    """

    request: frozenset[str]
    response: tuple[bytes, ...] = ()


OF_UNKNOWN = Signs(ROLE_MEMBER_SPELLINGS)
"""Of calls that the catalogue does not know, unless the record says that the call only reads."""


def signs_of(call: Call | None, source: str) -> Signs | None:
    """The signs of a call, by its row of the catalogue; None if all that could tell of one is a refusal.

    ``source`` is the ``eventSource`` of a call that has no row.
    """
    if call is None:
        return None if source in NO_PASSES else OF_UNKNOWN
    if not call.passes_roles:
        return None
    firsts = (members[0] for members in _members(call, Where.REQUEST))
    request = {spelling for first in firsts for spelling in (first, either_case(first))}
    # The longest is the rarest; its first letter may be of either case.
    response = {max(members, key=len)[1:].encode() for members in _members(call, Where.RESPONSE)}
    return Signs(frozenset(request | {OMITTED}), tuple(sorted(response)))


def _members(call: Call, where: Where) -> Iterator[list[str]]:
    """The names in each path of a role; each begins with one."""
    for place in call.roles:
        if place.where is where and place.direction is not Direction.REMOVES:
            yield from (_NO_MEMBER.sub("", path).split(".") for path in place.paths)
