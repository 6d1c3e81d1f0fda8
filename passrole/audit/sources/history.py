"""CloudTrail's event history as a source: what it has of the last 90 days, without any trail.

It is read back in time, so that where a reading stands is a moment: what was made after it is done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from passrole.audit.sources.errors import refusal
from passrole.clock import iso, parse_time
from passrole.trail.lookup import EventHistory


@dataclass(frozen=True, slots=True)
class Position:
    """Where a reading of one region stands.

    Attributes:
        until: the second of the last event that came; of the end of the range before the first one.
        told: the ids of the events of that second that came.
        is_done: whether nothing more is there.
    """

    until: datetime
    told: tuple[str, ...] = ()
    is_done: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"until": iso(self.until), "told": list(self.told), "is_done": self.is_done}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Position":
        """Reads what ``to_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        return cls(parse_time(data["until"]), tuple(data["told"]), bool(data["is_done"]))


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Events of the history, the latest first.

    Attributes:
        records: CloudTrail records.
        unreadable: events whose record was none.
        after: where the reading stands behind them.
    """

    records: Sequence[dict[str, Any]]
    unreadable: int
    after: Position


class HistorySource:
    """The event history of one account.

    Args:
        history: asks CloudTrail.
        size: events of a page.
    """

    def __init__(self, history: EventHistory, size: int = 500) -> None:
        self._history = history
        self._size = size

    def pages(
        self, region: str, since: datetime, until: datetime, at: Position | None = None
    ) -> Iterator[HistoryPage]:
        """What may pass a role, page by page; the last one's position says that it is done.

        Args:
            at: where an earlier reading of the same range stood; None to begin.

        Raises:
            SourceError: AWS refuses, or asks to wait for longer than makes sense.
            BotoCoreError: it did not answer.
        """
        position = at or Position(until)
        if position.is_done:
            return
        try:
            yield from self._pages(region, since, position)
        except ClientError as error:
            raise refusal(f"the event history of {region}", error) from None

    def _pages(self, region: str, since: datetime, position: Position) -> Iterator[HistoryPage]:
        records: list[dict[str, Any]] = []
        unreadable = 0
        for event in self._history.events(region, since, position.until):
            if event.event_id in position.told:
                continue
            position = _behind(position, event.at, event.event_id)
            if event.record is None:
                unreadable += 1
            else:
                records.append(event.record)
            if len(records) + unreadable == self._size:
                yield HistoryPage(records, unreadable, position)
                records, unreadable = [], 0
        yield HistoryPage(records, unreadable, replace(position, is_done=True))


def _behind(position: Position, at: datetime, event_id: str) -> Position:
    if at == position.until:
        return Position(at, (*position.told, event_id))
    return Position(at, (event_id,))
