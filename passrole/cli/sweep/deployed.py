"""A sweep by the deployed guard: asked for, and followed by what the ledger tells."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from passrole.cli.aws import aws_errors, code_of, explain
from passrole.cli.deployment import Operator, become_operator
from passrole.cli.errors import InputError
from passrole.cli.progress import Progress
from passrole.cli.sweep.state import UNDONE, SweepState, latest_state
from passrole.cli.sweep.view import print_state
from passrole.stack import Output
from passrole.sweep.queue import SqsTasks
from passrole.sweep.tasks import SweepAll

_POLL_SECONDS = 5
_BEGINS_WITHIN = 900  # seconds: the function may be at parts of another task
_REFUSED = ("AccessDenied", "AccessDeniedException", "AWS.SimpleQueueService.AccessDenied")
_STATUS = "`passrole sweep --status` shows how far it is"


def show_latest(stack: str, region: str | None, as_json: bool) -> int:
    """Shows the sweep that began last. The exit status, once it has ended, tells how."""
    operator = become_operator(stack, region)
    with aws_errors():
        state = latest_state(operator.ledger)
    if state is None:
        if not as_json:
            click.echo("No sweep has begun yet.")
        return 0
    return _shown(state, as_json)


def sweep_now(stack: str, region: str | None, no_wait: bool, as_json: bool) -> int:
    """Has the guard sweep, unless it does so already, and follows the sweep to its end."""
    operator = become_operator(stack, region)
    with aws_errors():
        before = latest_state(operator.ledger)
    if before is not None and before.is_running:
        click.echo(f"A sweep is running since {before.record.id}: this is that one.", err=True)
        after = None
        if not before.record.is_under_way:  # whoever began it may have died before the queue had all of it
            _ask(operator)
    else:
        _ask(operator)
        after = before.record.id if before else ""
    if no_wait:
        click.echo(f"Asked for; {_STATUS}." if after is not None else f"{_STATUS}.".capitalize(), err=True)
        return 0
    with _left_running(), aws_errors(), Progress() as progress:
        state = _follow(operator, after, progress)
    return _shown(state, as_json)


def _shown(state: SweepState, as_json: bool) -> int:
    print_state(state, as_json, state.is_stuck)
    return UNDONE if state.is_stuck else state.exit_status


def _ask(operator: Operator) -> None:
    """Puts the task into the function's queue.

    Raises:
        InputError: AWS refused.
    """
    from botocore.exceptions import ClientError

    url = operator.output(Output.TASKS_QUEUE_URL)
    with aws_errors():
        try:
            SqsTasks(url, operator.clients("sqs", operator.home)).put(SweepAll())
        except ClientError as error:
            if code_of(error) not in _REFUSED:
                raise
            raise InputError(
                f"{explain(error)}; only the guard's operator role may have it sweep: {operator.role}"
            ) from None


def _follow(operator: Operator, after: str | None, progress: Progress) -> SweepState:
    """The sweep as it is at its end, or where it goes on no more.

    Args:
        after: the sweep before the one to follow; None to follow the latest.

    Raises:
        InputError: none begins.
    """
    since = time.monotonic()
    progress.show("the sweep has not begun")
    while True:
        state = latest_state(operator.ledger)
        if state is not None and (after is None or state.record.id != after):
            if not state.is_running:
                return state
            progress.show(state.told, state.ended, len(state.record.parts))
        elif time.monotonic() - since > _BEGINS_WITHIN:
            raise InputError(
                f"the sweep was asked for, and has not begun in {_BEGINS_WITHIN // 60} minutes: "
                "`passrole doctor` tells what is wrong"
            )
        time.sleep(_POLL_SECONDS)


@contextmanager
def _left_running() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"The sweep goes on by itself; {_STATUS}.", err=True)
        raise
