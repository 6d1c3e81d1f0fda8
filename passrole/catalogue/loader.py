"""Loads the catalogue from its data files, once a process."""

import json
from functools import lru_cache
from importlib import resources

from passrole.catalogue.model import Call


class Catalogue:
    """All calls, found by event source and event name."""

    def __init__(self, calls: tuple[Call, ...]) -> None:
        self.calls = calls
        self._by_event = {(call.source, name): call for call in calls for name in call.names}

    def call_of(self, event_source: str, event_name: str) -> Call | None:
        """The call that a record's event source and event name mean, in any of its spellings."""
        return self._by_event.get((event_source, event_name))


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The catalogue that the package carries: rows in order of file and line."""
    folder = resources.files("passrole.catalogue") / "calls"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".jsonl")), key=lambda f: f.name)
    rows = (line for f in files for line in f.read_text("utf-8").splitlines() if line)
    return Catalogue(tuple(Call.from_json(json.loads(row)) for row in rows))
