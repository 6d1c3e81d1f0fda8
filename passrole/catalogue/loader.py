"""Loads the catalogue from its data: the rows of an event source when its first event comes, once a process.

A function sees events of few services: to read only their files keeps its cold start short.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Protocol

from passrole.catalogue.model import Call

_DOMAIN = ".amazonaws.com"
_EMPTY: Mapping[str, Call] = {}


class Catalogue(Protocol):
    """Calls, found by event source and event name."""

    def call_of(self, event_source: str, event_name: str) -> Call | None:
        """The row that a record's event source and event name mean, in any of its spellings."""


class CallTable:
    """A catalogue of given rows."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._by_event = {(call.source, name): call for call in calls for name in call.names}

    def call_of(self, event_source: str, event_name: str) -> Call | None:
        return self._by_event.get((event_source, event_name))


class PackagedCatalogue:
    """The catalogue that the package carries."""

    def __init__(self) -> None:
        self._folder = resources.files("passrole.catalogue") / "calls"
        stems = (f.name.removesuffix(".jsonl") for f in self._folder.iterdir() if f.name.endswith(".jsonl"))
        self._sources = frozenset(stem + _DOMAIN for stem in stems)
        self._loaded: dict[str, Mapping[str, Call]] = {}

    def call_of(self, event_source: str, event_name: str) -> Call | None:
        """The row that a record's event source and event name mean, in any of its spellings."""
        return self._of(event_source).get(event_name)

    def calls(self) -> Iterator[Call]:
        """All rows, in order of event source and action."""
        for source in sorted(self._sources):
            yield from dict.fromkeys(self._of(source).values())

    def _of(self, event_source: str) -> Mapping[str, Call]:
        calls = self._loaded.get(event_source)
        if calls is not None:
            return calls
        # Only names of our own files: an event's source is text from outside.
        if event_source not in self._sources:
            return _EMPTY
        file = self._folder / f"{event_source.removesuffix(_DOMAIN)}.jsonl"
        calls = {name: call for _, call in read_rows(file) for name in call.names}
        self._loaded[event_source] = calls
        return calls


def read_rows(file: Traversable) -> Iterator[tuple[tuple[str, str], Call]]:
    """The rows of one data file, each with its identity: event source and first event name.

    Raises:
        ValueError, KeyError, TypeError: the file is none of the catalogue's.
    """
    for line in file.read_text("utf-8").splitlines():
        call = Call.from_json(json.loads(line))
        yield (call.source, call.names[0]), call


@lru_cache(maxsize=1)
def load_catalogue() -> PackagedCatalogue:
    """The catalogue that the package carries."""
    return PackagedCatalogue()
