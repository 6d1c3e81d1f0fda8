"""``passrole demo``: the whole system at work, on this machine alone."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from passrole.cli.errors import InputError

_PARTS = ("passrole.demo", "aws_cdk")


@click.command()
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("demo-report.html"),
    show_default=True,
    help="Where the report is written.",
)
def demo(report: Path) -> int:
    """See it all work: detection, alert, quarantine and release, on an AWS emulator on this machine.

    Needs a checkout of the project with its development packages, which `make setup` installs.
    """
    missing = [name for name in _PARTS if find_spec(name) is None]
    if missing:
        raise InputError(
            f"the demonstration needs {missing[0]}: run `make demo` in a checkout of the project"
        )
    status: int = import_module("passrole.demo").run(report)
    return status
