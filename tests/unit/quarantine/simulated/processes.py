"""Processes that take turns in one thread, and what can befall them at a call that leaves them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from botocore.exceptions import ClientError, ReadTimeoutError

Answer = TypeVar("Answer")


class ProcessKilled(BaseException):
    """The process is gone: no handler runs, no further call gets out."""


class Mishap(StrEnum):
    """What befalls a process at a call."""

    DIES_BEFORE = "dies before it"
    DIES_AFTER = "dies after it"
    THROTTLED = "the call is refused"
    NO_ANSWER = "the call is done, but not answered"
    OVERTAKEN = "another process runs meanwhile"


@dataclass(frozen=True)
class Fate:
    """A mishap at the nth call; ``meanwhile`` is what another process does."""

    mishap: Mishap
    at: int
    meanwhile: Callable[[], object] = lambda: None


@dataclass
class Process:
    """One run of a function, or of a command that a person gives.

    Attributes:
        who: what it is (``contain``).
        facts: what is known of it for the sake of assertions.
    """

    who: str
    fate: Fate | None = None
    calls: int = 0
    is_dead: bool = False
    was_overtaken: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


class Processes:
    """All of them; the last one that was begun runs."""

    def __init__(self) -> None:
        self.running: list[Process] = []

    @property
    def present(self) -> Process | None:
        return self.running[-1] if self.running else None

    def run(self, process: Process, act: Callable[[], Answer]) -> Answer | None:
        """Runs a process; None if it died."""
        self.running.append(process)
        try:
            return act()
        except ProcessKilled:
            return None
        finally:
            self.running.pop()

    def call(self, does: Callable[[], Answer]) -> Answer:
        """Makes a call for the process that runs."""
        process = self.present
        if process is None:
            return does()
        process.calls += 1
        if process.is_dead:
            raise ProcessKilled
        fate = process.fate
        if fate is None or process.calls != fate.at:
            return does()
        return self._befall(process, fate, does)

    @staticmethod
    def _befall(process: Process, fate: Fate, does: Callable[[], Answer]) -> Answer:
        process.is_dead = fate.mishap in (Mishap.DIES_BEFORE, Mishap.DIES_AFTER)
        if fate.mishap is Mishap.DIES_BEFORE:
            raise ProcessKilled
        if fate.mishap is Mishap.THROTTLED:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "Any")
        if fate.mishap is Mishap.OVERTAKEN:
            process.was_overtaken = True
            fate.meanwhile()
        answer = does()
        if fate.mishap is Mishap.DIES_AFTER:
            raise ProcessKilled
        if fate.mishap is Mishap.NO_ANSWER:
            raise ReadTimeoutError(endpoint_url="any")
        return answer
