"""``passrole findings``: see what is wrong, and put back what was quarantined."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from passrole.cli.aws import aws_errors
from passrole.cli.deployment import Operator, become_operator, deployment_options
from passrole.cli.errors import InputError, RefusedError
from passrole.cli.reading import json_option
from passrole.cli.terminal import print_json
from passrole.finding import Finding, State

if TYPE_CHECKING:
    from passrole.quarantine.release import ReleasePlan, Releaser

T = TypeVar("T")
_SHORTEST_PREFIX = 4
_LONGEST_REASON = 500


@click.group()
def findings() -> None:
    """See findings, and release what was quarantined.

    An ID may be cut short to what is unique. Everything is done in the guard's operator role.
    """


@findings.command("list")
@click.option("--state", type=click.Choice([s.value for s in State]), help="Only findings in this state.")
@deployment_options
@json_option
def list_(state: str | None, stack: str, region: str | None, as_json: bool) -> None:
    """List findings, newest first."""
    operator = become_operator(stack, region)
    with aws_errors():
        found = [f for f in operator.ledger.findings() if state in (None, f.state)]
    found.sort(key=lambda finding: finding.updated_at, reverse=True)
    if as_json:
        for finding in found:
            print_json(finding.to_json())
    else:
        from passrole.cli.finding_view import print_table

        print_table(found)


@findings.command()
@click.argument("finding_id", metavar="ID")
@deployment_options
@json_option
def show(finding_id: str, stack: str, region: str | None, as_json: bool) -> None:
    """Show all of one finding.

    Who, what and why, its history, and what a release would put back.
    """
    operator = become_operator(stack, region)
    with aws_errors():
        finding = _find(operator, finding_id)
        history = operator.ledger.history(finding.id)
        plan, refusal = _plan_or_refusal(_releaser(operator), finding)
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
        from passrole.cli.finding_view import print_finding

        print_finding(finding, history, plan, refusal)


@findings.command()
@click.argument("finding_id", metavar="ID")
@click.option("--reason", metavar="TEXT", help="Why; it goes to the ledger and to everybody who is alerted.")
@click.option("--as-is", is_flag=True, help="Put nothing back: leave the resource as it is now.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@deployment_options
def release(
    finding_id: str, reason: str | None, as_is: bool, yes: bool, stack: str, region: str | None
) -> None:
    """Undo a quarantine: put the resource's prior state back.

    A resource that others changed meanwhile is not overwritten: undo their change, or release it --as-is.
    """
    from passrole.cli.finding_view import print_plan, print_released

    operator = become_operator(stack, region)
    with aws_errors():
        releaser = _releaser(operator)
        plan = _or_refused(lambda: releaser.plan(_find(operator, finding_id).id))
        print_plan(plan, as_is)
        why = _reason(reason, yes)
        if not yes and not _asked(lambda: click.confirm("Release it?")):
            raise RefusedError("Nothing was changed.")
        released = _or_refused(lambda: releaser.release(plan, who=operator.caller, why=why, as_is=as_is))
        print_released(operator.ledger.finding(released.id) or released)


def _releaser(operator: Operator) -> "Releaser":
    from passrole.quarantine.release import Releaser

    return Releaser(operator.ledger, operator.topic, operator.clients, operator.role)


def _plan_or_refusal(releaser: "Releaser", finding: Finding) -> "tuple[ReleasePlan | None, str | None]":
    from passrole.quarantine.release import ReleaseRefusedError

    try:
        return releaser.plan(finding.id), None
    except ReleaseRefusedError as error:
        return None, str(error)


def _or_refused(act: Callable[[], T]) -> T:
    from passrole.quarantine.release import ReleaseRefusedError

    try:
        return act()
    except ReleaseRefusedError as error:
        raise RefusedError(f"not released: {error}") from None


def _find(operator: Operator, finding_id: str) -> Finding:
    """The finding of that id, or the one whose id begins so.

    Raises:
        InputError: there is none, or there are several.
    """
    given = finding_id.strip().lower()
    if len(given) < _SHORTEST_PREFIX:
        raise InputError(
            f"{finding_id!r} is too short for a finding's id; expected {_SHORTEST_PREFIX} characters or more"
        )
    exact = operator.ledger.finding(given)
    if exact:
        return exact
    fitting = [finding for finding in operator.ledger.findings() if finding.id.startswith(given)]
    if not fitting:
        raise InputError(f"no finding {finding_id}; `passrole findings list` shows all")
    if len(fitting) > 1:
        ids = ", ".join(sorted(finding.id for finding in fitting)[:5])
        raise InputError(
            f"{finding_id} fits {len(fitting)} findings: {ids}{' …' if len(fitting) > 5 else ''}"
        )
    return fitting[0]


def _reason(given: str | None, yes: bool) -> str:
    if given is None and yes:
        raise InputError("a release without questions needs a --reason")
    reason = given if given is not None else _asked(lambda: str(click.prompt("Why is it released?")))
    reason = " ".join(reason.split())
    if not reason:
        raise InputError("the reason is empty; expected a few words for those who read the ledger")
    if len(reason) > _LONGEST_REASON:
        raise InputError(f"the reason has {len(reason)} characters; expected {_LONGEST_REASON} at most")
    return reason


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):
            raise InputError("nobody answers here; give --yes and --reason") from None
        raise
