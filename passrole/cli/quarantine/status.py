"""``passrole quarantine status``."""

from dataclasses import asdict

import click

from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.reading import json_option
from passrole.cli.terminal import print_json


@click.command()
@deployment_options
@json_option
def status(stack: str, region: str | None, as_json: bool) -> None:
    """Show whether the guard may contain, and who or what says so."""
    operator = become_operator(stack, region)
    with aws_errors():
        switch, breaker = operator.ledger.switch(), operator.ledger.breaker()
    if as_json:
        print_json({"switch": asdict(switch), "breaker": asdict(breaker)})
        return
    from passrole.cli.quarantine.view import print_status

    print_status(switch, breaker)
