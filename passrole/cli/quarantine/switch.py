"""``passrole quarantine off`` and ``on``."""

import click

from passrole.cli.asking import confirm, decision_options, reason_given
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.clock import utc_now


@click.command()
@decision_options
@deployment_options
def off(reason: str | None, yes: bool, stack: str, region: str | None) -> None:
    """Stop all containment, at once and without a deployment.

    Violations are still found and told. What is contained stays so.
    """
    _turn(False, reason, yes, stack, region)


@click.command()
@decision_options
@deployment_options
def on(reason: str | None, yes: bool, stack: str, region: str | None) -> None:
    """Let the guard contain again.

    What it refused meanwhile stays open: `passrole findings approve` has it contained.
    """
    _turn(True, reason, yes, stack, region)


def _turn(is_on: bool, reason: str | None, yes: bool, stack: str, region: str | None) -> None:
    from passrole.cli.quarantine.view import print_status
    from passrole.quarantine.brakes import switch_off, switch_on

    operator = become_operator(stack, region)
    word = "on" if is_on else "off"
    why = reason_given(reason, yes, f"Why is it switched {word}?")
    confirm(f"Switch quarantine {word}?", yes)
    with aws_errors():
        turn = switch_on if is_on else switch_off
        turn(operator.ledger, operator.topic, utc_now, operator.caller, why)
        print_status(operator.ledger.switch(), operator.ledger.breaker())
