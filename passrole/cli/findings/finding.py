"""The finding that a command is about, and who decides."""

from collections.abc import Callable
from typing import TypeVar

import click

from passrole.cli.deployment import Operator
from passrole.cli.errors import InputError, RefusedError
from passrole.finding import Finding, Step

Command = TypeVar("Command", bound=Callable[..., object])
T = TypeVar("T")
_SHORTEST_PREFIX = 4


def finding_argument(command: Command) -> Command:
    return click.argument("finding_id", metavar="ID")(command)


def step_option(command: Command) -> Command:
    return click.option(
        "--step",
        "revision",
        type=click.IntRange(min=1),
        metavar="N",
        help="This step of its history.  [default: the latest]",
    )(command)


def find(operator: Operator, finding_id: str) -> Finding:
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
    return operator.ledger.finding(fitting[0].id) or fitting[0]  # the index may lag behind


def step_of(operator: Operator, finding: Finding, revision: int | None) -> Step:
    """One step of a finding's life; the latest, if none is asked for.

    Raises:
        InputError: it has no such step.
    """
    step = operator.ledger.step(finding.id, revision or finding.revision)
    if step is None:
        raise InputError(f"{finding.id} has no step {revision}; expected 1 to {finding.revision}")
    return step


def find_for_decision(operator: Operator, finding_id: str, what: str) -> Finding:
    """The finding, for one who may decide about it: not who passed the role.

    Raises:
        RefusedError: that is who asks.
    """
    from passrole.quarantine.people import refuse_passer

    finding = find(operator, finding_id)
    or_refused(lambda: refuse_passer(finding, operator.caller, operator.passer_may_release), what)
    return finding


def or_refused(act: Callable[[], T], what: str) -> T:
    """What ``act`` does; ``what`` was not done, where it says why not."""
    from passrole.quarantine.people import NotDoneError

    try:
        return act()
    except NotDoneError as error:
        raise RefusedError(f"not {what}: {error}") from None
