"""``passrole audit``: which roles were passed, according to logs, and what a policy says of that."""

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from passrole.cli.errors import INTERRUPTED, InputError
from passrole.cli.terminal import safe
from passrole.cli.times import moment
from passrole.clock import iso, utc_now

if TYPE_CHECKING:
    from passrole.audit.auditor import How
    from passrole.audit.spool import Spool
    from passrole.audit.store import Store
    from passrole.audit.tally import Tally
    from passrole.cli.audit.remote import Asked

_DEFAULT_POLICY = "guardrail.yaml"
FORMATS = ("table", "json", "csv", "parquet", "html")


@click.command()
@click.argument("sources", metavar="[SOURCE...]", nargs=-1)
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
@click.option("--since", metavar="TIME", help="Only passes from then on: ISO 8601, or how long ago: 90d.")
@click.option("--until", metavar="TIME", help="Only passes until then, written so, too.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="For people (table, html), programs (json, parquet) or spreadsheets (csv).",
)
@click.option("--out", metavar="FILE", help="Write there, not to the standard output.")
@click.option("--athena", "table", metavar="TABLE", help="Ask Athena's DATABASE.TABLE of CloudTrail's logs.")
@click.option("--workgroup", metavar="NAME", help="With --athena: the workgroup.  [default: primary]")
@click.option(
    "--output-location",
    "output",
    metavar="S3_URL",
    help="With --athena: where the result goes, if the workgroup has no place.",
)
@click.option("--print-sql", is_flag=True, help="Only show the query that Athena would be asked.")
@click.option(
    "--account", "accounts", metavar="ID", multiple=True, help="Only passes in this account; may be repeated."
)
@click.option(
    "--region",
    "regions",
    metavar="REGION",
    multiple=True,
    help="Only passes in this region; may be repeated. It is the one that lookup-events reads.",
)
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
    table: str | None,
    workgroup: str | None,
    output: str | None,
    print_sql: bool,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    jobs: int | None,
) -> int:
    """Tell who passed which role to what, from the logs that there are.

    SOURCE is a file or folder of CloudTrail logs, gzipped or not; s3://BUCKET/PREFIX; or lookup-events, the
    event history of the last 90 days. What is no log, or damaged, is passed over and counted. Work that is
    interrupted goes on when the same command is given again.

    \b
    Exit status:
      0  all passes are approved or exempt, or nothing was judged
      1  there are violations
      2  bad usage, or AWS refused
      3  no violations, but undetermined ones
    """
    from passrole.audit.report.about import About
    from passrole.audit.store import Store
    from passrole.audit.tally import Tally
    from passrole.cli.audit.formats import check_target, write
    from passrole.cli.audit.remote import Asked, question_of, sql_of
    from passrole.cli.audit.view import exit_status, tell

    if no_policy and policy_file:
        raise click.UsageError("--policy and --no-policy exclude each other")
    first, last = _bounds(since, until, utc_now())
    how = _how(None if no_policy else _policy(policy_file), snapshot)
    how = replace(how, since=first, until=last, accounts=accounts, regions=regions)
    asked = Asked(how.since, how.until, (since, until), accounts, regions, table, workgroup, output)
    if print_sql:
        with _one_line():
            click.echo(sql_of(asked, lambda line: click.echo(line, err=True)), nl=False)
        return 0
    if not sources and not table:
        raise click.UsageError("no SOURCE, and no --athena")
    for option, given in (("--workgroup", workgroup), ("--output-location", output)):
        if given is not None and table is None:
            raise click.UsageError(f"{option} goes with --athena")
    question_of(asked)
    check_target(out)
    tally = Tally()
    with _one_line(), _kept(sources, how, asked) as spool, Store() as store:
        first, last = _bounds(since, until, spool.began(utc_now()))
        how, asked = replace(how, since=first, until=last), replace(asked, since=first, until=last)
        kept = _read(sources, how, asked, jobs or os.cpu_count() or 1, spool, store, tally)
        if kept is None:
            return INTERRUPTED
        store.close_input()
        named = (*sources, *((f"athena:{table}",) if table else ()))
        about = About(named, utc_now(), since, until, _hash_of(how), snapshot is not None)
        written = write(store, tally, about, format_, out)
        spool.remove()
        tell(store, tally, written, kept)
        return exit_status(store)


