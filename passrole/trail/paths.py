"""Finding values in a record by the catalogue's paths.

A path is members parted by dots. Behind a member, ``[]`` means each element of its list and ``[?k=v]`` the
elements whose member k is v; ``*`` is any key of a map, ``{*End}`` any key that ends so. CloudTrail writes
the first letter of a member in either case, collapses some one-element lists into the element, and writes
some empty lists as ``{}``.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_SEGMENT = re.compile(r"(?:[^.\[\]]|\[[^\]]*\])+")
_PARTS = re.compile(r"(?P<member>[^\[]*)(?P<lists>(?:\[[^\]]*\])*)")
_LIST = re.compile(r"\[([^\]]*)\]")

_Found = tuple[str, Any]
_Step = Callable[[Any], Iterator[_Found]]


@dataclass(frozen=True, slots=True)
class _Path:
    """A path that was taken apart; ``members`` with their other spellings if it has nothing but members."""

    members: tuple[tuple[str, str], ...] | None
    steps: tuple[_Step, ...]


def values_at(root: Any, path: str) -> Sequence[_Found]:
    """Each value at ``path`` below ``root`` but null, with the path where it stands (indices for lists)."""
    parsed = _parsed(path)
    if parsed.members is not None:
        return _member_at(root, parsed.members)
    found = [("", root)]
    for step in parsed.steps:
        found = [(f"{at}.{key}" if key else at, below) for at, node in found for key, below in step(node)]
    return [(at[1:], node) for at, node in found if node is not None]


def member_of(node: Any, name: str) -> Any:
    """The member of that name in either case, or None."""
    found = _member_at(node, ((name, either_case(name)),))
    return found[0][1] if found else None


def either_case(member: str) -> str:
    """The other spelling of a member: its first letter in the other case."""
    return member[:1].swapcase() + member[1:]


def _member_at(node: Any, members: tuple[tuple[str, str], ...]) -> Sequence[_Found]:
    """The value at a path of members only: most are, and each event is searched for many."""
    at = []
    for name, other in members:
        if type(node) is not dict:
            return ()
        if name not in node:
            if other not in node:
                return ()
            name = other
        node = node[name]
        at.append(name)
    return ((".".join(at), node),) if node is not None else ()


@lru_cache(maxsize=8192)
def _parsed(path: str) -> _Path:
    segments = _SEGMENT.findall(path)
    steps = tuple(step for segment in segments for step in _steps_of(segment))
    plain = not any(character in path for character in "[]*{}")
    return _Path(tuple((s, either_case(s)) for s in segments) if plain else None, steps)


def _steps_of(segment: str) -> Iterator[_Step]:
    parts = _PARTS.fullmatch(segment)
    if parts is None:
        raise ValueError(f"{segment!r} is no part of a path")
    member = parts["member"]
    if member == "*":
        yield _any_key
    elif member.startswith("{*"):
        yield _keys_ending(member[2:-1])
    else:
        yield _member(member)
    for condition in _LIST.findall(parts["lists"]):
        key, _, value = condition.removeprefix("?").partition("=")
        yield _elements_with(key, value) if condition else _elements


def _member(name: str) -> _Step:
    other = either_case(name)

    def step(node: Any) -> Iterator[_Found]:
        if isinstance(node, dict):
            if name in node:
                yield name, node[name]
            elif other in node:
                yield other, node[other]

    return step


def _any_key(node: Any) -> Iterator[_Found]:
    if isinstance(node, dict):
        yield from node.items()


def _keys_ending(end: str) -> _Step:
    def step(node: Any) -> Iterator[_Found]:
        if isinstance(node, dict):
            yield from ((key, value) for key, value in node.items() if key.endswith(end))

    return step


def _elements(node: Any) -> Iterator[_Found]:
    if isinstance(node, list):
        yield from ((str(index), element) for index, element in enumerate(node))
    else:
        yield "", node


def _elements_with(key: str, value: str) -> _Step:
    member = _member(key)

    def step(node: Any) -> Iterator[_Found]:
        for index, element in _elements(node):
            if any(found == value for _, found in member(element)):
                yield index, element

    return step
