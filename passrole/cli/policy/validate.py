"""``passrole policy validate``: what is wrong with a guardrail.yaml, before it is deployed."""

from pathlib import Path

import click

from passrole.cli.errors import InputError
from passrole.cli.terminal import console, safe


@click.command()
@click.argument("file", metavar="[FILE]", default="guardrail.yaml")
def validate(file: str) -> None:
    """Check a policy: every problem with its line, and what is doubtful.

    FILE is guardrail.yaml by default.
    """
    from passrole.policy.errors import PolicyError
    from passrole.policy.load import load_guardrail

    try:
        guardrail = load_guardrail(Path(file))
    except PolicyError as error:
        raise InputError(str(error)) from None
    out = console()
    for warning in guardrail.warnings:
        out.print(f"! {safe(warning)}", style="yellow")
    statements, settings = len(guardrail.compiled.statements), guardrail.settings
    parts = (
        _count(statements, "statement"),
        _count(len(settings.regions), "further region") if settings.regions else "",
        _count(len(guardrail.warnings), "warning"),
    )
    out.print(f"✓ {safe(file)} is valid: {', '.join(filter(None, parts))}", style="green")
    out.print(f"  policy hash {guardrail.compiled.hash}", style="dim")


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
