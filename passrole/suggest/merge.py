"""Fewer statements that say the same: two that differ in one thing only become one."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from passrole.suggest.block import Block
from passrole.suggest.saying import family_of_scope, family_of_service, family_of_who


def merged(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same in fewer blocks, in a fixed order. Only what one statement can say is put together."""
    found = set(blocks)
    while True:
        fewer = found
        for rest_of, join in (
            (_all_but_services, _with_services),
            (_all_but_whos, _with_whos),
            (_all_but_scopes, _with_scopes),
        ):
            fewer = _joined(fewer, rest_of, join)
        if fewer == found:
            return tuple(sorted(found, key=lambda block: block.order))
        found = fewer


def _joined(
    blocks: set[Block], rest_of: Callable[[Block], Hashable], join: Callable[[list[Block]], Block]
) -> set[Block]:
    groups: dict[Hashable, list[Block]] = defaultdict(list)
    for block in blocks:
        groups[rest_of(block)].append(block)
    return {join(group) for group in groups.values()}


def _all_but_services(block: Block) -> Hashable:
    return (block.scopes, block.whos, family_of_service(next(iter(block.services))))


def _all_but_whos(block: Block) -> Hashable:
    return (block.scopes, block.services, family_of_who(next(iter(block.whos))))


def _all_but_scopes(block: Block) -> Hashable:
    return (block.services, block.whos, family_of_scope(next(iter(block.scopes))))


def _with_services(group: list[Block]) -> Block:
    return replace(group[0], services=frozenset().union(*(block.services for block in group)))


def _with_whos(group: list[Block]) -> Block:
    return replace(group[0], whos=frozenset().union(*(block.whos for block in group)))


def _with_scopes(group: list[Block]) -> Block:
    return replace(group[0], scopes=frozenset().union(*(block.scopes for block in group)))
