"""Files and folders on this machine."""

import os
from collections.abc import Callable, Iterator

from passrole.audit.sources.units import Unit

LINK, NO_FILE = "links to folders", "neither files nor folders"
"""What folders hold that is not read, as it is counted."""


def files(
    name: str, failed: Callable[[str, str], None], passed_over: Callable[[str, str], None]
) -> Iterator[Unit]:
    """A file, or all files of a folder in order of their names.

    Args:
        failed: is told what cannot be looked at, and why.
        passed_over: is told the kind of what is not read, and where it is.
    """
    if not os.path.isdir(name):
        yield from _unit(name, failed)
        return

    def unwalkable(error: OSError) -> None:
        failed(str(error.filename), error.strerror or str(error))

    for where, folders, names in os.walk(name, onerror=unwalkable):
        folders.sort()
        for each in folders:
            if os.path.islink(link := os.path.join(where, each)):  # it may lead back, or anywhere
                passed_over(LINK, link)
        for each in sorted(names):
            path = os.path.join(where, each)
            # A pipe or a device would never end. A broken link goes on, to be told.
            if os.path.isfile(path) or not os.path.exists(path):
                yield from _unit(path, failed)
            else:
                passed_over(NO_FILE, path)


def unit_of(path: str) -> Unit:
    """A file as it is now.

    Raises:
        OSError, ValueError: it cannot be looked at.
    """
    found = os.stat(path)
    return Unit(path, found.st_size, str(found.st_mtime_ns))


def _unit(path: str, failed: Callable[[str, str], None]) -> Iterator[Unit]:
    try:
        yield unit_of(path)
    except (OSError, ValueError) as error:
        failed(path, getattr(error, "strerror", None) or str(error))
