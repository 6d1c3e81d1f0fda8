"""``passrole backfill``."""

import heapq
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from passrole.arn import Arn, partition_of, region_of_global
from passrole.cli.aws import aws_errors, open_session
from passrole.cli.deployment import Operator, become_operator
from passrole.cli.errors import InputError
from passrole.cli.options import stack_option
from passrole.cli.times import moment
from passrole.clock import utc_now
from passrole.stack import Output

if TYPE_CHECKING:
    from passrole.cli.backfill.sending import Intake
    from passrole.cli.progress import Progress
    from passrole.trail.lookup import LookedUp

_UNDONE = 3


@dataclass(slots=True)
class _Counts:
    """What came of it.

    Attributes:
        read: events that came.
        passing: those that pass a role, and ``unreadable`` those that are no records.
        back_to: what was made after this moment is done.
    """

    read: int = 0
    passing: int = 0
    unreadable: int = 0
    back_to: datetime | None = None


@click.command()
@click.option(
    "--since", metavar="TIME", required=True, help="Events from then on: ISO 8601, or how long ago: 2h, 3d."
)
@click.option("--until", metavar="TIME", help="Events until then, written so, too.  [default: now]")
@stack_option
@click.option(
    "--region",
    "regions",
    metavar="REGION",
    multiple=True,
    help="The guard's home region, then further ones to read, too.  [default: the profile's]",
)
@click.option("--dry-run", is_flag=True, help="Only count what would be sent.")
def backfill(since: str, until: str | None, stack: str, regions: Sequence[str], dry_run: bool) -> int:
    """Bring the guard the events that it missed, as after an outage.

    They are read from CloudTrail's event history, which goes back 90 days, with your own credentials
    (cloudtrail:LookupEvents), at two requests a second in a region, the latest first. Those that pass a role
    go to the guard's intake. What it has judged before it does not judge again.

    \b
    Exit status:
      0  all was sent
      2  bad usage, or AWS refused
      3  some events were too large to be sent, or not readable
    """
    from passrole.trail.lookup import KEPT

    now = utc_now()
    first = moment(since, now, "--since")
    last = min(moment(until, now, "--until"), now) if until else now
    if last <= first:
        raise InputError(f"--until {_second(last)} is not after --since {_second(first)}")
    if now - first > KEPT:
        raise InputError(f"--since {_second(first)}: CloudTrail's event history has {KEPT.days} days")
    operator = become_operator(stack, regions[0] if regions else None)
    there = tuple(dict.fromkeys(regions)) or (operator.home,)
    return _run(operator, there, first, last, dry_run)


def _run(operator: Operator, regions: Sequence[str], first: datetime, last: datetime, dry_run: bool) -> int:
    from passrole.cli.backfill.sending import Intake, SendError
    from passrole.cli.progress import Progress

    intake = Intake(operator.clients("sqs", operator.home), operator.output(Output.INTAKE_QUEUE_URL))
    counts = _Counts()
    _hint_at_global(regions)
    with _told_where_to_go_on(counts, intake), aws_errors():
        try:
            with Progress() as progress:
                _send(operator, regions, (first, last), counts, None if dry_run else intake, progress)
            intake.flush()
        except SendError as error:
            raise InputError(str(error)) from None
    _tell(counts, intake, dry_run)
    return _UNDONE if intake.too_large or counts.unreadable else 0


def _send(
    operator: Operator,
    regions: Sequence[str],
    times: tuple[datetime, datetime],
    counts: _Counts,
    intake: "Intake | None",
    progress: "Progress",
) -> None:
    from passrole.cli.backfill.sending import envelope_around
    from passrole.trail import passes_of

    first, last = times
    account = _account(operator)
    for region, event in _events(operator.home, regions, first, last):
        counts.read += 1
        if intake is None or not intake.waiting:
            counts.back_to = event.at
        if event.record is None:
            counts.unreadable += 1
        elif passes_of(event.record, include_unseen=True):
            counts.passing += 1
            if intake is not None:
                intake.put(envelope_around(event.record, account, region))
                counts.back_to = event.at if intake.waiting == 1 else counts.back_to
        done, of = (last - event.at).total_seconds(), (last - first).total_seconds()
        progress.show(
            f"back to {_second(event.at)}: {counts.read:,} read, {counts.passing:,} pass roles", done, of
        )


def _events(
    home: str, regions: Sequence[str], first: datetime, last: datetime
) -> Iterator[tuple[str, "LookedUp"]]:
    """The events of all regions, the latest first: who is interrupted goes on from one time in all."""
    from passrole.trail.lookup import EventHistory

    session = open_session(home)
    make: Any = session.client  # its types are overloads on literal names
    history = EventHistory(lambda service, region: make(service, region_name=region))

    def of(region: str) -> Iterator[tuple[str, "LookedUp"]]:
        return ((region, event) for event in history.events(region, first, last))

    return heapq.merge(*map(of, regions), key=lambda each: each[1].at, reverse=True)


@contextmanager
def _told_where_to_go_on(counts: _Counts, intake: "Intake") -> Iterator[None]:
    try:
        yield
    except BaseException:
        if counts.back_to is not None:
            click.echo(
                f"{counts.read:,} events were read, {intake.sent:,} sent; to go on, say the same with "
                f"--until {_second(counts.back_to)}",
                err=True,
            )
        raise


def _hint_at_global(regions: Sequence[str]) -> None:
    its_region = region_of_global(partition_of(regions[0]))
    if its_region not in regions:
        click.echo(
            f"IAM's own events, and CloudFront's, are in {its_region}: --region reads it, too", err=True
        )


def _tell(counts: _Counts, intake: "Intake", dry_run: bool) -> None:
    would = f"would be sent: {counts.passing:,}" if dry_run else f"sent: {intake.sent:,}"
    click.echo(f"read: {counts.read:,} events, which pass roles: {counts.passing:,}, {would}")
    if intake.too_large:
        click.echo(f"too large to be sent: {intake.too_large:,}", err=True)
    if counts.unreadable:
        click.echo(f"not readable: {counts.unreadable:,}", err=True)


def _account(operator: Operator) -> str:
    arn = Arn.parse(operator.role)
    return arn.account if arn else ""


def _second(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
