"""The bytes of an ordinary log -> the records in it that may pass a role, and how many others there are.

Ordinary is what CloudTrail writes: one object with a list of records, or records a line each. All else is
for `RecordFiles`, which salvages what it can: this either reads a whole file right, or says that it does
not. Of a record that is left out here, `passes_of` makes nothing; tests hold it to that. Of members of one
name, which CloudTrail does not write, this takes the first where Python takes the last.

To ask a record for a member that it lacks takes longer than all else that is done with it here: so the text
of the whole log is searched first, which takes next to no time.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import simdjson
import stringzilla
from simdjson import Object

from passrole.catalogue import Catalogue, load_catalogue
from passrole.trail.signs import OF_UNKNOWN, Signs, signs_of

# What the message of every refused pass has ("PassRole", "pass role"); AWS writes no letter as an escape.
_REFUSALS = (b"assRole", b"ass role")
_MESSAGE = b'"errorMessage"'
_INSIDE_TEXT = re.compile(rb'\s*:\s*"(?:[^"\\]|\\.)*', re.DOTALL)
_LONGEST_MESSAGE = 1 << 16  # bytes; CloudTrail keeps one kilobyte
_MOST_SEARCHED = 200
_DATA_EVENT = b'"eventCategory":"Data"'
# There are some hundred sources, and some hundred names of each; hostile files may hold more.
_MOST_SOURCES, _MOST_NAMES, _LONGEST_NAME = 500, 1_000, 128


class UnusualError(ValueError):
    """It is no ordinary log."""


@dataclass(slots=True)
class Scanned:
    """What a log holds.

    Attributes:
        records: how many; ``data_events`` are among them, counted as CloudTrail writes them.
        candidates: those that may pass a role, as Python has them.
    """

    records: int = 0
    data_events: int = 0
    candidates: list[dict[str, Any]] = field(default_factory=list)


class LogScanner:
    """Reads logs, one after the other."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self._calls = _Calls(catalogue or load_catalogue())
        self._parser = simdjson.Parser()

    def scan(self, data: bytes) -> Scanned:
        """What a log holds.

        Raises:
            UnusualError: it is no ordinary log, or not a whole one.
        """
        scanned = Scanned(data_events=stringzilla.count(data, _DATA_EVENT))
        has_refusals = _has_refusals(data)
        records: Iterable[Any]
        try:
            if (document := self._document(data)) is not None:
                records = document["Records"]
                if not isinstance(records, simdjson.Array):
                    raise UnusualError("Records is no list")
                scanned.records = len(records)
            else:
                lines = _lines(data)
                # While a record is looked at, its parser can read no other.
                records = (simdjson.Parser().parse(line) for line in lines)
                scanned.records = len(lines)
            scanned.candidates.extend(self._candidates(records, has_refusals))
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
        return document if isinstance(document, Object) and "Records" in document else None

    def _candidates(self, records: Iterable[Any], has_refusals: bool) -> Iterator[dict[str, Any]]:
        """Looks at each record; most are of calls that pass nothing, and cost nothing more."""
        calls = self._calls
        for record in records:
            signs = calls[record["eventSource"]][record["eventName"]]
            if signs is OF_UNKNOWN:
                try:
                    if record["readOnly"] is True:
                        signs = None
                except KeyError:  # as in records of some years ago
                    pass
            if (signs is not None and _shows(signs, record)) or (has_refusals and _is_refused(record)):
                yield record.as_dict()


class _Calls(dict[str, "_CallsOf"]):
    """What a record of each call shows if it passes a role, by the source and the name of the call."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def __missing__(self, source: Any) -> "_CallsOf":
        _check_name(source)
        found = _CallsOf(self._catalogue, source)
        if len(self) < _MOST_SOURCES and len(source) < _LONGEST_NAME:
            self[source] = found
        return found


class _CallsOf(dict[str, Signs | None]):
    def __init__(self, catalogue: Catalogue, source: str) -> None:
        super().__init__()
        self._catalogue, self._source = catalogue, source

    def __missing__(self, name: Any) -> Signs | None:
        _check_name(name)
        found = signs_of(self._catalogue.call_of(self._source, name), self._source)
        if len(self) < _MOST_NAMES and len(name) < _LONGEST_NAME:
            self[name] = found
        return found


def _check_name(name: Any) -> None:
    if not (isinstance(name, str) and name):
        raise UnusualError("a record without the names of its call")  # as those of Insights


def _lines(data: bytes) -> Sequence[bytes]:
    lines = [line for line in data.splitlines() if line.strip()]
    if not lines:
        raise UnusualError("empty")
    return lines


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


def _shows(signs: Signs, record: Any) -> bool:
    try:
        request = record["requestParameters"]
    except KeyError:
        request = None
    if type(request) is Object and not signs.request.isdisjoint(request):
        return True
    return bool(signs.response) and _answers(signs.response, record)


def _answers(names: tuple[bytes, ...], record: Any) -> bool:
    try:
        response = record["responseElements"]
    except KeyError:
        return False
    if type(response) is not Object:
        return False
    written: Any = response.mini  # bytes, whatever its stub says
    return any(name in written for name in names)


def _is_refused(record: Any) -> bool:
    if "errorMessage" not in iter(record):  # to ask the record itself for what it lacks takes longer
        return False
    message = record["errorMessage"]
    return isinstance(message, str) and any(needle.decode() in message for needle in _REFUSALS)
