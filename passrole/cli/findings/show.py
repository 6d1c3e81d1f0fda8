"""``passrole findings show``."""

from typing import TYPE_CHECKING

import click

from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.findings.finding import find, finding_argument, step_of, step_option
from passrole.cli.findings.release import releaser_of
from passrole.cli.findings.renderings import RENDERINGS, TEXT, rendering_of
from passrole.cli.reading import json_option
from passrole.cli.terminal import print_json
from passrole.finding import Finding

if TYPE_CHECKING:
    from passrole.quarantine.release import ReleasePlan, Releaser


@click.command()
@finding_argument
@click.option(
    "--as",
    "rendering",
    type=click.Choice([TEXT, *RENDERINGS]),
    help="Its latest step as a receiver gets it: slack, email, asff (Security Hub), chat (Amazon Q), "
    "json (the topic, event buses and webhooks).  [default: text, all of the finding]",
)
@step_option
@deployment_options
@json_option
def show(
    finding_id: str,
    rendering: str | None,
    revision: int | None,
    stack: str,
    region: str | None,
    as_json: bool,
) -> None:
    """Show all of one finding.

    Who, what and why, its history, and what a release would put back. With --as, one message about it.
    """
    is_message = rendering in RENDERINGS
    if rendering is not None and as_json:
        raise click.UsageError("--as and --json exclude each other")
    if revision is not None and not is_message:
        raise click.UsageError(f"--step goes with --as {', '.join(RENDERINGS)}")
    operator = become_operator(stack, region)
    with aws_errors():
        finding = find(operator, finding_id)
        if rendering is not None and is_message:
            from passrole.alerts.alert import Alert

            alert = Alert(finding, step_of(operator, finding, revision))
            click.echo(rendering_of(rendering, operator, alert))
            return
        history = operator.ledger.history(finding.id)
        plan, refusal = _plan_or_refusal(releaser_of(operator), finding)
    if as_json:
        release = {"puts_back": list(plan.puts_back), "leaves": list(plan.leaves)} if plan else None
        print_json(
            {
                "finding": finding.to_json(),
                "history": [step.to_json() for step in history],
                "release": release,
                "release_refused": refusal,
            }
        )
    else:
        from passrole.cli.findings.view import print_finding

        print_finding(finding, history, plan, refusal)


def _plan_or_refusal(releaser: "Releaser", finding: Finding) -> "tuple[ReleasePlan | None, str | None]":
    from passrole.quarantine.people import NotDoneError

    try:
        return releaser.plan(finding.id), None
    except NotDoneError as error:
        return None, str(error)
