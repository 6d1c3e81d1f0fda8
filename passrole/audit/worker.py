"""Batches of files are read here: in this process, or in others that do nothing else."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from passrole.audit.auditor import Auditor, How
from passrole.audit.lines import line_of
from passrole.audit.sources.contents import contents
from passrole.audit.sources.units import Batch, Unit
from passrole.audit.spool import Spool
from passrole.audit.tally import Tally
from passrole.trail.documents import Kind

_AHEAD = 2  # batches for each worker that wait for it
_LOOKS_EVERY = 1.0  # seconds
_auditor: Auditor | None = None  # of a process that works for another


Done = tuple[str, Tally]


class WorkerError(RuntimeError):
    """A process that reads ended; the message says what to do."""


def do(auditor: Auditor, batch: Batch, spool: Spool) -> Done:
    """Reads a batch into the spool; the batch's id, and what it came to."""
    with _uncollected():
        spool.write(batch.id, _lines(auditor, batch.units))
    tally = auditor.take_tally()
    spool.finish(batch.id, tally, batch.units)
    return batch.id, tally


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is read refers to nothing that refers to it: Python's collector would walk over it for nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Workers:
    """Processes that read batches at once."""

    def __init__(self, how: How, jobs: int) -> None:
        # A process that is split off has all modules loaded; elsewhere than on Linux that is not safe.
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self._jobs = jobs
        self._pool: Executor = ProcessPoolExecutor(jobs, context, _begin, (how,))
        # Now, while this process is small and has no threads.
        with _telling():
            self._pool.submit(os.getpid).result()

    def done(self, batches: Iterator[Batch], spool: Spool) -> Iterator[Done]:
        """The batches, each as soon as it is done.

        Raises:
            WorkerError: a process was ended by others.
        """
        running: set[Future[Done]] = set()
        try:
            with _telling():
                for batch in batches:
                    running.add(self._pool.submit(_do, batch, spool.folder))
                    if len(running) >= self._jobs * (1 + _AHEAD):
                        yield from _taken(running)
                while running:
                    yield from _taken(running)
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _telling() -> Iterator[None]:
    """Says what to do where a process was ended."""
    try:
        yield
    except BrokenProcessPool:
        raise WorkerError(
            "a process that read logs was ended, perhaps for lack of memory; what was done is kept: give "
            "the same command again, with fewer --jobs"
        ) from None


def _taken(running: set[Future[Done]]) -> Iterator[Done]:
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        running.remove(future)
        yield future.result()


def _begin(how: How) -> None:
    global _auditor
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that it works for ends it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _auditor = Auditor(how)


def _end_with_parent() -> None:
    """A process that is killed tells nobody: those that work for it would wait forever."""
    parent = multiprocessing.parent_process()
    while parent is not None and os.getppid() == parent.pid:
        time.sleep(_LOOKS_EVERY)
    os._exit(1)


def _do(batch: Batch, folder: Path) -> Done:
    if _auditor is None:
        raise RuntimeError(f"process {os.getpid()} was not begun")
    return do(_auditor, batch, Spool(folder))


def _lines(auditor: Auditor, units: Sequence[Unit]) -> Iterator[bytes]:
    for unit, content in contents(units):
        match content:
            case bytes():
                yield from map(line_of, auditor.rows(unit.name, content))
            case Path():
                try:
                    with content.open("rb") as file:
                        yield from map(line_of, auditor.rows_in(unit.name, file))
                except OSError as error:
                    auditor.tally.note(Kind.UNREADABLE, f"{unit.name}: {error.strerror or error}")
            case error:
                auditor.tally.note(error.kind, str(error))
