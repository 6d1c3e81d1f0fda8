"""``passrole check``: the verdict of a policy on each pass that CloudTrail recorded."""

from collections import Counter
from collections.abc import Iterator

import click

from passrole.cli.errors import BAD_INPUT
from passrole.cli.judged import Judged
from passrole.cli.judging import read_evidence, read_guardrail
from passrole.cli.reading import PassReader, files_argument, json_option
from passrole.cli.terminal import print_json
from passrole.evidence.snapshot import NoIam, Snapshot
from passrole.passes import Pass
from passrole.policy import CompiledPolicy, Decision, evaluate, stage_for
from passrole.severity import severity_of

_VIOLATIONS, _UNDETERMINED = 1, 3
_OF_NO_CONCERN = (Decision.APPROVED, Decision.EXEMPT)


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
            one = _judge(policy, pass_, evidence)
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


def _judge(policy: CompiledPolicy, pass_: Pass, evidence: Snapshot | NoIam) -> Judged:
    known = evidence.evidence(pass_)
    verdict = evaluate(policy, pass_, known, known.observed_at)
    if verdict.decision in _OF_NO_CONCERN:
        return Judged(pass_, verdict, None, None)
    severity = severity_of(pass_, verdict, evidence.with_administrator(pass_, known))
    return Judged(pass_, verdict, severity, stage_for(policy, pass_, verdict))
