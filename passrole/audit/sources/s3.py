"""The logs of CloudTrail in a bucket: listed by several threads at once, folder by folder.

Only folders that can hold what was asked for are listed: a year of an organization has millions of others.
Source: "ListObjectsV2" of the Amazon S3 API reference.
"""

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from passrole.audit.sources.errors import refusal
from passrole.audit.sources.layout import Look, Wanted, kind_of
from passrole.audit.sources.objects import S3Object, client_config, fetch

__all__ = ["S3Object", "S3Objects", "client_config", "fetch"]

_MOST_BEYOND = 4  # levels above the layout that are looked through one folder at a time
_FOLDER_MARKS = "folder markers"

_Pages = queue.Queue[list[S3Object] | Exception | None]


@dataclass(frozen=True, slots=True)
class _Task:
    """One page of a listing.

    Attributes:
        by_folder: whether folders are told, and not what is in them.
        token: of the page; None for the first.
        beyond: how many levels outside of the layout it is.
    """

    prefix: str
    by_folder: bool
    token: str | None = None
    beyond: int = 0


class S3Objects:
    """The logs below a prefix of a bucket.

    Args:
        client_factory: makes a client of S3, best with `client_config`.
        prefix: of keys. Without a slash at its end it is the folder of that name, else the object, else the
            beginning of names.
        since, until: only what was delivered then, with a day on either side: records are older than that.
        accounts, regions: only those; all if there is none.
        workers: threads that list.

    Attributes:
        over: what was passed over, by kind; complete when all objects have come.
    """

    def __init__(
        self,
        client_factory: Callable[[], Any],
        bucket: str,
        prefix: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        accounts: Iterable[str] = (),
        regions: Iterable[str] = (),
        workers: int = 8,
    ) -> None:
        self._client_factory = client_factory
        self._bucket = bucket
        self._prefix = prefix
        self._wanted = Wanted(_day(since), _day(until), frozenset(accounts), frozenset(regions))
        self._workers = workers
        self.over: Counter[str] = Counter()

    def objects(self) -> Iterator[S3Object]:
        """Each log: those of one folder in order of their keys, the folders in any order.

        Raises:
            SourceError: AWS does not list them.
            BotoCoreError: it did not answer.
        """
        lister = _Lister(self._client_factory(), self._bucket, self._wanted, self.over)
        start = lister.start(self._prefix)
        if isinstance(start, S3Object):
            yield start
        elif start is not None:
            yield from lister.run(start, self._workers)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None


class _Lister:
    """Threads that take tasks from one stack. The last one in is the first one out, so that it stays small:
    a folder is done before the next one of its level is begun.
    """

    def __init__(self, client: Any, bucket: str, wanted: Wanted, over: Counter[str]) -> None:
        self._client = client
        self._bucket = bucket
        self._wanted = wanted
        self._look_at_objects = lru_cache(maxsize=64)(wanted.look_at_objects)  # many have one folder
        self._over = over
        self._tasks: list[_Task] = []
        self._open = 0  # tasks on the stack or at work
        self._changed = threading.Condition()
        self._stopped = threading.Event()

    def start(self, prefix: str) -> _Task | S3Object | None:
        """The object that the prefix names, or the listing to begin with; None if it was not asked for."""
        if prefix and not prefix.endswith("/"):
            if self._first(f"{prefix}/") is None:
                named = self._first(prefix)
                return named if named and named.key == prefix else _Task(prefix, by_folder=True)
            prefix += "/"
        return self._task_for(prefix, -1)

    def run(self, start: _Task, workers: int) -> Iterator[S3Object]:
        self._tasks, self._open = [start], 1
        pages: _Pages = queue.Queue(maxsize=2 * workers)
        for number in range(workers):
            threading.Thread(target=self._work, args=(pages,), name=f"listing-{number}", daemon=True).start()
        try:
            while (page := pages.get()) is not None:
                if isinstance(page, Exception):
                    raise page
                yield from page
        finally:
            self._stop()

    def _work(self, pages: _Pages) -> None:
        while (task := self._next()) is not None:
            try:
                objects, tasks = self._page(task)
                if objects:
                    self._put(pages, objects)
            except Exception as error:  # whatever it is, who waits for the objects is told
                self._put(pages, error)
                return
            if self._done(tasks):
                self._put(pages, None)

    def _next(self) -> _Task | None:
        with self._changed:
            self._changed.wait_for(lambda: self._tasks or not self._open or self._stopped.is_set())
            return None if self._stopped.is_set() or not self._tasks else self._tasks.pop()

    def _done(self, tasks: list[_Task]) -> bool:
        """Takes note of a task that is done and of those that it brought; True if it was the last one."""
        with self._changed:
            self._tasks += reversed(tasks)
            self._open += len(tasks) - 1
            self._changed.notify_all()
            return not self._open

    def _stop(self) -> None:
        with self._changed:
            self._stopped.set()
            self._changed.notify_all()

    def _put(
        self,
        pages: _Pages,
        page: list[S3Object] | Exception | None,
    ) -> None:
        """Waits until there is room, unless nobody wants more."""
        while not self._stopped.is_set():
            with suppress(queue.Full):
                pages.put(page, timeout=0.1)
                return

    def _page(self, task: _Task) -> tuple[list[S3Object], list[_Task]]:
        """The objects of a page, and the tasks for its folders and for the page behind it."""
        answer = self._list(task)
        objects = [found for entry in answer.get("Contents", ()) for found in self._object(entry)]
        folders = (entry["Prefix"] for entry in answer.get("CommonPrefixes", ()))
        tasks = [found for folder in folders if (found := self._task_for(folder, task.beyond)) is not None]
        if token := answer.get("NextContinuationToken"):
            tasks.append(_Task(task.prefix, task.by_folder, token, task.beyond))
        return objects, tasks

    def _task_for(self, folder: str, beyond: int) -> _Task | None:
        look = self._wanted.look(folder)
        if look is Look.FOREIGN:
            self._count(f"{kind_of(folder)} folders")
        if look in (Look.FOREIGN, Look.PAST):
            return None
        beyond = beyond + 1 if look is Look.BEYOND else 0
        is_in_layout = look is Look.INTO or (look is Look.BEYOND and beyond < _MOST_BEYOND)
        return _Task(folder, by_folder=is_in_layout, beyond=beyond)

    def _object(self, entry: dict[str, Any]) -> Iterator[S3Object]:
        key = entry["Key"]
        look = self._look_at_objects(key[: key.rfind("/") + 1])
        if look is Look.FOREIGN:
            self._count(f"{kind_of(key)} files")
        elif key.endswith("/") and not entry["Size"]:
            self._count(_FOLDER_MARKS)
        elif look is Look.ALL:
            yield self._of(entry)

    def _first(self, prefix: str) -> S3Object | None:
        """The first object whose key begins so."""
        with self._told():
            answer = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=1)
        contents = answer.get("Contents")
        return self._of(contents[0]) if contents else None

    def _of(self, entry: dict[str, Any]) -> S3Object:
        return S3Object(self._bucket, entry["Key"], entry["Size"], entry.get("ETag", ""))

    def _list(self, task: _Task) -> dict[str, Any]:
        request = {"Bucket": self._bucket, "Prefix": task.prefix}
        if task.by_folder:
            request["Delimiter"] = "/"
        if task.token:
            request["ContinuationToken"] = task.token
        with self._told():
            answer: dict[str, Any] = self._client.list_objects_v2(**request)
        return answer

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise refusal(f"s3://{self._bucket}", error) from None

    def _count(self, kind: str) -> None:
        with self._changed:
            self._over[kind] += 1
