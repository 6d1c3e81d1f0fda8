"""A log's bytes -> the rows of the passes in it, judged: what each worker of an audit does."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from passrole.audit.fast import LogScanner, UnusualError
from passrole.audit.row import Row, row_of
from passrole.audit.tally import Tally
from passrole.audit.unpacking import unpacked
from passrole.audit.verdicts import Verdicts
from passrole.clock import iso, utc_now
from passrole.detection.judged import Judged, judged_as
from passrole.evidence import Evidence, Fact, Unknown, known
from passrole.evidence.snapshot import NoIam, Snapshot
from passrole.evidence.wanted import Wanted
from passrole.language import fold
from passrole.passes import Pass
from passrole.policy import CompiledPolicy
from passrole.trail import passes_of
from passrole.trail.documents import INSIGHT, Record
from passrole.trail.files import RecordFiles

# A log of CloudTrail's holds some ten megabytes, unpacked. What is larger is read by line, and slower.
_MOST_BYTES = 64 << 20
_LONGEST_LINE = 16 << 20
_UNTOLD = Unknown("no column of the table tells it", lasting=True)


@dataclass(frozen=True, slots=True)
class How:
    """What an audit judges by.

    Attributes:
        policy: the compiled policy as JSON; None to tell the passes alone.
        snapshot: the path of what is known of roles.
        since, until: ISO 8601; passes of calls before the one, or after the other, are left out.
        accounts, regions: only passes in these; all if there is none.
        untold: condition keys that where the records come from cannot tell: they are unknown.
    """

    policy: str | None = None
    snapshot: str | None = None
    since: str | None = None
    until: str | None = None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


class Auditor:
    """Reads logs, one after the other.

    Attributes:
        tally: of what was read since it was taken last.
    """

    def __init__(self, how: How) -> None:
        """Reads the snapshot.

        Raises:
            SnapshotError: it is none.
        """
        self._how = how
        self._policy = CompiledPolicy.from_json(how.policy) if how.policy else None
        began = utc_now()
        wanted = Wanted.of(self._policy.keys if self._policy else frozenset())
        self._source: Snapshot | NoIam = (
            Snapshot.read(Path(how.snapshot), wanted) if how.snapshot else NoIam(wanted=wanted)
        )
        untold = {fold(key): _UNTOLD for key in how.untold}
        self._verdicts = Verdicts(self._policy, iso(began), untold) if self._policy else None
        self._administrators: dict[str, Fact[bool]] = {}
        self._scanner = LogScanner()
        self.tally = Tally()

    def told_less(self, untold: Iterable[str]) -> "Auditor":
        """One that judges the same, where these condition keys cannot be told."""
        return Auditor(replace(self._how, untold=tuple(untold)))

    def take_tally(self) -> Tally:
        """What was counted so far; counting begins anew."""
        taken, self.tally = self.tally, Tally()
        return taken

    def rows(self, name: str, raw: bytes) -> Iterator[Row]:
        """The passes in a file; whatever it is, this raises nothing."""
        try:
            scanned = self._scanner.scan(unpacked(raw, _MOST_BYTES))
        except UnusualError:
            yield from self.rows_in(name, io.BytesIO(raw))
            return
        self.tally.files += 1
        self.tally.records += scanned.records
        self.tally.note("data events", count=scanned.data_events)
        yield from self._rows(scanned.candidates)

    def rows_in(self, name: str, file: BinaryIO) -> Iterator[Row]:
        """The same, record by record, of what is no ordinary log."""
        first: dict[str, str] = {}

        def problem(told: str) -> None:
            for kind in files.kinds:  # at most one of them is new
                first.setdefault(kind, told)

        files = RecordFiles(problem, most_bytes=_LONGEST_LINE)
        self.tally.files += 1
        yield from self.rows_of(record for _, record in files.read_found(name, file))
        for kind, count in files.kinds.items():
            self.tally.note(kind, first.get(kind, name), count)

    def rows_of(self, records: Iterable[Record]) -> Iterator[Row]:
        """The passes of records that were read already."""
        for record in records:
            self.tally.records += 1
            self.tally.note("data events", count=record.get("eventCategory") == "Data")
            self.tally.note("insight events", count=record.get("eventType") == INSIGHT)
            yield from self._rows((record,))

    def _rows(self, records: Iterable[dict[str, Any]]) -> Iterator[Row]:
        for record in records:
            for pass_ in passes_of(record):
                if self._is_in_range(pass_):
                    self.tally.passes += 1
                    yield self._row(pass_)
                else:
                    self.tally.note("passes out of range")

    def _is_in_range(self, pass_: Pass) -> bool:
        since, until, at = self._how.since, self._how.until, pass_.event_time
        for wanted, found in ((self._how.accounts, pass_.account), (self._how.regions, pass_.region)):
            if wanted and found is not None and found not in wanted:
                return False
        if at is None:
            return True  # better one too many
        return (since is None or at[:19] >= since[:19]) and (until is None or at[:19] <= until[:19])

    def _row(self, pass_: Pass) -> Row:
        evidence = self._source.evidence(pass_)
        return row_of(pass_, evidence, self._judged(pass_, evidence), self._administrator(pass_, evidence))

    def _judged(self, pass_: Pass, evidence: Evidence) -> Judged | None:
        if self._policy is None or self._verdicts is None:
            return None
        verdict = self._verdicts.verdict(pass_, evidence)
        return judged_as(self._policy, pass_, verdict, evidence, self._source)

    def _administrator(self, pass_: Pass, evidence: Evidence) -> bool | None:
        """Whether the role is an administrator: asked once a role."""
        arn = known(evidence.role_id)
        if arn is None:
            return None
        if arn not in self._administrators:
            whole = self._source.with_administrator(pass_, evidence)
            self._administrators[arn] = whole.administrator
        return known(self._administrators[arn])
