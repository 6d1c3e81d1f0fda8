"""What ``passrole redrive`` shows: what waits, and what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click

from passrole.cli.redrive.moving import MoveTask
from passrole.cli.redrive.queues import Content, DeadLetterQueue, counted
from passrole.cli.redrive.returning import Outcome, Status
from passrole.cli.terminal import print_json, safe

_GOES_ON = "SQS goes on by itself, and `passrole redrive` shows how far it is"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue with what waits in it; ``task`` is what moves it already."""

    queue: DeadLetterQueue
    content: Content
    task: MoveTask | None


def print_waiting(waiting: Waiting, as_json: bool) -> None:
    """One queue, and what to do about it."""
    queue, task = waiting.queue, waiting.task
    if as_json:
        print_json(
            {
                "queue": queue.name,
                "to": queue.meant_for,
                "waiting": waiting.content.messages,
                "returning": {"messages": task.moved, "of": task.of} if task else None,
            }
        )
        return
    click.echo(f"{queue.name}: {_found(waiting)}")


def print_advice(waiting: Sequence[Waiting]) -> None:
    """What comes first, where anything is to be returned."""
    if any(each.content.messages and each.queue.destination and not each.task for each in waiting):
        click.echo("Look at a message and at the function's log, and mend the cause, before you return any.")


def print_outcome(outcome: Outcome, as_json: bool) -> None:
    """What became of a queue's messages: what failed, on the standard error."""
    queue = outcome.queue
    if as_json:
        print_json(
            {
                "queue": queue.name,
                "to": queue.meant_for,
                "status": outcome.status,
                "messages": outcome.messages,
                "of": outcome.of,
                "reason": outcome.reason,
            }
        )
    if outcome.is_bad or not as_json:
        click.echo(f"{queue.name}: {_became(outcome)}", err=outcome.is_bad)


def print_progress(queue: DeadLetterQueue) -> Callable[[MoveTask], None]:
    """Tells on the standard error how far SQS is with a queue, whenever it has gone on."""
    told = 0

    def show(task: MoveTask) -> None:
        nonlocal told
        if task.moved > told and not task.is_over:
            told = task.moved
            click.echo(f"{queue.name}: {_so_far(task.moved, task.of)}", err=True)

    return show


def _found(waiting: Waiting) -> str:
    if waiting.task:
        return f"{_so_far(waiting.task.moved, waiting.task.of)}; {_GOES_ON}"
    if not waiting.content.messages:
        return "empty"
    messages = counted(waiting.content.messages)
    if waiting.queue.destination:
        return f"{messages}; `passrole redrive {waiting.queue.name}` returns to {waiting.queue.meant_for}"
    return (
        f"{messages}, not to be returned: the next run does the work; "
        f"`passrole redrive {waiting.queue.name}` deletes"
    )


def _became(outcome: Outcome) -> str:
    match outcome.status:
        case Status.EMPTY:
            return "empty"
        case Status.RETURNED:
            return f"{_done(outcome)} returned to {outcome.queue.meant_for}{_rest(outcome)}"
        case Status.RETURNING:
            return f"{_so_far(outcome.messages, outcome.of)}; {_GOES_ON}"
        case Status.DELETED:
            return f"{_done(outcome)} deleted, as the next run does the work{_rest(outcome)}"
        case Status.CANCELLED:
            return f"somebody stopped it: {_so_far(outcome.messages, outcome.of)}"
        case Status.FAILED:
            done = "returned" if outcome.queue.destination else "deleted"
            reason = safe(outcome.reason or "SQS does not say why")
            return f"{_so_far(outcome.messages, outcome.of, done)}, then: {reason}"


def _done(outcome: Outcome) -> str:
    return _number(outcome.messages, outcome.of if _rest(outcome) else None)


def _rest(outcome: Outcome) -> str:
    """What to know if SQS has counted more: nobody can have what somebody received within its time-out."""
    is_all = outcome.of is None or outcome.messages >= outcome.of
    return "" if is_all else "; what was received a moment ago shows again within minutes: look again then"


def _so_far(messages: int, of: int | None, done: str = "returned") -> str:
    """``20 messages returned``, ``20 of 1,000 messages returned``"""
    return f"{_number(messages, of)} {done}"


def _number(messages: int, of: int | None) -> str:
    return counted(messages) if of is None else f"{messages:,} of {counted(of)}"
