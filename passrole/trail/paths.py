"""Finding values in a record by the catalogue's paths.

A path is members parted by dots. Behind a member, ``[]`` means each element of its list and ``[?k=v]`` the
elements whose member k is v; ``*`` is any key of a map, ``{*End}`` any key that ends so. CloudTrail writes
the first letter of a member in either case, collapses some one-element lists into the element, and writes
some empty lists as ``{}``.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

_SEGMENT = re.compile(r"(?:[^.\[\]]|\[[^\]]*\])+")
_PARTS = re.compile(r"(?P<member>[^\[]*)(?P<lists>(?:\[[^\]]*\])*)")
_LIST = re.compile(r"\[([^\]]*)\]")

_Found = tuple[str, Any]
_Step = Callable[[Any], Iterator[_Found]]


def values_at(root: Any, path: str) -> Iterator[_Found]:
    """Each value at ``path`` below ``root`` but null, with the path where it stands (indices for lists)."""
    yield from _descend(root, _steps(path), 0, "")


def either_case(member: str) -> str:
    """The other spelling of a member: its first letter in the other case."""
    return member[:1].swapcase() + member[1:]


def _descend(node: Any, steps: tuple[_Step, ...], depth: int, at: str) -> Iterator[_Found]:
    if depth == len(steps):
        if node is not None:
            yield at[1:], node
        return
    for key, below in steps[depth](node):
        yield from _descend(below, steps, depth + 1, f"{at}.{key}" if key else at)


@lru_cache(maxsize=8192)
def _steps(path: str) -> tuple[_Step, ...]:
    return tuple(step for segment in _SEGMENT.findall(path) for step in _steps_of(segment))


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
