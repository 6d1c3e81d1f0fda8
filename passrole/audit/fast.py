"""The bytes of an ordinary log -> the records in it that may pass a role, and how many others there are.

Ordinary is what CloudTrail writes: one object with a list of records, or records a line each. All else is
for `RecordFiles`, which salvages what it can: this either reads a whole file right, or says that it does
not. Of a record that is left out here, `passes_of` makes nothing; tests hold it to that.

To ask a record for a member that it lacks takes longer than all else that is done with it here: so the text
of the whole log is searched first, which takes next to no time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import simdjson
import stringzilla

from passrole.catalogue import Catalogue, load_catalogue
from passrole.trail.uncatalogued import NO_PASSES, ROLE_MEMBER_SPELLINGS

# What the message of every refused pass has ("PassRole", "pass role"); AWS writes no letter as an escape.
_REFUSALS = (b"assRole", b"ass role")
_MESSAGE = b'"errorMessage"'
_INSIDE_TEXT = re.compile(rb'\s*:\s*"(?:[^"\\]|\\.)*', re.DOTALL)
_LONGEST_MESSAGE = 1 << 16  # bytes; CloudTrail keeps one kilobyte
_MOST_SEARCHED = 200
_DATA_EVENT, _INSIGHT = b'"eventCategory":"Data"', b'"eventType":"AwsCloudTrailInsight"'
_MOST_KNOWN = 50_000  # names of calls: there are some ten thousand, and hostile files may hold more


class UnusualError(ValueError):
    """It is no ordinary log."""


# What a call does, by the catalogue.
_PASSES, _PASSES_NOTHING, _UNKNOWN = 1, 2, 3


@dataclass(slots=True)
class Scanned:
    """What a log holds.

    Attributes:
        records: how many; ``data_events`` and ``insights`` are among them, counted as CloudTrail writes them.
        candidates: those that may pass a role, as Python has them.
    """

    records: int = 0
    data_events: int = 0
    insights: int = 0
    candidates: list[dict[str, Any]] = field(default_factory=list)


class LogScanner:
    """Reads logs, one after the other."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self._catalogue = catalogue or load_catalogue()
        self._parser = simdjson.Parser()
        self._kinds: dict[tuple[str, str], int] = {}

    def scan(self, data: bytes) -> Scanned:
        """What a log holds.

        Raises:
            UnusualError: it is no ordinary log, or not a whole one.
        """
        scanned = Scanned(
            data_events=stringzilla.count(data, _DATA_EVENT), insights=stringzilla.count(data, _INSIGHT)
        )
        has_refusals = _has_refusals(data)
        try:
            if (document := self._document(data)) is not None:
                records = document["Records"]
                if not isinstance(records, simdjson.Array):
                    raise UnusualError("Records is no list")
            else:
                records = self._lines(data)
            self._scan(records, has_refusals, scanned)
        except (ValueError, TypeError, KeyError, RuntimeError, RecursionError) as error:
            self._parser = simdjson.Parser()  # what was read of the last text may still refer to this one
            raise UnusualError(str(error)) from None
        return scanned

    def _document(self, data: bytes) -> Any:
        """The log as one object; None if it is several, or one record."""
        try:
            document = self._parser.parse(data)
        except ValueError:
            return None
        return document if isinstance(document, simdjson.Object) and "Records" in document else None

    def _lines(self, data: bytes) -> Iterator[Any]:
        if not data.strip():
            raise UnusualError("empty")
        for line in data.splitlines():
            if line.strip():
                record = self._parser.parse(line)
                yield record
                del record

    def _scan(self, records: Iterable[Any], has_refusals: bool, scanned: Scanned) -> None:
        """Looks at each record; most are of calls that pass nothing, and cost nothing more."""
        kind_of, candidates, count = self._kinds.get, scanned.candidates, 0
        nothing = None if has_refusals else _PASSES_NOTHING
        for record in records:
            count += 1
            call = record["eventSource"], record["eventName"]
            kind = kind_of(call)
            if kind is nothing and kind is not None:
                del record  # of lines: the parser reads the next one into the same place
                continue
            kind = kind or self._kind_of(call)
            if (
                kind is _PASSES
                or (kind is _UNKNOWN and _names_role(record))
                or (has_refusals and _is_refused(record))
            ):
                candidates.append(record.as_dict())
            del record
        scanned.records = count

    def _kind_of(self, call: tuple[str, str]) -> int:
        """What a call does; whether it only reads, each record tells, or leaves out."""
        source, name = call
        if not (isinstance(source, str) and isinstance(name, str) and source and name):
            raise UnusualError("a record without the names of its call")
        found = self._catalogue.call_of(source, name)
        if found is not None:
            kind = _PASSES if found.passes_roles else _PASSES_NOTHING
        else:
            kind = _PASSES_NOTHING if source in NO_PASSES else _UNKNOWN
        if len(self._kinds) < _MOST_KNOWN:
            self._kinds[call] = kind
        return kind


def _has_refusals(data: bytes) -> bool:
    """Whether an error message in the log may speak of a refused pass: policies and requests do so, too."""
    for needle in _REFUSALS:
        at = stringzilla.find(data, needle)
        for _ in range(_MOST_SEARCHED):
            if at < 0:
                break
            begin = data.rfind(_MESSAGE, max(0, at - _LONGEST_MESSAGE), at)
            if begin >= 0 and _INSIDE_TEXT.fullmatch(data, begin + len(_MESSAGE), at):
                return True
            at = stringzilla.find(data, needle, at + 1)
        else:
            return True
    return False


def _names_role(record: Any) -> bool:
    """Whether a call that the catalogue does not know may write, and has a member named like a role."""
    try:
        if record["readOnly"] is True:
            return False
    except KeyError:  # records of some years ago
        pass
    request = record.get("requestParameters")
    return isinstance(request, simdjson.Object) and not ROLE_MEMBER_SPELLINGS.isdisjoint(request.keys())


def _is_refused(record: Any) -> bool:
    message = record.get("errorMessage")
    return isinstance(message, str) and any(needle.decode() in message for needle in _REFUSALS)
