"""``passrole findings list``."""

import click

from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.reading import json_option
from passrole.cli.terminal import print_json
from passrole.finding import State


@click.command("list")
@click.option("--state", type=click.Choice([s.value for s in State]), help="Only findings in this state.")
@click.option(
    "--would-contain", is_flag=True, help="Only those whose resource a dry run would have contained."
)
@deployment_options
@json_option
def list_(state: str | None, would_contain: bool, stack: str, region: str | None, as_json: bool) -> None:
    """List findings, newest first."""
    operator = become_operator(stack, region)
    with aws_errors():
        found = [
            f
            for f in operator.ledger.findings()
            if state in (None, f.state) and (f.would_contain or not would_contain)
        ]
    found.sort(key=lambda finding: finding.updated_at, reverse=True)
    if as_json:
        for finding in found:
            print_json(finding.to_json())
    else:
        from passrole.cli.findings.view import print_table

        print_table(found)
