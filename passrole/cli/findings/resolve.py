"""``passrole findings resolve``."""

import click

from passrole.cli.asking import confirm, decision_options, reason_given
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.errors import RefusedError
from passrole.cli.findings.finding import find_for_decision, finding_argument, or_refused
from passrole.clock import utc_now

_WHAT = "resolved"


@click.command()
@finding_argument
@decision_options
@deployment_options
def resolve(finding_id: str, reason: str | None, yes: bool, stack: str, region: str | None) -> None:
    """Close a finding about the guard itself.

    Once it is mended, or was meant. The same again opens it again. Who made the change does not decide
    this, unless the policy lets passers release. Findings about resources are resolved by what becomes of
    these.
    """
    from passrole.cli.findings.view import print_decided, print_head
    from passrole.quarantine.people import resolve as resolve_finding
    from passrole.quarantine.people import why_not_resolved

    operator = become_operator(stack, region)
    with aws_errors():
        finding = find_for_decision(operator, finding_id, _WHAT)
        refusal = why_not_resolved(finding)
        if refusal:
            raise RefusedError(f"not {_WHAT}: {refusal}")
        print_head(finding)
        why = reason_given(reason, yes, "Why is it over?")
        confirm("Resolve it?", yes)
        resolved = or_refused(
            lambda: resolve_finding(
                operator.ledger, operator.topic, finding, operator.caller, why, utc_now()
            ),
            _WHAT,
        )
        print_decided(resolved)
