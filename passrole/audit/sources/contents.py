"""What is in files: on this machine, or in buckets, from which several come at once."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from passrole.audit.sources.errors import UnreadableError
from passrole.audit.sources.local import unit_of
from passrole.audit.sources.objects import S3Object, client_config, fetch
from passrole.audit.sources.units import Unit
from passrole.trail.documents import Kind

_REMOTE = "s3://"
_AT_ONCE = 8  # objects on their way: the wait for one is longer than its reading
_MOST_BYTES = 64 << 20  # of a file that is taken into memory whole

Content = bytes | Path | UnreadableError
"""A file's bytes, the path of one that is, or may be, too large for that, or why it cannot be read."""


def contents(units: Sequence[Unit]) -> Iterator[tuple[Unit, Content]]:
    """Each file with what is in it, in their order.

    Raises:
        SourceError, BotoCoreError: AWS refuses, or does not answer.
    """
    read = [_local if not unit.name.startswith(_REMOTE) else _remote for unit in units]
    if _remote not in read:
        yield from ((unit, _local(unit)) for unit in units)
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from _ahead(pool, units, read)


def has_changed(unit: Unit) -> bool:
    """Whether a file is another one now, or gone. Logs in buckets are written once."""
    if unit.name.startswith(_REMOTE):
        return False
    try:
        return unit_of(unit.name) != unit
    except (OSError, ValueError):
        return True


def _ahead(
    pool: ThreadPoolExecutor, units: Sequence[Unit], read: Sequence[Callable[[Unit], Content]]
) -> Iterator[tuple[Unit, Content]]:
    coming: deque[tuple[Unit, Future[Content]]] = deque()
    for unit, how in zip(units, read, strict=True):
        coming.append((unit, pool.submit(how, unit)))
        if len(coming) > _AT_ONCE:
            first, content = coming.popleft()
            yield first, content.result()
    for unit, content in coming:
        yield unit, content.result()


def _local(unit: Unit) -> Content:
    path = Path(unit.name)
    if unit.size > _MOST_BYTES or not path.is_file():  # nobody knows how much a pipe holds
        return path
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return UnreadableError(f"{unit.name}: {why}", Kind.UNREADABLE)


def _remote(unit: Unit) -> Content:
    bucket, _, key = unit.name.removeprefix(_REMOTE).partition("/")
    try:
        return fetch(_client(), S3Object(bucket, key, unit.size, unit.stamp), _MOST_BYTES)
    except UnreadableError as error:
        return error


@lru_cache(maxsize=1)
def _client() -> Any:
    import boto3

    return boto3.Session().client("s3", config=client_config(_AT_ONCE))
