"""The group of all commands: makes one line of every failure, and an exit status."""

import os
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import Any

import click

from passrole.cli.errors import BAD_INPUT, CLOSED_PIPE, INTERRUPTED
from passrole.cli.lazy import LazyGroup
from passrole.cli.terminal import safe

_DEBUG = "PASSROLE_DEBUG"
_OF_AUDITS = ("duckdb", "isal", "simdjson", "stringzilla")


class CommandGroup(LazyGroup):
    """The ``passrole`` command itself."""

    def __init__(self, name: str, help: str, commands: Mapping[str, tuple[str, str]]) -> None:  # noqa: A002 - click's
        super().__init__(name, commands, help=help, context_settings={"help_option_names": ["-h", "--help"]})
        self.params.append(
            click.Option(
                ["--version"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_version,
                help="Show the version.",
            )
        )

    # click's overloads are about standalone_mode, which is decided here.
    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        """Runs a command and ends the process with its exit status."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a poor terminal is no reason to fail
        extra["standalone_mode"] = False
        sys.exit(self._run(args, prog_name or self.name, extra))

    def _run(self, args: Sequence[str] | None, prog_name: str | None, extra: dict[str, Any]) -> int:
        try:
            status = super().main(args, prog_name, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            return BAD_INPUT
        except click.UsageError as error:
            return _fail(_usage(error), BAD_INPUT)
        except click.ClickException as error:
            return _fail(error.format_message(), error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            return INTERRUPTED
        except Exception as error:
            if isinstance(error, ModuleNotFoundError) and error.name in _OF_AUDITS:
                return _fail("this needs more packages: pip install 'passrole-guardrail[audit]'", BAD_INPUT)
            # Python's own status would be 1, which says "violations".
            if os.environ.get(_DEBUG):
                raise
            what = f"{type(error).__name__}: {error}"
            return _fail(f"a mistake of passrole itself ({what}); {_DEBUG}=1 shows where", BAD_INPUT)
        return status if isinstance(status, int) else 0

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the output, as `head` does, has seen enough. Python must not complain at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return CLOSED_PIPE
        return result


def _fail(message: str, status: int) -> int:
    for line in message.splitlines() or [""]:
        click.echo(safe(line), err=True)
    return status


def _usage(error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx else "passrole"
    message = " ".join(error.format_message().split()).rstrip(".")
    return f"{command}: {message[:1].lower()}{message[1:]}; see {command} --help"


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("passrole-guardrail")
    except PackageNotFoundError:
        number = "(not installed)"
    click.echo(f"passrole {number}")
    ctx.exit()
