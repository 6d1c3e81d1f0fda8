"""``passrole findings exempt``."""

from datetime import datetime

import click

from passrole.cli.asking import confirm, decision_options, reason_given
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.errors import InputError
from passrole.cli.findings.finding import find_for_decision, finding_argument, or_refused
from passrole.clock import parse_time, utc_now

_WHAT = "exempted"


@click.command()
@finding_argument
@click.option(
    "--until",
    required=True,
    metavar="DATE",
    help="When it ends: a day, or a time with its offset (UTC else).",
)
@decision_options
@deployment_options
def exempt(
    finding_id: str, until: str, reason: str | None, yes: bool, stack: str, region: str | None
) -> None:
    """Exempt one finding, for a time.

    Whoever passes the role to that resource again is not told of either. For more than one resource write an
    exemption into guardrail.yaml.
    """
    from passrole.cli.findings.view import print_decided, print_head
    from passrole.quarantine.people import exempt as exempt_finding

    end = _time(until)
    operator = become_operator(stack, region)
    with aws_errors():
        finding = find_for_decision(operator, finding_id, _WHAT)
        print_head(finding)
        why = reason_given(reason, yes, "Why is it exempt?")
        confirm("Exempt it?", yes)
        exempted = or_refused(
            lambda: exempt_finding(
                operator.ledger, operator.topic, finding, operator.caller, why, end, utc_now()
            ),
            _WHAT,
        )
        print_decided(exempted)


def _time(text: str) -> datetime:
    try:
        return parse_time(text)
    except ValueError:
        raise InputError(
            f"--until {text}: no such time; expected 2027-03-31 or 2027-03-31T12:00:00Z"
        ) from None
