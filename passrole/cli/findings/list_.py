"""``passrole findings list``."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from passrole.cli.aws import aws_errors
from passrole.cli.deployment import become_operator, deployment_options
from passrole.cli.reading import json_option
from passrole.cli.terminal import print_json
from passrole.cli.times import moment
from passrole.clock import iso, utc_now
from passrole.finding import State
from passrole.policy import Severity

if TYPE_CHECKING:
    from passrole.finding import Finding
    from passrole.ledger import Ledger


@click.command("list")
@click.option("--state", type=click.Choice([s.value for s in State]), help="Only findings in this state.")
@click.option(
    "--severity",
    "severities",
    multiple=True,
    type=click.Choice([s.value for s in Severity]),
    help="Only findings of this severity, and none that are resolved unless --state says so; "
    "may be repeated.",
)
@click.option(
    "--since",
    metavar="TIME",
    help="Only findings of which something is new since then: ISO 8601, or how long ago: 2h, 3d.",
)
@click.option(
    "--would-contain", is_flag=True, help="Only those whose resource a dry run would have contained."
)
@deployment_options
@json_option
def list_(
    state: str | None,
    severities: Sequence[str],
    since: str | None,
    would_contain: bool,
    stack: str,
    region: str | None,
    as_json: bool,
) -> None:
    """List findings, newest first."""
    first = "" if since is None else iso(moment(since, utc_now(), "--since"))
    operator = become_operator(stack, region)
    with aws_errors():
        found = [
            f
            for f in _listed(operator.ledger, state, severities)
            if state in (None, f.state) and f.updated_at >= first and (f.would_contain or not would_contain)
        ]
    found.sort(key=lambda finding: finding.updated_at, reverse=True)
    if as_json:
        for finding in found:
            print_json(finding.to_json())
    else:
        from passrole.cli.findings.view import print_table

        print_table(found)


def _listed(ledger: "Ledger", state: str | None, severities: Sequence[str]) -> "Iterator[Finding]":
    """Those of the severities; what stands is listed by them, without reading what does not."""
    wanted = [severity for severity in Severity if not severities or severity in severities]
    if state == State.RESOLVED or not severities:
        return (finding for finding in ledger.findings() if finding.severity in wanted)
    return (finding for severity in wanted for finding in ledger.standing(severity))
