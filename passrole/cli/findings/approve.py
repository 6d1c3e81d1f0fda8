"""``passrole findings approve``."""

import click

from passrole.cli.asking import confirm, decision_options, reason_given
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.findings.finding import find_for_decision, finding_argument, or_refused
from passrole.clock import utc_now

_WHAT = "approved"


@click.command()
@finding_argument
@decision_options
@deployment_options
def approve(finding_id: str, reason: str | None, yes: bool, stack: str, region: str | None) -> None:
    """Have a finding's resource contained now.

    For one that waits for that, and for one whose containment was refused or failed. The guard still looks
    whether the resource holds the role, and whether switch, breaker and budgets allow it. In a dry run
    nothing is contained, approved or not.
    """
    from passrole.cli.findings.view import print_decided, print_head
    from passrole.quarantine.people import approve as approve_finding

    operator = become_operator(stack, region)
    with aws_errors():
        finding = find_for_decision(operator, finding_id, _WHAT)
        print_head(finding)
        why = reason_given(reason, yes, "Why is it contained?")
        confirm("Have it contained?", yes)
        approved = or_refused(
            lambda: approve_finding(
                operator.ledger, operator.topic, finding, operator.caller, why, utc_now()
            ),
            _WHAT,
        )
        print_decided(approved, "is approved: the guard looks at it now")
