"""``passrole policy diff``: what another policy would judge differently."""

from collections.abc import Iterator

import click

from passrole.cli.errors import BAD_INPUT
from passrole.cli.judging import read_evidence, read_guardrail
from passrole.cli.options import ledger_options, refuse_ledger_options
from passrole.cli.policy.diff_judging import Change, Comparison, Kind
from passrole.cli.progress import Progress
from passrole.cli.reading import PassReader, json_option
from passrole.cli.terminal import print_json
from passrole.policy import CompiledPolicy, stage_for, stage_of_existing

_VIOLATIONS, _UNDETERMINED = 1, 3
_SHOWN_EACH = 20  # passes


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option(
    "--ledger", "of_ledger", is_flag=True, help="What holds a role, as the deployed guard knows it."
)
@click.option(
    "--iam",
    "snapshot_file",
    metavar="SNAPSHOT",
    help="Roles and their tags: what `aws iam get-account-authorization-details` prints.",
)
@ledger_options
@json_option
def diff(
    old: str,
    new: str,
    files: tuple[str, ...],
    of_ledger: bool,
    snapshot_file: str | None,
    stack: str | None,
    region: str | None,
    as_json: bool,
) -> int:
    """Tell what would be judged differently by another policy.

    OLD and NEW are two guardrail.yaml. The passes come from FILEs, as `passrole check` reads them; or with
    --ledger they are those by which resources hold their roles, judged as a deployment of NEW would judge
    them: by what IAM tells now, asked once a role with your own credentials, unless --iam tells it.

    \b
    Exit status:
      0  nothing becomes a violation, or undetermined
      1  there are new violations
      2  bad input or usage, or AWS did not answer
      3  no new violations, but passes that become undetermined
    """
    if of_ledger == bool(files):
        raise click.UsageError("give either FILEs or --ledger")
    if not of_ledger:
        refuse_ledger_options()
    before, after = read_guardrail(old), read_guardrail(new)
    with Progress() as progress:
        if of_ledger:
            comparison = _of_ledger(before, after, snapshot_file, stack, region)
            changes, failed = comparison.of_held(), None
        else:
            evidence = read_evidence(snapshot_file, before, after)
            reader = PassReader()
            comparison = Comparison(before, after, evidence, stage_for)
            changes, failed = comparison.of_passes(reader.passes(files)), reader
        for change in _shown(changes, comparison, progress):
            _print(change, progress, as_json)
    _tell(comparison, as_json)
    if failed and failed.failed:
        return BAD_INPUT
    if comparison.kinds[Kind.VIOLATION]:
        return _VIOLATIONS
    return _UNDETERMINED if comparison.kinds[Kind.UNDETERMINED] else 0


def _of_ledger(
    before: CompiledPolicy,
    after: CompiledPolicy,
    snapshot_file: str | None,
    stack: str | None,
    region: str | None,
) -> Comparison:
    from passrole.cli.deployment import become_operator
    from passrole.cli.policy.diff_evidence import iam_now
    from passrole.stack import DEFAULT_STACK

    operator = become_operator(stack or DEFAULT_STACK, region)
    if snapshot_file is not None:
        evidence = read_evidence(snapshot_file, before, after)
        return Comparison(before, after, evidence, stage_of_existing, operator.ledger)
    return Comparison(before, after, iam_now(region, before, after), stage_of_existing, operator.ledger)


def _shown(changes: Iterator[Change | None], comparison: Comparison, progress: Progress) -> Iterator[Change]:
    """The differences; how far it is shows while there are none."""
    from passrole.cli.aws import aws_errors

    with aws_errors():
        for change in changes:
            if comparison.judged % _SHOWN_EACH == 0:
                progress.show(f"{comparison.judged:,} passes judged, {comparison.changed:,} differ")
            if change is not None:
                yield change


def _print(change: Change, progress: Progress, as_json: bool) -> None:
    with progress.above():
        if as_json:
            print_json(change.to_json())
        else:
            from passrole.cli.policy.diff_view import print_change

            print_change(change)


def _tell(comparison: Comparison, as_json: bool) -> None:
    from passrole.cli.policy.diff_view import summary

    for line in summary(comparison):
        click.echo(line, err=as_json)
