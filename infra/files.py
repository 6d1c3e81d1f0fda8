"""Built directories: complete or absent, and the same bytes and times wherever they are built."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

# 1980-01-01: the earliest time that a ZIP archive can hold.
EPOCH = 315532800


def publish_directory(target: Path, write: Callable[[Path], None]) -> Path:
    """Fills a directory beside ``target`` and moves it there in one step.

    A target that exists is taken as it is: its name tells its content. Two processes may build the same
    one; the first to finish wins, and both get the same.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        write(work)
        normalise(work)
        try:
            work.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def normalise(directory: Path) -> None:
    """Gives every file and directory the same times and modes."""
    for path in (directory, *directory.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (EPOCH, EPOCH))