def _policy(given: str | None) -> str | None:
    """The compiled policy as JSON."""
    from passrole.cli.judging import read_guardrail

    if given is None and not Path(_DEFAULT_POLICY).is_file():
        return None
    return read_guardrail(given or _DEFAULT_POLICY).to_json()


def _how(policy: str | None, snapshot: str | None) -> "How":
    from passrole.audit.auditor import How
    from passrole.cli.judging import read_evidence

    read_evidence(snapshot)  # what is wrong with it is told before anything is read
    return How(policy, snapshot)


def _bounds(since: str | None, until: str | None, now: datetime) -> tuple[str | None, str | None]:
    """The first and the last moment that a person asks for."""
    first, last = (
        iso(moment(given, now, name)) if given else None
        for given, name in ((since, "--since"), (until, "--until"))
    )
    if first and last and first > last:
        raise InputError(f"--since {first} is after --until {last}")
    return first, last


def _hash_of(how: "How") -> str | None:
    from passrole.policy import CompiledPolicy

    return CompiledPolicy.from_json(how.policy).hash if how.policy else None


@contextmanager
def _kept(sources: Sequence[str], how: "How", asked: "Asked") -> Iterator["Spool"]:
    """Where the work is kept: what an interrupted run of the same audit left is there."""
    from passrole.audit.spool import Spool

    found = Spool.of(_told_by(sources, how, asked))
    found.forget_others()
    with found.held() as spool:
        yield spool


def _read(
    sources: Sequence[str],
    how: "How",
    asked: "Asked",
    jobs: int,
    spool: "Spool",
    store: "Store",
    tally: "Tally",
) -> int | None:
    """How many files an earlier run had read; None if somebody interrupted this one."""
    from passrole.audit.auditor import Auditor
    from passrole.audit.pages import PageReader
    from passrole.audit.run import Run
    from passrole.cli.audit.remote import HISTORY, read_athena, read_history
    from passrole.cli.audit.sources import Sources
    from passrole.cli.progress import Progress

    found = Sources([name for name in sources if name != HISTORY], how, asked, tally)
    progress = Progress()
    # Before the progress is shown: its thread must not be split off with the processes.
    run = Run(how, spool, min(jobs, found.most_jobs), lambda t: progress.show(_so_far(t)))
    with progress:
        try:
            run.read(found.units(), store, tally)
            if HISTORY in sources or asked.table:
                reader = PageReader(Auditor(how), spool, store, tally, run.show)
                if HISTORY in sources:
                    read_history(asked, reader)
                if asked.table:
                    read_athena(asked, reader, progress)
        except KeyboardInterrupt:
            kept = "They are kept: the same command goes on from there."
            if spool.is_own:
                kept = "They are not kept: another process is at the same audit."
            progress.tell(f"Stopped: {_so_far(tally)}. {kept}")
            return None
    return run.kept


def _so_far(tally: "Tally") -> str:
    return f"{tally.files:,} files, {tally.records:,} records, {tally.passes:,} passes"


def _told_by(sources: Sequence[str], how: "How", asked: "Asked") -> Iterator[str]:
    """What tells an audit from others: its sources, and all that its rows depend on."""
    from passrole.audit.spool import release
    from passrole.cli.audit.remote import HISTORY, caller_of

    yield release()
    if HISTORY in sources or asked.table:
        yield repr(caller_of(asked))
    yield from (source if "://" in source else os.path.abspath(source) for source in sources)
    yield how.policy or ""
    yield hashlib.sha256(Path(how.snapshot).read_bytes()).hexdigest() if how.snapshot else ""
    yield repr((asked.given, asked.accounts, asked.regions, asked.table, sys.version_info[:2]))


@contextmanager
def _one_line() -> Iterator[None]:
    """Makes one line of what AWS, or the disk, does not let us do."""
    import duckdb

    from passrole.audit.sources.errors import SourceError
    from passrole.audit.store import interruptible
    from passrole.audit.worker import WorkerError
    from passrole.cli.aws import aws_errors

    try:
        with aws_errors(), interruptible():
            yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise InputError(f"what was found cannot be kept (TMPDIR says where): {error}") from None
    except (SourceError, WorkerError) as error:
        raise InputError(str(error)) from None
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        where = f"{safe(error.filename)}: " if error.filename else ""
        raise InputError(f"{where}{error.strerror or error}") from None
