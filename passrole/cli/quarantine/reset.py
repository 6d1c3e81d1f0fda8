"""``passrole quarantine reset``."""

import click

from passrole.cli.asking import confirm, decision_options, reason_given
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.errors import RefusedError
from passrole.clock import utc_now


@click.command()
@decision_options
@deployment_options
def reset(reason: str | None, yes: bool, stack: str, region: str | None) -> None:
    """Let containment go on after the breaker stopped it, with new budgets for the hour.

    What it refused meanwhile stays open: `passrole findings approve` has it contained.
    """
    from passrole.cli.quarantine.view import print_status
    from passrole.quarantine.brakes import reset_breaker

    operator = become_operator(stack, region)
    with aws_errors():
        breaker = operator.ledger.breaker()
        if breaker.stopped is None:
            raise RefusedError("The breaker has not tripped: there is nothing to reset.")
        print_status(operator.ledger.switch(), breaker)
        why = reason_given(reason, yes, "Why may it go on?")
        confirm("Reset the breaker?", yes)
        reset_breaker(operator.ledger, operator.topic, utc_now, operator.caller, why)
        after = operator.ledger.breaker()
        print_status(operator.ledger.switch(), after)
        if after.stopped is not None:
            raise RefusedError("The breaker stops containment still, or again: look at it, and try again.")
