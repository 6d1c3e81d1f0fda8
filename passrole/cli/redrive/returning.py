"""Emptying one dead-letter queue, in the way that its messages need."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from passrole.cli.aws import explain
from passrole.cli.redrive.moving import MoveTask, move
from passrole.cli.redrive.queues import RULE, Content, DeadLetterQueue
from passrole.cli.redrive.taking import take

Progress = Callable[[MoveTask], None]


class Status(StrEnum):
    """What became of a queue's messages."""

    EMPTY = "empty"
    RETURNED = "returned"
    RETURNING = "returning"
    DELETED = "deleted"
    CANCELLED = "cancelled"
    FAILED = "failed"


_BY_TASK = {
    "COMPLETED": Status.RETURNED,
    "CANCELLING": Status.CANCELLED,
    "CANCELLED": Status.CANCELLED,
    "FAILED": Status.FAILED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended, or how far it is.

    Attributes:
        messages: how many left the queue.
        of: how many there were; None where that is not known.
        reason: why it failed.
    """

    queue: DeadLetterQueue
    status: Status
    messages: int = 0
    of: int | None = None
    reason: str | None = None

    @property
    def is_bad(self) -> bool:
        return self.status in (Status.CANCELLED, Status.FAILED)


def return_all(
    client: Any, queue: DeadLetterQueue, content: Content, until: float, progress: Progress
) -> Outcome:
    """Returns the messages to the queue that they were meant for; deletes those that were meant for none.

    Args:
        content: what lay in the queue a moment ago.
        until: the time of the monotonic clock when a task of SQS's is followed no longer.
        progress: hears of each look at such a task.
    """
    if queue.destination is None:
        return _taken(client, queue, content, _keep_nothing, Status.DELETED)
    if queue.name == RULE:
        # EventBridge puts the event itself there, as it would have put it into the intake, and says in the
        # message's attributes why it could not (its user guide, "Using dead-letter queues"). Detection
        # handles an event once, however often it comes.
        send = partial(_send, client, queue.destination)
        return _taken(client, queue, content, send, Status.RETURNED)
    return _moved(queue, content, move(client, content.arn, queue.destination, until), progress)


def _moved(
    queue: DeadLetterQueue, content: Content, looks: Iterator[MoveTask], progress: Progress
) -> Outcome:
    from botocore.exceptions import BotoCoreError, ClientError

    task = MoveTask("RUNNING")
    try:
        for task in looks:
            progress(task)
    except (ClientError, BotoCoreError) as error:
        return Outcome(queue, Status.FAILED, task.moved, task.of, explain(error))
    status = _BY_TASK.get(task.status, Status.RETURNING)
    if status is Status.RETURNED:
        # SQS has moved all that it could; its count of what has arrived may lag.
        moved = max(task.moved, task.of or 0)
        return Outcome(queue, status, moved, max(moved, content.messages))
    return Outcome(queue, status, task.moved, task.of, task.reason)


def _taken(
    client: Any, queue: DeadLetterQueue, content: Content, hand_on: Callable[[str], object], done: Status
) -> Outcome:
    from botocore.exceptions import BotoCoreError, ClientError

    number = 0
    try:
        for _ in take(client, queue.url, hand_on):
            number += 1
    except (ClientError, BotoCoreError) as error:
        return Outcome(queue, Status.FAILED, number, content.messages, explain(error))
    return Outcome(queue, done, number, max(number, content.messages))


def _send(client: Any, url: str, body: str) -> None:
    client.send_message(QueueUrl=url, MessageBody=body)


def _keep_nothing(_body: str) -> None:
    """What was meant for no queue is handed on to nobody."""
