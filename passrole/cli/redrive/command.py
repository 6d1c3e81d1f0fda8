"""``passrole redrive``."""

import time
from collections.abc import Mapping, Sequence

import click

from passrole.cli.asking import confirm
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import Operator, become_operator, deployment_options
from passrole.cli.errors import BAD_INPUT, InputError
from passrole.cli.reading import json_option
from passrole.cli.redrive.moving import FOLLOWED_SECONDS, latest_task
from passrole.cli.redrive.queues import (
    RULE,
    Content,
    DeadLetterQueue,
    content_of,
    counted,
    dead_letter_queues,
)
from passrole.cli.redrive.returning import Outcome, Status, return_all
from passrole.cli.redrive.view import (
    Waiting,
    print_advice,
    print_outcome,
    print_progress,
    print_waiting,
)

_ALL = "all"


@click.command()
@click.argument("names", metavar="[QUEUE]...", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
@deployment_options
@json_option
def redrive(names: Sequence[str], yes: bool, stack: str, region: str | None, as_json: bool) -> int:
    """Return dead letters to the queues that they were meant for.

    Without QUEUE it shows what waits. QUEUE is a name that it shows, such as intake, rule or email, or `all`.
    Look at the messages and mend the cause first: what cannot be handled comes back. What lies in the sweep's
    queue cannot be returned; it is deleted, and only if you name `sweep`.
    """
    operator = become_operator(stack, region)
    queues = dead_letter_queues(operator.outputs)
    if not queues:
        raise InputError(f"stack {stack} has no dead-letter queue among its outputs: is it the guard's?")
    if not names:
        _show(operator, queues, as_json)
        return 0
    return _return(operator, _chosen(queues, names), yes, as_json)


def _chosen(queues: Sequence[DeadLetterQueue], names: Sequence[str]) -> Sequence[DeadLetterQueue]:
    by_name = {queue.name: queue for queue in queues}
    unknown = [name for name in names if name not in (*by_name, _ALL)]
    if unknown:
        raise click.UsageError(
            f"no dead-letter queue {unknown[0]!r}; expected {', '.join(by_name)} or {_ALL}"
        )
    returnable = [queue for queue in queues if queue.destination]
    wanted = [queue for name in names for queue in (returnable if name == _ALL else [by_name[name]])]
    return list(dict.fromkeys(wanted))


def _show(operator: Operator, queues: Sequence[DeadLetterQueue], as_json: bool) -> None:
    with aws_errors():
        waiting = [_waiting(operator, queue) for queue in queues]
    for each in waiting:
        print_waiting(each, as_json)
    if not as_json:
        print_advice(waiting)


def _waiting(operator: Operator, queue: DeadLetterQueue) -> Waiting:
    content = content_of(_sqs(operator), queue)
    has_tasks = queue.destination is not None and queue.name != RULE
    task = latest_task(_sqs(operator), content.arn) if has_tasks else None
    return Waiting(queue, content, task if task and not task.is_over else None)


def _return(operator: Operator, chosen: Sequence[DeadLetterQueue], yes: bool, as_json: bool) -> int:
    with aws_errors():
        waiting = [_waiting(operator, queue) for queue in chosen]
    full = {each.queue: each.content for each in waiting if each.content.messages or each.task}
    if full:
        confirm(_question(full), yes, instead="--yes")
    until = time.monotonic() + FOLLOWED_SECONDS
    failed = False
    for queue in chosen:
        outcome = Outcome(queue, Status.EMPTY)
        if queue in full:
            outcome = return_all(
                _sqs(operator), queue, full[queue], until=until, progress=print_progress(queue)
            )
        print_outcome(outcome, as_json)
        failed |= outcome.is_bad
    return BAD_INPUT if failed else 0


def _question(full: Mapping[DeadLetterQueue, Content]) -> str:
    """``Return 3 messages (intake 2, slack 1), and delete 1 message (sweep)?``"""
    returned = {queue.name: content.messages for queue, content in full.items() if queue.destination}
    deleted = {queue.name: content.messages for queue, content in full.items() if not queue.destination}
    parts = []
    if returned:
        by_queue = ", ".join(f"{name} {number:,}" for name, number in returned.items())
        parts.append(f"return {counted(sum(returned.values()))} ({by_queue})")
    if deleted:
        parts.append(f"delete {counted(sum(deleted.values()))} ({', '.join(deleted)})")
    question = ", and ".join(parts)
    return f"{question[0].upper()}{question[1:]}?"


def _sqs(operator: Operator) -> object:
    client: object = operator.clients("sqs", operator.home)
    return client
