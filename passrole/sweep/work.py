"""What tasks have in common: the queue that they are put into, and what becomes of one."""

from dataclasses import dataclass
from typing import Protocol

from passrole.ledger import SweepPart
from passrole.sweep.tasks import Task

_FIRST_PAUSE, _LONGEST_PAUSE = 30, 900  # seconds; SQS lets no message wait for longer
MOST_FAULTS = 8  # after which a task waits, while it gets no further: an hour in all

MOST_RESTARTS = 3  # of a listing, since AWS knows the token of a page no longer


class Tasks(Protocol):
    """The queue of tasks."""

    def put(self, task: Task, delay: int = 0) -> None:
        """Puts a task into it, to be done in so many seconds."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task.

    Attributes:
        judged: how many roles held were judged, apart from parts of sweeps.
        opened, resolved: findings.
        part: of a sweep, how far it is.
        is_swept: a sweep has ended with it.
        fault: why it waits before it goes on; None if it does not.
    """

    judged: int = 0
    opened: int = 0
    resolved: int = 0
    part: SweepPart | None = None
    is_swept: bool = False
    fault: str | None = None


def pause_after(faults: int) -> int:
    """How many seconds a task waits after so many faults in a row."""
    return min(_FIRST_PAUSE << (faults - 1), _LONGEST_PAUSE)
