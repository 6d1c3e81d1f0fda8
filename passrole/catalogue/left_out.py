"""What a policy leaves out of the watch: event sources with all that they tell, and single calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Events that are not judged.

    Attributes:
        sources: event sources, of which every event is left out, also of calls that no row knows.
        calls: event sources with event names.
    """

    sources: frozenset[str] = frozenset()
    calls: frozenset[tuple[str, str]] = frozenset()

    def has(self, event_source: str, event_name: str) -> bool:
        """Whether events of that source and name are left out."""
        return event_source in self.sources or (event_source, event_name) in self.calls

    def joined(self, other: "LeftOut") -> "LeftOut":
        """What either leaves out."""
        return LeftOut(self.sources | other.sources, self.calls | other.calls)

    def parts(self) -> Iterator["LeftOut"]:
        """Each source, then each call of the others, alone; always in the same order."""
        for source in sorted(self.sources):
            yield LeftOut(sources=frozenset({source}))
        for source, name in sorted(self.calls):
            if source not in self.sources:
                yield LeftOut(calls=frozenset({(source, name)}))

    def to_json(self) -> dict[str, Any]:
        return {"sources": sorted(self.sources), "calls": [list(call) for call in sorted(self.calls)]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "LeftOut":
        """Reads what ``to_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        return cls(frozenset(data["sources"]), frozenset((source, name) for source, name in data["calls"]))


NOTHING = LeftOut()
