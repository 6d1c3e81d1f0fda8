"""``passrole check``: the verdict of a policy on each pass that CloudTrail recorded."""

from collections import Counter
from collections.abc import Iterator

import click

from passrole.cli.errors import BAD_INPUT
from passrole.cli.judging import read_evidence, read_guardrail
from passrole.cli.reading import PassReader, files_argument, json_option
from passrole.cli.terminal import print_json
from passrole.detection.judged import Judged, judge
from passrole.policy import Decision

_VIOLATIONS, _UNDETERMINED = 1, 3


@click.command()
@files_argument
@click.option(
    "--policy",
    "policy_file",
    metavar="FILE",
    default="guardrail.yaml",
    show_default=True,
    help="The policy to judge by.",
)
@click.option(
    "--iam",
    "snapshot_file",
    metavar="SNAPSHOT",
    help="Roles and their tags: what `aws iam get-account-authorization-details` prints.",
)
@json_option
def check(files: tuple[str, ...], policy_file: str, snapshot_file: str | None, as_json: bool) -> int:
    """Judge the passes in CloudTrail records by a policy.

    FILE is what `passrole extract` reads. Without --iam only what the records tell is known: whatever the
    policy asks of a role's tags is then undetermined.

    \b
    Exit status:
      0  all are approved or exempt
      1  there are violations
      2  bad input or usage
      3  no violations, but undetermined ones
    """
    policy = read_guardrail(policy_file)
    evidence = read_evidence(snapshot_file, policy)
    reader = PassReader()
    counts: Counter[Decision] = Counter()

    def judged() -> Iterator[Judged]:
        for pass_ in reader.passes(files):
            one = judge(policy, pass_, evidence.evidence(pass_), evidence)
            counts[one.verdict.decision] += 1
            yield one

    if as_json:
        for one in judged():
            print_json(one.to_json())
    else:
        from passrole.cli.verdicts import print_verdicts

        print_verdicts(list(judged()), reader.records)
    if reader.failed:
        return BAD_INPUT
    if counts[Decision.VIOLATION]:
        return _VIOLATIONS
    return _UNDETERMINED if counts[Decision.UNDETERMINED] else 0
