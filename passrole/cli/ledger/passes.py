"""``passrole ledger who-passed``, ``roles-of`` and ``passes``."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.errors import InputError
from passrole.cli.ledger.names import day, principal, role_arn
from passrole.cli.ledger.names import service as service_principal
from passrole.cli.ledger.rows import format_option, print_rows
from passrole.clock import utc_now

if TYPE_CHECKING:
    from passrole.ledger import Ledger, RecordedPass

_MOST_DAYS = 400
_NOTHING = "No passes."

_since = click.option("--since", metavar="DATE", help="Only passes of that day (UTC) and later.")
_until = click.option("--until", metavar="DATE", help="Only passes of that day (UTC) and earlier.")


@click.command("who-passed")
@click.argument("role")
@_since
@_until
@format_option
@deployment_options
def who_passed(
    role: str, since: str | None, until: str | None, form: str, stack: str, region: str | None
) -> None:
    """List who passed ROLE, to what: refused attempts, too."""
    first, last = _days(since, until)
    operator = become_operator(stack, region)
    arn = role_arn(role, operator.role)
    with aws_errors():
        found = operator.ledger.passes_of_role(arn, *_times(first, last))
        print_rows(found, _columns, form, "pass", _NOTHING)


@click.command("roles-of")
@click.argument("passer")
@_since
@_until
@format_option
@deployment_options
def roles_of(
    passer: str, since: str | None, until: str | None, form: str, stack: str, region: str | None
) -> None:
    """List the roles that PASSER passed: a user's or role's ARN, or an AWS service.

    The sessions of a role are listed by the role.
    """
    who = principal(passer)
    first, last = _days(since, until)
    operator = become_operator(stack, region)
    with aws_errors():
        found = operator.ledger.passes_by(who, *_times(first, last))
        print_rows(found, _columns, form, "pass", _NOTHING)


@click.command("passes")
@click.option("--service", metavar="SERVICE", help="Only passes to a service: lambda.amazonaws.com.")
@_since
@_until
@format_option
@deployment_options
def passes(
    service: str | None, since: str | None, until: str | None, form: str, stack: str, region: str | None
) -> None:
    """List the passes of some days; without --since, of the last seven (until the last one)."""
    first, last = _days(since, until, days=7)
    to = None if service is None else service_principal(service)
    if to is None and (last - first).days > _MOST_DAYS:
        raise InputError(f"--since: at most {_MOST_DAYS} days are listed at once, or those to one --service")
    operator = become_operator(stack, region)
    with aws_errors():
        print_rows(_listed(operator.ledger, to, first, last), _columns, form, "pass", _NOTHING)


def _listed(ledger: "Ledger", service: str | None, first: date, last: date) -> "Iterator[RecordedPass]":
    if service:
        yield from ledger.passes_to(service, *_times(first, last))
        return
    for number in range((last - first).days + 1):
        yield from ledger.passes_on(first + timedelta(days=number))


def _days(since: str | None, until: str | None, days: int | None = None) -> tuple[date, date]:
    """The first day and the last; without ``since``, so many days, or all."""
    end = day(until, utc_now().date(), "--until")
    otherwise = date.min if days is None else date.fromordinal(max(end.toordinal() - days + 1, 1))
    begin = day(since, otherwise, "--since")
    if end < begin:
        raise InputError(f"--until {end} is before --since {begin}")
    return begin, end


def _times(first: date, last: date) -> tuple[str, str]:
    """From the first moment of a day to after all of another, as the ledger's times are written."""
    return f"{first}T", f"{last}T~"


def _columns(recorded: "RecordedPass") -> Mapping[str, str]:
    from passrole.ledger import principal_of

    pass_ = recorded.pass_
    return {
        "time": recorded.at[:19].replace("T", " "),
        "passer": pass_.passer.arn or principal_of(pass_.passer),
        "role": recorded.role_arn or pass_.role.value or "unknown",
        "service": " or ".join(pass_.services) or "unknown",
        "resource": ", ".join(pass_.resources) or "not named by the record",
        "outcome": pass_.outcome,
        "verdict": recorded.decision,
    }
