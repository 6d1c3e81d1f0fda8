"""CloudTrail records from files, in every form they come in: none stops the reading or fails in silence.

A record, ``{"Records": [...]}``, a list, lines of JSON, EventBridge envelopes; each also gzipped, which the
first bytes tell and not the name. Lines of JSON are read one at a time, everything else at once.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from passrole.trail.documents import (
    EXPECTED,
    Broken,
    Item,
    Kind,
    Record,
    holds_records,
    is_json,
    items_of,
    opens_list,
)
from passrole.trail.lines import Line, Lines

STDIN = "-"
# A log file of CloudTrail's holds some ten megabytes: what is larger is read by line or not at all.
_MOST_BYTES = 256 << 20
# Of a folder's file that may not be meant, so many problems are kept until a record shows that it is.
_MOST_HELD = 100

Report = Callable[[str], None]
Found = tuple[str, Record | Broken]


class RecordFiles:
    """Reads records from files, folders and the standard input.

    Attributes:
        problems: how many were reported.
        kinds: how many of each kind, the files without records included.
        without_records: files of folders that hold no record and no sign of one: no problem, but to be told.
        empty: folders without any file, to be told, too.
    """

    def __init__(self, report: Report, stdin: BinaryIO | None = None, most_bytes: int = _MOST_BYTES) -> None:
        """``report`` gets one line a problem: the place, what is wrong, what is expected.

        Args:
            most_bytes: of a line, or of a document of several lines.
        """
        self._report = report
        self._stdin = stdin
        self._most_bytes = most_bytes
        self.problems = 0
        self.kinds: Counter[Kind] = Counter()
        self.without_records: list[str] = []
        self.empty: list[str] = []

    def read(self, names: Iterable[str]) -> Iterator[tuple[str, Record]]:
        """Each record with its place: ``file:line``, or ``file: record 3`` where lines do not tell.

        A folder is walked, its files in order of their names; ``-`` is the standard input.
        """
        for name in names:
            if name == STDIN:
                yield from self._told(self._contents("standard input", self._stdin or sys.stdin.buffer))
            elif os.path.isdir(name):
                before = len(self.without_records), self.problems
                path = None
                for path in self._walked(name):
                    yield from self._told(self._meant(path, self._opened(path)))
                if path is None and before == (len(self.without_records), self.problems):
                    self.empty.append(name)
            else:
                yield from self._told(self._opened(name))

    def read_found(self, name: str, file: BinaryIO) -> Iterator[tuple[str, Record]]:
        """The same of one file that was found among others, and may be none of CloudTrail's."""
        return self._told(self._meant(name, self._contents(name, file)))

    def _told(self, contents: Iterable[Found]) -> Iterator[tuple[str, Record]]:
        for place, found in contents:
            if isinstance(found, Broken):
                self._problem(place, found)
            else:
                yield place, found

    def _problem(self, place: str, broken: Broken) -> None:
        self.problems += 1
        self.kinds[broken.kind] += 1
        self._report(f"{place}: {broken.why}")

    def _walked(self, folder: str) -> Iterator[str]:
        def unwalkable(error: OSError) -> None:
            self._problem(str(error.filename), Broken(_cannot(error), kind=Kind.UNREADABLE))

        for where, folders, files in os.walk(folder, onerror=unwalkable):
            folders.sort()
            for file in sorted(files):
                path = os.path.join(where, file)
                # A pipe or a device in a folder would never end. A broken link goes on, to be told.
                if os.path.isfile(path) or not os.path.exists(path):
                    yield path
                else:
                    self.without_records.append(path)

    def _meant(self, path: str, contents: Iterable[Found]) -> Iterator[Found]:
        """The contents, unless nothing in them looks like a record: folders hold other files, too."""
        held: list[tuple[str, Broken]] = []
        contents = iter(contents)
        for place, found in contents:
            if isinstance(found, Broken) and not found.damaged:
                if len(held) < _MOST_HELD:
                    held.append((place, found))
                continue
            yield from held
            yield place, found
            yield from contents
            return
        self.without_records.append(path)
        kinds = [broken.kind for _, broken in held]
        self.kinds[kinds[0] if kinds and kinds[0] is not Kind.BROKEN else Kind.OTHER] += 1

    def _opened(self, name: str) -> Iterator[Found]:
        try:
            with Path(name).open("rb") as file:
                yield from self._contents(name, file)
        except (OSError, ValueError) as error:
            yield name, Broken(_cannot(error), damaged=True, kind=Kind.UNREADABLE)

    def _contents(self, name: str, file: BinaryIO) -> Iterator[Found]:
        """All that is in a file, in its order; what ended the reading comes last."""
        lines = Lines(file, self._most_bytes)
        first = next(lines, None)
        if first is not None:
            yield from _of_lines(name, first, lines, self._most_bytes)
        if lines.failure:
            kind = Kind.TOO_LARGE if lines.is_too_long else Kind.CUT_OFF
            yield name, Broken(lines.failure, damaged=True, kind=kind)
        elif first is None:
            yield name, Broken(f"empty; {EXPECTED}", kind=Kind.EMPTY)


def _of_lines(name: str, first: Line, lines: Lines, most_bytes: int) -> Iterator[Found]:
    second = next(lines, None)
    if second is None:
        yield from _of_line(name, first, alone=True)
    elif is_json(first.text) or (holds_records(second.text) and not opens_list(first.text)):
        yield from _by_line(name, chain((first, second), lines))
    else:
        yield from _of_document(name, [first, second], lines, most_bytes)


def _of_document(name: str, held: list[Line], lines: Lines, most_bytes: int) -> Iterator[Found]:
    """A document of several lines; or lines of JSON that begin with broken ones."""
    size = 0
    for line in lines:
        held.append(line)
        size += len(line.text)
        if size > most_bytes:
            yield from _by_line(name, chain(held, lines))
            return
    not_text = list(_not_text(name, held))
    found = list(_placed(name, items_of("\n".join(line.text for line in held))))
    if len(found) > _records(found):
        as_lines = list(_by_line(name, held))
        if _records(as_lines) > _records(found):
            not_text, found = [], as_lines
    if not _records(found):
        not_text = _together(not_text)
    for place, problem in not_text:
        yield place, Broken(problem)
    yield from found


def _not_text(name: str, lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    return ((f"{name}:{line.number}", line.problem) for line in lines if line.problem)


def _together(problems: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """One for all: a picture, or an archive of another kind, is not told line by line."""
    if len(problems) < 2:
        return problems
    place, first = problems[0]
    further = "is 1 further line" if len(problems) == 2 else f"are {len(problems) - 1:,} further lines"
    return [(place, f"{first}, nor {further}")]


def _by_line(name: str, lines: Iterable[Line]) -> Iterator[Found]:
    for line in lines:
        yield from _of_line(name, line)


def _of_line(name: str, line: Line, *, alone: bool = False) -> Iterator[Found]:
    place = f"{name}:{line.number}"
    found = list(_placed(place, items_of(line.text), name if alone else place))
    if line.problem:
        yield place, Broken(line.problem)
    if not line.problem or _records(found):
        yield from found


def _placed(place: str, items: Iterable[Item], list_place: str | None = None) -> Iterator[Found]:
    for item in items:
        yield place if item.number is None else f"{list_place or place}: record {item.number}", item.value


def _records(found: list[Found]) -> int:
    return sum(isinstance(value, dict) for _, value in found)


def _cannot(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"cannot be read: {reason[:1].lower()}{reason[1:]}"
