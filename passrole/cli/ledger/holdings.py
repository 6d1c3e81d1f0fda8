"""``passrole ledger resources-of`` and ``held-by``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from passrole.arn import Arn
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.errors import InputError
from passrole.cli.ledger.names import role_arn
from passrole.cli.ledger.rows import format_option, print_rows

if TYPE_CHECKING:
    from passrole.ledger import Holding

_EXAMPLE = "arn:aws:lambda:eu-west-1:111122223333:function:orders"


@click.command("resources-of")
@click.argument("role")
@format_option
@deployment_options
def resources_of(role: str, form: str, stack: str, region: str | None) -> None:
    """List what holds ROLE now, as far as passes and sweeps tell.

    A resource that was deleted since the latest sweep is still listed.
    """
    operator = become_operator(stack, region)
    arn = role_arn(role, operator.role)
    with aws_errors():
        found = operator.ledger.holders_of(arn)
        print_rows(found, _columns, form, "resource", "Nothing holds it, as far as passes and sweeps tell.")


@click.command("held-by")
@click.argument("resource")
@format_option
@deployment_options
def held_by(resource: str, form: str, stack: str, region: str | None) -> None:
    """List the roles that RESOURCE, an ARN, holds now."""
    if Arn.parse(resource) is None:
        raise InputError(f"{resource!r} is no ARN; expected the resource's: {_EXAMPLE}")
    operator = become_operator(stack, region)
    with aws_errors():
        found = operator.ledger.holdings_of(resource)
        print_rows(found, _columns, form, "role", "It holds no role, as far as passes and sweeps tell.")


def _columns(holding: "Holding") -> Mapping[str, str]:
    return {
        "since": holding.since[:19].replace("T", " "),
        "resource": holding.resource,
        "place": holding.place,
        "role": holding.role,
        "service": " or ".join(holding.services) or "unknown",
        "account": holding.account or "unknown",
        "region": holding.region or "unknown",
    }
