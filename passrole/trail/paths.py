"""Finding values in a record by the catalogue's paths.

A path is members parted by dots; ``[]`` behind a member means each element of its list. CloudTrail collapses
some one-element lists into the element itself and writes some empty lists as ``{}``: both are understood.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_Step = tuple[str, bool]


def values_at(root: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each value at ``path`` below ``root``, with the path where it stands (indices for lists)."""
    yield from _descend(root, _steps(path), "")


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[_Step, ...]:
    return tuple((part.removesuffix("[]"), part.endswith("[]")) for part in path.split("."))


def _descend(node: Any, steps: tuple[_Step, ...], at: str) -> Iterator[tuple[str, Any]]:
    if not steps:
        if node is not None:
            yield at.removeprefix("."), node
        return
    (member, each), rest = steps[0], steps[1:]
    if not isinstance(node, dict) or member not in node:
        return
    below, at = node[member], f"{at}.{member}"
    if each and isinstance(below, list):
        for index, element in enumerate(below):
            yield from _descend(element, rest, f"{at}.{index}")
    else:
        yield from _descend(below, rest, at)
