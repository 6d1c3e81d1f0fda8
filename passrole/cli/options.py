"""Options that mean the same in several commands, and what click would let through of their values."""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from passrole.stack import DEFAULT_STACK

Command = TypeVar("Command", bound=Callable[..., Any])


class Number(click.FloatRange):
    """A number in a range: neither ``nan``, which is within every range, nor ``inf``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number that was given; what is none fails."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number", param, ctx)
        return number


def stack_option(command: Command) -> Command:
    """``--stack`` of a command that is about a deployed guard."""
    return click.option(
        "--stack",
        metavar="NAME",
        envvar="PASSROLE_STACK",
        default=DEFAULT_STACK,
        show_default=True,
        show_envvar=True,
        help="The guard's CloudFormation stack.",
    )(command)


def ledger_options(command: Command) -> Command:
    """``--stack`` and ``--region`` of a command that can do without a deployed guard."""
    options = (
        click.option(
            "--stack", metavar="NAME", envvar="PASSROLE_STACK", help="With --ledger: the guard's stack."
        ),
        click.option("--region", metavar="REGION", help="With --ledger: the guard's home region."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def refuse_ledger_options() -> None:
    """Tells whoever reads files that the two would do nothing.

    Raises:
        UsageError: one was given; the environment's stack is not.
    """
    context = click.get_current_context()
    sources = (context.get_parameter_source(name) for name in ("stack", "region"))
    if ParameterSource.COMMANDLINE in sources:
        raise click.UsageError("--stack and --region go with --ledger")
