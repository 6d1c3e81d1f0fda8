"""What a record shows at the least where `passes_of` finds a role in it: for readers of very many records."""

import re
from dataclasses import dataclass

from passrole.catalogue import Call, Where
from passrole.passes import Direction
from passrole.trail.extraction import OMITTED
from passrole.trail.paths import either_case
from passrole.trail.uncatalogued import NO_PASSES, ROLE_MEMBER_SPELLINGS

_BEHIND_FIRST = re.compile(r"[.\[]")


@dataclass(frozen=True, slots=True)
class Signs:
    """Members of which the request or the response of a call has one, if it passes a role.

    A refused pass may show none of them: its error message speaks of it.

    Attributes:
        request, response: names in every spelling; a response of None tells none.
    """

    request: frozenset[str]
    response: frozenset[str] | None = None


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
    return Signs(_members(call, Where.REQUEST) | {OMITTED}, _members(call, Where.RESPONSE) or None)


def _members(call: Call, where: Where) -> frozenset[str]:
    """What the paths of roles begin with."""
    firsts = (
        _BEHIND_FIRST.split(path)[0]
        for place in call.roles
        if place.where is where and place.direction is not Direction.REMOVES
        for path in place.paths
    )
    return frozenset(spelling for first in firsts for spelling in (first, either_case(first)))
