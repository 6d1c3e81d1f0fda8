"""What people are asked before something is done in their name: why, and whether."""

from collections.abc import Callable
from typing import TypeVar

import click

from passrole.cli.errors import InputError, RefusedError

Command = TypeVar("Command", bound=Callable[..., object])
T = TypeVar("T")
LONGEST_REASON = 500
_DECIDED = "--yes and --reason"


def decision_options(command: Command) -> Command:
    """``--reason`` and ``--yes``."""
    reason = click.option(
        "--reason", metavar="TEXT", help="Why; it goes to the ledger and to everybody who is alerted."
    )
    return reason(click.option("--yes", is_flag=True, help="Do not ask.")(command))


def reason_given(given: str | None, yes: bool, question: str) -> str:
    """The reason on one line, asked for if it was not given.

    Raises:
        InputError: there is none, or it is too long.
    """
    if given is None and yes:
        raise InputError("without questions it needs a --reason")
    reason = given if given is not None else _asked(lambda: str(click.prompt(question)), _DECIDED)
    reason = " ".join(reason.split())
    if not reason:
        raise InputError("the reason is empty; expected a few words for those who read the ledger")
    if len(reason) > LONGEST_REASON:
        raise InputError(f"the reason has {len(reason)} characters; expected {LONGEST_REASON} at most")
    return reason


def confirm(question: str, yes: bool, instead: str = _DECIDED) -> None:
    """Goes on if a person says so; ``instead`` is what to give where there is none.

    Raises:
        RefusedError: they say no.
    """
    if not yes and not _asked(lambda: click.confirm(question), instead):
        raise RefusedError("Nothing was changed.")


def _asked(ask: Callable[[], T], instead: str) -> T:
    try:
        return ask()
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):
            raise InputError(f"nobody answers here; give {instead}") from None
        raise
