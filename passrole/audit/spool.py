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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import passrole
from passrole.audit.tally import Tally
from passrole.clock import iso, parse_time

if sys.platform != "win32":
    import fcntl

_KEPT = 24 * 3600  # seconds: by then logs have grown, and "the last 90 days" are others
_FORMAT = "2"  # of rows: kept work of another version is not taken up


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

    def done(self) -> Iterator[tuple[str, Tally, list[int]]]:
        """Each batch that is done: its id, what it came to, and the ids of its files."""
        for path in sorted(self.folder.glob("*.tally")):
            try:
                data = json.loads(path.read_text("utf-8"))
                yield path.stem, Tally.from_json(data["tally"]), data["units"]
            except (OSError, ValueError, KeyError, TypeError):
                continue  # as good as not done

    def write(self, batch: str, lines: Iterable[bytes]) -> None:
        """Writes a batch's rows.

        Raises:
            OSError: the disk is full, or the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.rows_of(batch).open("wb") as file:
            file.writelines(lines)

    def finish(self, batch: str, tally: Tally, units: Iterable[int]) -> None:
        """Notes that a batch of these files is done."""
        half = self._tally(batch).with_suffix(f".{os.getpid()}")
        half.write_text(json.dumps({"tally": tally.to_json(), "units": list(units)}), "utf-8")
        half.replace(self._tally(batch))

    def has(self, batch: str) -> bool:
        """Whether a batch is done."""
        return self._tally(batch).exists()

    def remove(self) -> None:
        """Forgets it all."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tally(self, batch: str) -> Path:
        return self.folder / f"{batch}.tally"


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
