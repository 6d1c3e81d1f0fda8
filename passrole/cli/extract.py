"""``passrole extract``: which roles were passed, according to CloudTrail."""

import click

from passrole.cli.errors import BAD_INPUT
from passrole.cli.reading import PassReader, files_argument, json_option
from passrole.cli.terminal import console, print_json


@click.command()
@files_argument
@json_option
def extract(files: tuple[str, ...], as_json: bool) -> int:
    """List the passes in CloudTrail records.

    FILE is a record, a log file ({"Records": [...]}), a list, lines of JSON, or events as EventBridge
    delivers them; gzipped or not. A folder is walked; - is the standard input.
    """
    reader = PassReader()
    if as_json:
        for pass_ in reader.passes(files):
            print_json(pass_.to_json())
    else:
        _print_for_people(reader, files)
    return BAD_INPUT if reader.failed else 0


def _print_for_people(reader: PassReader, files: tuple[str, ...]) -> None:
    from passrole.cli.passes import facts, heading

    out, count = console(), 0
    for pass_ in reader.passes(files):
        count += 1
        out.print(heading(pass_))
        for line in facts(pass_):
            out.print(line)
        out.print()
    passes = "1 pass" if count == 1 else f"{count:,} passes"
    records = "1 record" if reader.records == 1 else f"{reader.records:,} records"
    out.print(f"{passes} in {records}")
