"""Answers of IAM, kept for a short while: passes of one role, or by one passer, come in bursts."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar, cast

from passrole.clock import Clock

T = TypeVar("T")
_LIFETIME = timedelta(seconds=60)
_MOST = 500


class Answers:
    """A bounded memory of what was read, each with the moment when it was asked for."""

    def __init__(self, clock: Clock, lifetime: timedelta = _LIFETIME, most: int = _MOST) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._most = most
        self._kept: dict[tuple[str, ...], tuple[datetime, object]] = {}

    def answer(self, key: tuple[str, ...], not_before: datetime, ask: Callable[[], T]) -> tuple[datetime, T]:
        """A kept answer that was asked for at ``not_before`` or later, else a new one; and its moment.

        What ``ask`` raises is raised, and nothing is kept. A key must always go with the same type.
        """
        now = self._clock()
        kept = self._kept.get(key)
        if kept and max(not_before, now - self._lifetime) <= kept[0] <= now:
            return cast("tuple[datetime, T]", kept)
        answer = ask()
        self._kept.pop(key, None)
        self._kept[key] = (now, answer)
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return now, answer

    def forget(self, keys: Iterable[tuple[str, ...]]) -> None:
        """Gives up what was kept under these keys."""
        for key in keys:
            self._kept.pop(key, None)
