"""``passrole policy import``: statements of guardrail.yaml from IAM's own documents."""

import sys
from pathlib import Path

import click

from passrole.cli.errors import InputError
from passrole.cli.terminal import safe

_MAX_BYTES = 1_000_000


@click.command(name="import")
@click.option("--scp", "scp_file", metavar="FILE", help="A service control policy: its Denies.")
@click.option(
    "--identity", "identity_file", metavar="FILE", help="An identity policy: for its passers alone."
)
@click.option("--passers", "passers", metavar="ARN...", multiple=True, help="Who has the identity policy.")
@click.argument("more", metavar="", nargs=-1)
def import_(
    scp_file: str | None, identity_file: str | None, passers: tuple[str, ...], more: tuple[str, ...]
) -> None:
    """Turn an IAM policy document into statements for guardrail.yaml.

    A service control policy filters: its Allows approve nothing. An identity policy binds those who have it:
    its statements get a condition on the passer, so --passers must name them (wildcards are IAM's).
    What is left out or doubtful is told on the standard error. FILE is JSON; - is the standard input.
    """
    from passrole.policy.errors import PolicyError
    from passrole.policy.exchange import import_identity, import_scp, passer_of
    from passrole.policy.exchange.yaml_text import statements_yaml

    name = scp_file or identity_file
    if name is None or (scp_file and identity_file):
        raise click.UsageError("give either --scp FILE or --identity FILE")
    if scp_file and (passers or more):
        raise click.UsageError("--passers goes with --identity: a service control policy is for everyone")
    if identity_file and not passers:
        raise click.UsageError("--identity needs --passers ARN...: the policy is for those who have it alone")
    content = _content(name)
    try:
        if scp_file:
            imported = import_scp(content, name)
        else:
            imported = import_identity(content, name, map(passer_of, (*passers, *more)))
    except PolicyError as error:
        raise InputError(str(error)) from None
    except ValueError as error:
        raise InputError(f"--passers: {error}") from None
    for line in imported.notes:
        click.echo(safe(line), err=True)
    click.echo(statements_yaml(imported.items), nl=False)


def _content(name: str) -> str:
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(_MAX_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror or error}") from None
    if len(raw) > _MAX_BYTES:
        raise InputError(f"{name}: more than {_MAX_BYTES:,} bytes; expected a policy document")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name}: not UTF-8 text; expected a policy document as JSON") from None
