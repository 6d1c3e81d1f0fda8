"""``passrole policy export``: what IAM itself can express of a policy."""

import json
from pathlib import Path

import click

from passrole.cli.errors import InputError, RefusedError
from passrole.cli.terminal import safe

_FORMATS = ("scp", "identity")
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


@click.command()
@click.argument("file", metavar="[FILE]", default="guardrail.yaml")
@click.option("--format", "format_", type=click.Choice(_FORMATS), required=True, help="What to write.")
@click.option(
    "--partition",
    type=click.Choice(_PARTITIONS),
    default="aws",
    show_default=True,
    help="Where it is for: services and ARNs are named so.",
)
def export(file: str, format_: str, partition: str) -> None:
    """Write what IAM can express of a policy, as a policy document.

    scp denies the passes that no statement can approve, and never one that the policy approves. identity
    allows what the policy approves, for those who get it. What neither can say is told on the standard error.

    FILE is guardrail.yaml by default.
    """
    from passrole.clock import utc_now
    from passrole.policy.errors import PolicyError
    from passrole.policy.exchange import IDENTITY_LIMIT, SCP_LIMIT, export_identity, export_scp
    from passrole.policy.load import load_guardrail

    try:
        policy = load_guardrail(Path(file)).compiled
    except PolicyError as error:
        raise InputError(str(error)) from None
    if format_ == "scp":
        exported, limit = export_scp(policy, partition, utc_now()), SCP_LIMIT
        nothing = "an SCP would deny nothing"
    else:
        exported, limit = export_identity(policy, partition), IDENTITY_LIMIT
        nothing = "IAM can express none of it as identity policy"
    for line in exported.notes:
        click.echo(safe(line), err=True)
    if not exported.statements:
        raise RefusedError(f"{file}: no document: {nothing}")
    click.echo(json.dumps(exported.document, indent=2))
    size = f"{exported.size:,} of at most {limit:,} characters, without white space"
    too_long = "; it is too long for IAM" if exported.size > limit else ""
    click.echo(f"{size}{too_long}", err=True)
