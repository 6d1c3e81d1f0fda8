"""``passrole audit``: which roles were passed, according to logs, and what a policy says of that."""

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from passrole.cli.errors import INTERRUPTED, InputError
from passrole.cli.times import moment
from passrole.clock import iso, utc_now

if TYPE_CHECKING:
    from passrole.audit.auditor import How
    from passrole.audit.store import Store
    from passrole.audit.tally import Tally

_DEFAULT_POLICY = "guardrail.yaml"
FORMATS = ("table", "json", "csv", "parquet", "html")


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--policy", "policy_file", metavar="FILE", help=f"Judge by it.  [default: {_DEFAULT_POLICY}, if any]"
)
@click.option("--no-policy", is_flag=True, help="Only tell who passed what.")
@click.option(
    "--iam",
    "snapshot",
    metavar="SNAPSHOT",
    help="Roles and their tags: what `aws iam get-account-authorization-details` prints.",
)
@click.option("--since", metavar="TIME", help="ISO 8601, or how long ago: 90d.")
@click.option("--until", metavar="TIME", help="The same.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--out", metavar="FILE", help="Write there, not to the standard output.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes that read.  [default: one a core]")
def audit(
    sources: Sequence[str],
    policy_file: str | None,
    no_policy: bool,
    snapshot: str | None,
    since: str | None,
    until: str | None,
    format_: str,
    out: str | None,
    jobs: int | None,
) -> int:
    """Tell who passed which role to what, from the logs that there are.

    SOURCE is a file or folder of CloudTrail logs, gzipped or not, or s3://BUCKET/PREFIX. What is no log in
    it, or damaged, is passed over and counted. Work that is interrupted goes on when the same command is
    given again.

    \b
    Exit status:
      0  all passes are approved or exempt, or nothing was judged
      1  there are violations
      2  bad usage, or AWS refused
      3  no violations, but undetermined ones
    """
    from passrole.audit.store import Store
    from passrole.audit.tally import Tally
    from passrole.cli.audit.formats import About, write
    from passrole.cli.audit.view import exit_status, tell

    if no_policy and policy_file:
        raise click.UsageError("--policy and --no-policy exclude each other")
    how = _how(None if no_policy else _policy(policy_file), snapshot, since, until)
    tally = Tally()
    with Store() as store, _one_line():
        kept = _read(sources, how, jobs or os.cpu_count() or 1, store, tally)
        if kept is None:
            return INTERRUPTED
        store.close_input()
        about = About(tuple(sources), since, until, how.policy, snapshot)
        written = write(store, tally, about, format_, out)
        tell(store, tally, written, kept)
        return exit_status(store)


def _policy(given: str | None) -> str | None:
    """The compiled policy as JSON."""
    from passrole.cli.judging import read_guardrail

    if given is None and not Path(_DEFAULT_POLICY).is_file():
        return None
    return read_guardrail(given or _DEFAULT_POLICY).to_json()


def _how(policy: str | None, snapshot: str | None, since: str | None, until: str | None) -> "How":
    from passrole.audit.auditor import How
    from passrole.cli.judging import read_evidence

    read_evidence(snapshot)  # what is wrong with it is told before anything is read
    now = utc_now()
    first, last = (
        iso(moment(given, now, name)) if given else None
        for given, name in ((since, "--since"), (until, "--until"))
    )
    if first and last and first > last:
        raise InputError(f"--since {first} is after --until {last}")
    return How(policy, snapshot, first, last)


def _read(sources: Sequence[str], how: "How", jobs: int, store: "Store", tally: "Tally") -> int | None:
    """How many files an earlier run had read; None if somebody interrupted this one."""
    from passrole.audit.run import Run
    from passrole.audit.spool import Spool
    from passrole.cli.audit.sources import Sources
    from passrole.cli.progress import Progress

    found = Sources(sources, how, tally)
    spool = Spool.of(_told_by(sources, how))
    with Progress() as progress:
        run = Run(how, spool, min(jobs, found.most_jobs), lambda t: progress.show(_so_far(t)))
        try:
            run.read(found.units(), store, tally)
        except KeyboardInterrupt:
            progress.tell(f"Stopped: {_so_far(tally)}. They are kept: the same command goes on from there.")
            return None
    spool.remove()
    return run.kept


def _so_far(tally: "Tally") -> str:
    return f"{tally.files:,} files, {tally.records:,} records, {tally.passes:,} passes"


def _told_by(sources: Sequence[str], how: "How") -> Iterator[str]:
    """What tells an audit from others: its sources, and all that its rows depend on."""
    yield from (source if "://" in source else os.path.abspath(source) for source in sources)
    yield how.policy or ""
    yield hashlib.sha256(Path(how.snapshot).read_bytes()).hexdigest() if how.snapshot else ""
    yield f"{how.since} {how.until} {sys.version_info[:2]}"


@contextmanager
def _one_line() -> Iterator[None]:
    """Makes one line of what AWS, or the disk, does not let us do."""
    from passrole.audit.sources.errors import SourceError
    from passrole.cli.aws import aws_errors

    try:
        with aws_errors():
            yield
    except (SourceError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise InputError(str(error)) from None
