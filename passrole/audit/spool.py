"""Where the work of an audit is kept until it is done: an interrupted one goes on where it stopped.

Each batch of files comes to two files here: its rows, and then, as a sign that they are whole, its tally.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

import passrole
from passrole.audit.sources.units import Unit
from passrole.audit.tally import Tally
from passrole.clock import iso, parse_time

if sys.platform != "win32":
    import fcntl

_KEPT = 24 * 3600  # seconds: by then logs have grown, and "the last 90 days" are others
_FORMAT = "3"  # of rows: kept work of another version is not taken up


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch that is done.

    Attributes:
        batch: its id.
        tally: what it came to.
        units: its files; none if it is a page of what AWS searched.
    """

    batch: str
    tally: Tally
    units: Sequence[Unit]


class Spool:
    """The kept work of one audit.

    Attributes:
        is_own: whether no later run finds it, since another one is at the same audit now.
    """

    def __init__(self, folder: Path, *, is_own: bool = False) -> None:
        self.folder = folder
        self.is_own = is_own

    @classmethod
    def of(cls, about: Iterable[str]) -> "Spool":
        """The one of an audit that is told from others by these texts: the same command finds it again."""
        told = repr((_FORMAT, *about)).encode("utf-8", "surrogatepass")
        return cls(_cache() / "audit" / hashlib.sha256(told).hexdigest()[:24])

    def forget_others(self) -> None:
        """Removes what audits left that nobody went on with for a day, this one among them."""
        for folder in self.folder.parent.glob("*"):
            with suppress(OSError):
                if time.time() - folder.stat().st_mtime > _KEPT:
                    shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def held(self) -> Iterator["Spool"]:
        """It, for this process alone; while another one holds it, an empty one in its place.

        Raises:
            OSError: the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as lock:
            if _is_locked(lock.fileno(), self.folder / "lock"):
                yield self
                return
        own = Spool(
            Path(tempfile.mkdtemp(prefix=f"{self.folder.name}-", dir=self.folder.parent)), is_own=True
        )
        try:
            yield own
        finally:
            own.remove()

    def began(self, now: datetime) -> datetime:
        """When the work was begun: what "the last hour" means does not change when it goes on.

        Raises:
            OSError: the folder cannot be written.
        """
        with suppress(OSError, ValueError):
            return parse_time((self.folder / "began").read_text("utf-8"))
        half = self.folder / "began.half"
        half.write_text(iso(now), "utf-8")
        half.replace(self.folder / "began")
        return now

    def rows_of(self, batch: str) -> Path:
        """The file of a batch's rows: JSON lines."""
        return self.folder / f"{batch}.jsonl"

    def done(self) -> Iterator[Kept]:
        """Each batch that is done."""
        for path in sorted(self.folder.glob("*.tally")):
            try:
                data = json.loads(path.read_text("utf-8"))
                kept = Kept(
                    path.stem, Tally.from_json(data["tally"]), [Unit(*unit) for unit in data["units"]]
                )
            except (OSError, ValueError, KeyError, TypeError):
                continue  # as good as not done
            yield kept

    def write(self, batch: str, lines: Iterable[bytes]) -> None:
        """Writes a batch's rows.

        Raises:
            OSError: the disk is full, or the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Sources may hold the same files: two processes may be at them at once.
        half = self._half(batch)
        with half.open("wb") as file:
            file.writelines(lines)
        half.replace(self.rows_of(batch))

    def finish(self, batch: str, tally: Tally, units: Iterable[Unit]) -> None:
        """Notes that a batch of these files is done."""
        half = self._half(batch)
        half.write_text(json.dumps({"tally": tally.to_json(), "units": [*map(astuple, units)]}), "utf-8")
        half.replace(self._tally(batch))

    def forget(self, batch: str) -> None:
        """Takes a batch for not done."""
        self._tally(batch).unlink(missing_ok=True)
        self.rows_of(batch).unlink(missing_ok=True)

    def has(self, batch: str) -> bool:
        """Whether a batch is done."""
        return self._tally(batch).exists()

    def remove(self) -> None:
        """Forgets it all."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tally(self, batch: str) -> Path:
        return self.folder / f"{batch}.tally"

    def _half(self, batch: str) -> Path:
        return self.folder / f"{batch}.{os.getpid()}"


def release() -> str:
    """Tells this release's catalogue and code from others: they may find other passes, or judge otherwise."""
    told = hashlib.sha256()
    package = Path(passrole.__file__).parent
    for path in sorted((*package.rglob("*.py"), *package.rglob("*.json*"), *package.rglob("*.yaml"))):
        found = path.stat()
        told.update(repr((str(path), found.st_size, found.st_mtime_ns)).encode("utf-8", "surrogatepass"))
    return told.hexdigest()


def _is_locked(lock: int, path: Path) -> bool:
    """Locks a file until it is closed, or this process ends; False if another has done so, or removed it."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(lock), path.stat())
    except OSError:
        return False


def _cache() -> Path:
    """Where users keep what can be made again (the XDG Base Directory Specification)."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if os.path.isabs(given) else Path.home() / ".cache") / "passrole"
