"""Messages moved by SQS itself: tasks that it is given, and that go on without us.

Source: the SQS API reference, StartMessageMoveTask and ListMessageMoveTasks. A task's source must be the
dead-letter queue of another queue, and has one task at a time.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

FOLLOWED_SECONDS = 60
_POLL_SECONDS = 2


@dataclass(frozen=True, slots=True)
class MoveTask:
    """How far SQS is.

    Attributes:
        status: ``RUNNING``, ``CANCELLING``, or how it ended: ``COMPLETED``, ``CANCELLED``, ``FAILED``.
        started_at: milliseconds since 1970.
        moved: messages that have arrived; SQS counts roughly, and late.
        of: messages that there were at its start; None while SQS has not counted them.
        reason: why it failed.
    """

    status: str
    started_at: int = 0
    moved: int = 0
    of: int | None = None
    reason: str | None = None

    @property
    def is_over(self) -> bool:
        return self.status in ("COMPLETED", "CANCELLED", "FAILED")


_NOT_LISTED_YET = MoveTask("RUNNING")


def latest_task(client: Any, source: str) -> MoveTask | None:
    """The latest task that moves, or moved, messages out of a queue.

    Raises:
        ClientError, BotoCoreError: AWS did not answer.
    """
    results = client.list_message_move_tasks(SourceArn=source, MaxResults=1).get("Results", [])
    if not results:
        return None
    task = results[0]
    return MoveTask(
        status=task["Status"],
        started_at=task.get("StartedTimestamp", 0),
        moved=task.get("ApproximateNumberOfMessagesMoved", 0),
        of=task.get("ApproximateNumberOfMessagesToMove"),
        reason=task.get("FailureReason"),
    )


def move(client: Any, source: str, destination_url: str, until: float) -> Iterator[MoveTask]:
    """Has SQS move all messages of a queue, or follows the task that does so already.

    Args:
        source: the queue's ARN.
        destination_url: of the other queue, in the same account and region. It is always named, because SQS
            knows no source for what SNS put into a dead-letter queue.
        until: the time of the monotonic clock when it is followed no longer.

    Yields:
        The task whenever it was looked at, once at least: the last is over, or goes on by itself.

    Raises:
        ClientError, BotoCoreError: AWS did not answer.
    """
    before = latest_task(client, source)
    if before is not None and not before.is_over:
        before = None  # it is this one that is followed
    else:
        # Operators have no right to ask the other queue for its ARN.
        destination = f"{source.rpartition(':')[0]}:{destination_url.rpartition('/')[2]}"
        client.start_message_move_task(SourceArn=source, DestinationArn=destination)
    while True:
        listed = latest_task(client, source)
        is_ours = listed is not None and (before is None or listed.started_at != before.started_at)
        task = listed if listed and is_ours else _NOT_LISTED_YET
        yield task
        if task.is_over or time.monotonic() >= until:
            return
        time.sleep(_POLL_SECONDS)
