"""Files -> the passes in them, in a store: by several processes, and no interruption loses what is done."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from passrole.audit.auditor import Auditor, How
from passrole.audit.sources.contents import has_changed
from passrole.audit.sources.units import Unit, batches
from passrole.audit.spool import Kept, Spool
from passrole.audit.store import Store
from passrole.audit.tally import Tally
from passrole.audit.worker import Done, Workers, do
from passrole.trail.documents import Kind


@dataclass(slots=True)
class Run:
    """One audit of files.

    Attributes:
        how: what is judged by.
        spool: where its work is kept.
        jobs: processes that read; with 1, this one does.
        show: is told what all that is done came to, as often as that changes.
        kept: files that an earlier, interrupted run has read.
    """

    how: How
    spool: Spool
    jobs: int
    show: Callable[[Tally], None]
    kept: int = 0
    _workers: Workers | None = field(init=False)

    def __post_init__(self) -> None:
        self._workers = Workers(self.how, self.jobs) if self.jobs > 1 else None

    def read(self, units: Iterable[Unit], store: Store, tally: Tally) -> None:
        """Reads all files into the store, and counts what they come to.

        Raises:
            KeyboardInterrupt: what was begun is ended and kept before.
            OSError: what is found cannot be written.
            SourceError, BotoCoreError: AWS refuses, or does not answer.
            WorkerError: a process that read was ended.
        """
        known: set[int] = set()
        for kept in self.spool.done():
            if _is_outdated(kept):
                self.spool.forget(kept.batch)
                continue
            store.add(self.spool.rows_of(kept.batch))
            tally.add(kept.tally)
            known.update(unit.id for unit in kept.units)
        self.kept = len(known)
        left = (unit for unit in units if unit.id not in known)
        for batch, found in self._done(left):
            store.add(self.spool.rows_of(batch))
            tally.add(found)
            self.show(tally)

    def _done(self, units: Iterable[Unit]) -> Iterator[Done]:
        if self._workers is not None:
            yield from self._workers.done(batches(units), self.spool)
            return
        auditor = Auditor(self.how)
        for batch in batches(units):
            yield do(auditor, batch, self.spool)


def _is_outdated(kept: Kept) -> bool:
    """Whether files of a batch are other ones now, or gone, or could not be read then."""
    return kept.tally.over[Kind.UNREADABLE] > 0 or any(map(has_changed, kept.units))
