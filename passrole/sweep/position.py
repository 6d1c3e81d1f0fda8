"""Where a walk stands: on which page of each step, and what of that page is done.

A page that is asked for again may have lost items, have come by some, or tell them in another order. So what
is done is known by what it is, not by how much of it there was: nothing is passed over unseen.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

_MARK = 9  # bytes: three for four letters of base64, and no two items of a page are taken for one


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands on one step.

    Attributes:
        token: of its page; None for the first.
        done: marks of the items of the page that are done.
        within: marks of those that the next step is being asked about.
    """

    token: str | None = None
    done: frozenset[bytes] = frozenset()
    within: frozenset[bytes] = frozenset()


Position = tuple[Place, ...]
"""A place for each step that was begun, the first step's first."""
START: Position = ()


def begun(places: Iterable[Place]) -> Position:
    """The position without the steps at its end of which nothing is done: they begin anyway."""
    position = list(places)
    while position and position[-1] == Place():
        position.pop()
    return tuple(position)


def behind(position: Position) -> Position:
    """Where to go on without what was being asked about last; START where that is nothing."""
    for number in range(len(position) - 1, -1, -1):
        place = position[number]
        if place.within:
            return (*position[:number], Place(place.token, place.done | place.within))
    return START


def is_further(position: Position, before: Position) -> bool:
    """Whether anything was done: what was only asked about may be another thing each time."""
    return _done(position) != _done(before)


def _done(position: Position) -> Position:
    return begun(Place(place.token, place.done) for place in position)


def mark(what: object) -> bytes:
    """What stands for an item: the same for what has the same ``repr``."""
    return sha256(repr(what).encode("utf-8", "surrogatepass")).digest()[:_MARK]


def position_to_json(position: Position) -> list[list[str | None]]:
    return [[place.token, _text(place.done), _text(place.within)] for place in position]


def position_from_json(places: Any) -> Position:
    """The position that `position_to_json` made something of.

    Raises:
        ValueError, TypeError: it is none.
    """
    return tuple(_place(*place) for place in places)


def _place(token: Any, done: Any, within: Any) -> Place:
    if not isinstance(token, str | None):
        raise TypeError("the position has a token that is no text")
    return Place(token, _marks(done), _marks(within))


def _text(marks: Iterable[bytes]) -> str:
    return b64encode(b"".join(sorted(marks))).decode("ascii")


def _marks(text: Any) -> frozenset[bytes]:
    together = b64decode(text, validate=True)
    if len(together) % _MARK:
        raise ValueError("the position has marks that are none")
    return frozenset(together[first : first + _MARK] for first in range(0, len(together), _MARK))
