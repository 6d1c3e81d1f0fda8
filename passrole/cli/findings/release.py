"""``passrole findings release``."""

from typing import TYPE_CHECKING

import click

from passrole.cli.asking import confirm, decision_options, reason_given
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import Operator, become_operator, deployment_options
from passrole.cli.findings.finding import find_for_decision, finding_argument, or_refused

if TYPE_CHECKING:
    from passrole.quarantine.release import Releaser

_WHAT = "released"


@click.command()
@finding_argument
@click.option("--as-is", is_flag=True, help="Put nothing back: leave the resource as it is now.")
@decision_options
@deployment_options
def release(
    finding_id: str, as_is: bool, reason: str | None, yes: bool, stack: str, region: str | None
) -> None:
    """Undo a quarantine: put the resource's prior state back.

    A resource that others changed meanwhile is not overwritten: undo their change, or release it --as-is.
    Who passed the role does not decide this, unless the policy says so.
    """
    from passrole.cli.findings.view import print_decided, print_plan

    operator = become_operator(stack, region)
    with aws_errors():
        releaser = releaser_of(operator)
        finding = find_for_decision(operator, finding_id, _WHAT)
        plan = or_refused(lambda: releaser.plan(finding.id), _WHAT)
        print_plan(plan, as_is)
        why = reason_given(reason, yes, "Why is it released?")
        confirm("Release it?", yes)
        released = or_refused(
            lambda: releaser.release(plan, who=operator.caller, why=why, as_is=as_is), _WHAT
        )
        print_decided(operator.ledger.finding(released.id) or released)


def releaser_of(operator: Operator) -> "Releaser":
    """Who releases with the operator's rights."""
    from passrole.quarantine.module import Aws
    from passrole.quarantine.release import Releaser

    aws = Aws(operator.clients, operator.quarantine_role or "")
    return Releaser(operator.ledger, operator.topic, aws, operator.role)
