"""``passrole findings exempt``."""

from datetime import datetime

import click

from passrole.cli.asking import confirm, decision_options, reason_given
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.errors import InputError
from passrole.cli.findings.finding import find_for_decision, finding_argument, or_refused
from passrole.clock import utc_now

_WHAT = "exempted"


@click.command()
@finding_argument
@click.option(
    "--until",
    required=True,
    metavar="DATE",
    help="When it ends: a day, which counts to its end in UTC, or a time with its zone.",
)
@decision_options
@deployment_options
def exempt(
    finding_id: str, until: str, reason: str | None, yes: bool, stack: str, region: str | None
) -> None:
    """Exempt one finding, for a time.

    Until then nobody is told when the role is passed to that resource again, whoever does. It ends a year
    ahead at most. For more than one resource write an exemption into guardrail.yaml.
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
        print_decided(exempted, f"is {exempted.state} until {exempted.exempt_until}")


def _time(text: str) -> datetime:
    """When an exemption until then ends, by the rules that guardrail.yaml has for its own.

    Raises:
        InputError: it is no such time, or more than a year ahead.
    """
    from passrole.policy.source.expiry import first_moment_after, too_far

    try:
        end = first_moment_after(text)
    except ValueError as error:
        raise InputError(f"--until: {error}") from None
    wrong = too_far(text, utc_now().date())
    if wrong:
        raise InputError(f"--until: {wrong}")
    return end
