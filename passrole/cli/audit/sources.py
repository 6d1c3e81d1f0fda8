"""The sources that a person names -> the files in them."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passrole.audit.auditor import How
from passrole.audit.sources.local import files
from passrole.audit.sources.units import Unit
from passrole.audit.tally import Tally
from passrole.cli.audit.remote import Asked
from passrole.cli.errors import InputError
from passrole.clock import parse_time
from passrole.trail.documents import Kind

if TYPE_CHECKING:
    from passrole.audit.sources.s3 import S3Objects

_BUCKET = "s3://"
_ENOUGH = 256 << 10  # bytes: less is read before another process would have begun


class Sources:
    """Where an audit reads.

    Attributes:
        most_jobs: processes that it is worth to read with.
    """

    def __init__(self, names: Sequence[str], how: How, asked: Asked, tally: Tally) -> None:
        self._names = list(_each_once(names))
        self._asked = asked
        self._since = parse_time(how.since) if how.since else None
        self._until = parse_time(how.until) if how.until else None
        self._tally = tally
        self.most_jobs = 1 if self._is_small() else 256

    def units(self) -> Iterator[Unit]:
        """All files, in the order of the sources.

        Raises:
            SourceError, BotoCoreError: AWS refuses, or does not answer.
        """
        for name in self._names:
            if name.startswith(_BUCKET):
                yield from self._in_bucket(name)
            else:
                yield from files(name, self._unreadable, self._tally.note)

    def _in_bucket(self, name: str) -> Iterator[Unit]:
        listing = _listing(name, self._since, self._until, self._asked)
        for found in listing.objects():
            yield Unit(found.url, found.size, found.etag)
        for kind, count in listing.over.items():
            self._tally.note(kind, name, count)

    def _unreadable(self, name: str, why: str) -> None:
        if name in self._names:
            raise InputError(f"{name}: cannot be read: {why[:1].lower()}{why[1:]}")
        self._tally.note(Kind.UNREADABLE, f"{name}: {why}")

    def _is_small(self) -> bool:
        if any(name.startswith(_BUCKET) for name in self._names):
            return False

        def untold(_what: str, _why: str) -> None:
            """All that is wrong is told when the files are read."""

        size = 0
        for unit in (unit for name in self._names for unit in files(name, untold, untold)):
            size += unit.size
            if size > _ENOUGH:
                return False
        return True


def _each_once(names: Sequence[str]) -> Iterator[str]:
    """The sources, without those that came before, or lie in a folder that is one: nothing is read twice."""
    places = [_place(name) for name in names]
    for at, name in enumerate(names):
        is_within = any(places[at][: len(other)] == other != places[at] for other in places)
        if not is_within and places[at] not in places[:at]:
            yield name


def _place(name: str) -> tuple[str, ...]:
    """The folders that lead to it. What is read below a prefix of a bucket depends on where that begins."""
    return (name.rstrip("/"),) if name.startswith(_BUCKET) else Path(os.path.realpath(name)).parts


def _listing(name: str, since: datetime | None, until: datetime | None, asked: Asked) -> "S3Objects":
    from passrole.audit.sources.objects import client_config
    from passrole.audit.sources.s3 import S3Objects

    bucket, _, prefix = name.removeprefix(_BUCKET).partition("/")
    if not bucket:
        raise InputError(f"{name}: no bucket; expected s3://BUCKET/PREFIX")
    workers = 8

    def client() -> Any:
        import boto3

        return boto3.Session().client("s3", config=client_config(workers))

    return S3Objects(client, bucket, prefix, since, until, asked.accounts, asked.regions, workers)
