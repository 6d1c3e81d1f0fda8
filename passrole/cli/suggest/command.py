"""``passrole suggest``: the smallest policy that approves what is normal."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

import click

from passrole.cli.errors import BAD_INPUT, InputError
from passrole.cli.judging import read_guardrail, wanted_by
from passrole.cli.options import Number, ledger_options, refuse_ledger_options
from passrole.cli.policy.diff_judging import Comparison
from passrole.cli.progress import Progress
from passrole.cli.reading import json_option
from passrole.cli.suggest.result import Differences, Result, file_names, group_of
from passrole.cli.suggest.sources import PassFiles, Spool, passes_in_ledger
from passrole.cli.suggest.view import heading, told
from passrole.cli.terminal import print_json, safe
from passrole.cli.times import moment
from passrole.clock import utc_now
from passrole.detection.detector import EvidenceSource
from passrole.evidence.snapshot import NoIam, Snapshot, SnapshotError
from passrole.passes import Pass
from passrole.policy import CompiledPolicy, stage_for
from passrole.suggest import Observed, Options, permissions_of, policy_text, suggest
from passrole.suggest.judged import judged_cases
from passrole.suggest.rows import RowEvidence

_LEDGER_DAYS = 400  # as long as it keeps passes
_SHOWN_EACH = 1_000  # passes


@click.command("suggest")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--ledger", "of_ledger", is_flag=True, help="From the passes that a deployed guard recorded.")
@click.option(
    "--iam",
    "snapshot_file",
    metavar="SNAPSHOT",
    help="Roles and their tags: what `aws iam get-account-authorization-details` prints.",
)
@click.option("--since", metavar="DATE", help="Only passes of that day (UTC) and later; or 90d ago.")
@click.option("--until", metavar="DATE", help="Only passes of that day (UTC) and earlier.")
@click.option(
    "--min-count",
    default=3,
    show_default=True,
    type=click.IntRange(min=1),
    help="How often a role must go to a service by a passer to be normal.",
)
@click.option(
    "--min-days", default=2, show_default=True, type=click.IntRange(min=1), help="On how many days, at least."
)
@click.option(
    "--confidence",
    default=0.9,
    show_default=True,
    type=Number(min=0, max=1),
    help="How much of what a statement approves must be normal.",
)
@click.option("--any-passer", is_flag=True, help="Approve whoever passes the role.")
@click.option("--against", metavar="POLICY", help="Tell what a present guardrail.yaml judges differently.")
@click.option(
    "--iam-statements",
    "folder",
    metavar="FOLDER",
    help="Write an identity policy for iam:PassRole for each passer.",
)
@click.option("--out", metavar="FILE", help="Write the policy there; it must not exist yet.")
@ledger_options
@json_option
def suggest_command(
    files: tuple[str, ...],
    of_ledger: bool,
    snapshot_file: str | None,
    since: str | None,
    until: str | None,
    min_count: int,
    min_days: int,
    confidence: float,
    any_passer: bool,
    against: str | None,
    folder: str | None,
    out: str | None,
    stack: str | None,
    region: str | None,
    as_json: bool,
) -> int:
    """Suggest the smallest guardrail.yaml that approves what is normal.

    FILE is what `passrole audit`, `check --json` or `extract --json` wrote (JSON lines, or Parquet of an
    audit), or CloudTrail logs as `passrole check` reads them; with --ledger the passes come from a deployed
    guard. Give --iam: without tags, and without knowing who is an administrator, less can be told apart.

    The policy goes to the standard output, and what people should know to the standard error. With --json,
    one object has it all.
    """
    if of_ledger == bool(files):
        raise click.UsageError("give either FILEs or --ledger")
    if not of_ledger:
        refuse_ledger_options()
    _check_targets(out, folder)
    options = Options(min_count, min_days, confidence, any_passer)
    present = read_guardrail(against) if against else None
    evidence = RowEvidence(_evidence(snapshot_file, present))
    reader = PassFiles(evidence)
    observed, spool = Observed(evidence), Spool() if present else None
    first, last = _days(since, until, of_ledger)
    with Progress() as progress:
        ledger = _of_ledger(first, last, stack, region, progress) if of_ledger else ()
        for pass_ in chain(ledger, reader.passes(files)):
            if not _is_within(pass_, first, last):
                continue
            if observed.add(pass_) and spool:
                spool.add(pass_)
            if observed.read % _SHOWN_EACH == 0:
                progress.show(f"{observed.read:,} passes read")
        progress.show(f"{observed.read:,} passes read; making the suggestion")
        result = _result(observed, options)
        if present and spool and against:
            result = replace(result, differences=_differences(against, present, result, evidence, spool))
    _write(result, out, folder, as_json)
    return BAD_INPUT if reader.problems else 0


def _evidence(snapshot_file: str | None, present: CompiledPolicy | None) -> EvidenceSource:
    wanted = replace(wanted_by(*([present] if present else [])), administrator=True)
    if snapshot_file is None:
        return NoIam(wanted=wanted)
    try:
        return Snapshot.read(Path(snapshot_file), wanted)
    except SnapshotError as error:
        raise InputError(str(error)) from None


def _of_ledger(
    first: date, last: date, stack: str | None, region: str | None, progress: Progress
) -> Iterator[Pass]:
    from passrole.cli.aws import aws_errors
    from passrole.cli.deployment import become_operator
    from passrole.stack import DEFAULT_STACK

    operator = become_operator(stack or DEFAULT_STACK, region)
    with aws_errors():
        yield from passes_in_ledger(operator.ledger, first, last, progress)


def _days(since: str | None, until: str | None, of_ledger: bool) -> tuple[date, date]:
    """The first day and the last; of the ledger, without any, as many as it keeps."""
    now = utc_now()
    last = moment(until, now, "--until").date() if until else now.date() if of_ledger else date.max
    first = date.fromordinal(max(last.toordinal() - _LEDGER_DAYS, 1)) if of_ledger else date.min
    if since:
        first = moment(since, now, "--since").date()
    if last < first:
        raise InputError(f"--until {last} is before --since {first}")
    return first, last


def _is_within(pass_: Pass, first: date, last: date) -> bool:
    """Whether a pass is of those days; one whose record tells no time is of all."""
    return not pass_.event_time or first.isoformat() <= pass_.event_time[:10] <= last.isoformat()


def _result(observed: Observed, options: Options) -> Result:
    suggestion = suggest(observed.triples, observed.roles(), options)
    text = policy_text(suggestion, heading(observed, options))
    compiled = _compiled(text)
    judged = tuple(judged_cases(compiled, observed))
    return Result(suggestion, observed, options, text, judged, permissions_of(suggestion.supported))


def _compiled(text: str) -> CompiledPolicy:
    from passrole.policy.errors import PolicyError
    from passrole.policy.load import parse_guardrail

    try:
        return parse_guardrail(text.encode(), "the suggestion").compiled
    except PolicyError as error:
        raise InputError(f"{error}; give fewer passes, by --since or by account") from None


def _differences(
    file: str, present: CompiledPolicy, result: Result, evidence: EvidenceSource, spool: Spool
) -> Differences:
    comparison = Comparison(present, _compiled(result.text), evidence, stage_for)
    changes = comparison.of_passes(spool.passes())
    return Differences(file, comparison, Counter(group_of(change) for change in changes if change))


def _check_targets(out: str | None, folder: str | None) -> None:
    """Raises `InputError` before anything is read: nothing that somebody wrote is overwritten."""
    if out and Path(out).exists():
        raise InputError(f"{safe(out)}: it is there already; give another name")
    if folder and Path(folder).exists() and (not Path(folder).is_dir() or any(Path(folder).iterdir())):
        raise InputError(f"{safe(folder)}: it is there already; give a new folder, or an empty one")


def _write(result: Result, out: str | None, folder: str | None, as_json: bool) -> None:
    try:
        if folder:
            _write_permissions(result, Path(folder))
        if out:
            with Path(out).open("x", encoding="utf-8") as file:
                file.write(result.text)
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be written: {error.strerror}") from None
    if as_json:
        print_json(result.to_json())
    elif not out:
        click.echo(result.text, nl=False)
    for line in told(result):
        click.echo(safe(line), err=True)


def _write_permissions(result: Result, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, permissions in zip(file_names(result.permissions), result.permissions, strict=True):
        text = json.dumps(permissions.policy.document, indent=2)
        (folder / name).write_text(f"{text}\n", encoding="utf-8")
