"""Packs the catalogue's calls into as few event patterns as their size allows, and keeps them where they are.

A pattern takes events of its sources *and* names. Each pair of source and name has one rule, which the data
keeps (``rules.json``): a new call goes where there is room, so that it changes one rule, and no pair ever
moves. Calls whose names look read-only have a rule of their own, for its state; what is left of its room
serves others when the rules for calls that write are full.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable

from passrole.catalogue.model import Call

READ_ONLY = "ReadOnlyCalls"
_MOST_WRITING_RULES = 13

Packing = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Rule name -> event source -> event names."""


@dataclass
class _Pack:
    """One rule that is being filled; ``room`` is what is left of its pattern, in characters."""

    room: int
    sources: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)

    def cost(self, source: str, name: str) -> int:
        """The characters that a pair adds: quotes and a comma for each text that is new here."""
        texts = (text for text, known in ((source, self.sources), (name, self.names)) if text not in known)
        return sum(len(text) + 3 for text in texts)

    def add(self, source: str, name: str) -> None:
        self.room -= self.cost(source, name)
        self.sources.add(source)
        self.names.add(name)
        self.pairs.add((source, name))


def load_packing() -> dict[str, dict[str, tuple[str, ...]]]:
    """The packing that the package carries."""
    return read_packing(resources.files("passrole.catalogue") / "rules.json")


def read_packing(file: Traversable) -> dict[str, dict[str, tuple[str, ...]]]:
    """A packing as ``write`` wrote it."""
    data = json.loads(file.read_text("utf-8"))
    return {rule: {s: tuple(names) for s, names in sources.items()} for rule, sources in data.items()}


def packing_text(packing: Packing) -> str:
    """A packing as text."""
    data = {rule: {s: list(names) for s, names in sources.items()} for rule, sources in packing.items()}
    return json.dumps(data, indent=1) + "\n"


def pack(calls: Iterable[Call], before: Packing, room: int) -> dict[str, dict[str, tuple[str, ...]]]:
    """Puts each source and name into a rule: where it was before, else where it adds least.

    Args:
        calls: all calls of the catalogue; those that pass no role are left out.
        before: the packing so far; pairs that are no longer needed leave it.
        room: characters for sources and names in one pattern.
    """
    passing = [call for call in calls if call.passes_roles]
    reading = {(call.source, name) for call in passing if call.read_only for name in call.names}
    wanted = {(call.source, name) for call in passing for name in call.names}
    packs = {rule: _Pack(room) for rule in (*before, READ_ONLY)}
    for rule, sources in before.items():
        for pair in sorted((s, n) for s, names in sources.items() for n in names):
            if pair in wanted and (rule == READ_ONLY or pair not in reading):
                packs[rule].add(*pair)
                wanted.discard(pair)
    for pair in _heaviest_sources_first(wanted):
        _home_of(pair, packs, pair in reading, room).add(*pair)
    return {rule: _sorted(packs[rule].pairs) for rule in sorted(packs) if packs[rule].pairs}


def _home_of(pair: tuple[str, str], packs: dict[str, _Pack], is_reading: bool, room: int) -> _Pack:
    writing = {rule: p for rule, p in packs.items() if rule != READ_ONLY}
    fitting = [p for p in writing.values() if p.cost(*pair) <= p.room]
    if fitting and not is_reading:
        return min(fitting, key=lambda p: (p.cost(*pair), p.room))
    if is_reading or (
        len(writing) >= _MOST_WRITING_RULES and packs[READ_ONLY].cost(*pair) <= packs[READ_ONLY].room
    ):
        return packs[READ_ONLY]
    return packs.setdefault(f"Calls{len(writing) + 1:02}", _Pack(room))


def _heaviest_sources_first(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    weights: dict[str, int] = {}
    for source, name in pairs:
        weights[source] = weights.get(source, 0) + len(name)
    return sorted(pairs, key=lambda pair: (-weights[pair[0]], pair))


def _sorted(pairs: set[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    sources = sorted({source for source, _ in pairs})
    return {s: tuple(sorted(n for source, n in pairs if source == s)) for s in sources}
