"""Passes from the files that a command is given; what cannot be read is told on the standard error."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from passrole.cli.terminal import safe
from passrole.passes import Pass
from passrole.trail import passes_of
from passrole.trail.files import RecordFiles

_MOST_NAMED = 5

Command = TypeVar("Command", bound=Callable[..., Any])


def files_argument(command: Command) -> Command:
    """The files that a command reads records from."""
    return click.argument("files", metavar="FILE...", nargs=-1, required=True)(command)


def json_option(command: Command) -> Command:
    """Output for programs."""
    return click.option("--json", "as_json", is_flag=True, help="JSON, one object a line, for programs.")(
        command
    )


class PassReader:
    """Reads passes.

    Attributes:
        records: how many records were read so far.
    """

    def __init__(self) -> None:
        self._files = RecordFiles(lambda line: click.echo(safe(line), err=True))
        self.records = 0

    @property
    def failed(self) -> bool:
        """Whether any input was bad."""
        return self._files.problems > 0

    def passes(self, names: tuple[str, ...]) -> Iterator[Pass]:
        """The passes in the files, in their order."""
        for _, record in self._files.read(names):
            self.records += 1
            yield from passes_of(record)
        for folder in self._files.empty:
            click.echo(f"{safe(folder)}: no files in it", err=True)
        self._tell_files_without_records()

    def _tell_files_without_records(self) -> None:
        names = self._files.without_records
        if not names:
            return
        more = [f"and {len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
        named = ", ".join([*map(safe, names[:_MOST_NAMED]), *more])
        files = "1 file holds" if len(names) == 1 else f"{len(names)} files hold"
        click.echo(f"{files} no CloudTrail records: {named}", err=True)
