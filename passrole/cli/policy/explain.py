"""``passrole policy explain``: what a policy decides, and each statement's part in it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from passrole.cli.errors import BAD_INPUT
from passrole.cli.policy.contexts import contexts_in
from passrole.cli.policy.sources import PolicySource, read_policy
from passrole.cli.terminal import console, print_json
from passrole.language import Ruling, decide
from passrole.policy.explanation import parts_of
from passrole.policy.verdict import StatementPart

if TYPE_CHECKING:
    from passrole.passes import Pass
    from passrole.policy import Verdict

Tell = Callable[[Ruling, str, Sequence[StatementPart]], None]


@click.command()
@click.option(
    "--policy",
    "policy_file",
    metavar="FILE",
    default="guardrail.yaml",
    show_default=True,
    help="guardrail.yaml, or a policy document of IAM's own.",
)
@click.option(
    "--context",
    "context_file",
    metavar="FILE",
    help="Condition keys with their values: one JSON object, or one a line.",
)
@click.option(
    "--events",
    "event_files",
    metavar="FILE",
    multiple=True,
    help="CloudTrail records, as `passrole check` reads them, in place of a context.",
)
@click.option(
    "--iam",
    "snapshot_file",
    metavar="SNAPSHOT",
    help="For --events: what `aws iam get-account-authorization-details` prints.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON, one object a line, for programs.")
def explain(
    policy_file: str,
    context_file: str | None,
    event_files: tuple[str, ...],
    snapshot_file: str | None,
    as_json: bool,
) -> int:
    """Explain what a policy decides, statement by statement.

    A context is flat: {"role:Arn": "arn:aws:iam::…", "role:Tag/team": "web", …}. role:Arn is the role,
    pass:Action the calling action. Keys with several values have lists; keys that are left out are absent,
    those that are null are unknown. - is the standard input.

    Without a context and events it shows the statements that the policy's entries mean.
    """
    if context_file and event_files:
        raise click.UsageError("--context and --events exclude each other")
    if snapshot_file and not event_files:
        raise click.UsageError("--iam is for --events")
    source = read_policy(policy_file)
    if event_files:
        return _explain_passes(source, event_files, snapshot_file, as_json)
    if context_file:
        _explain_contexts(source, context_file, as_json)
    else:
        from passrole.cli.policy.statements_view import print_statements

        print_statements(source, as_json)
    return 0


def _explain_contexts(source: PolicySource, name: str, as_json: bool) -> None:
    tell = _as_json(source) if as_json else _for_people()
    for placed in contexts_in(name):
        decision = decide(source.statements, placed.context)
        tell(decision, placed.place, parts_of(source.statements, placed.context))


def _as_json(source: PolicySource) -> Tell:
    def tell(decision: Ruling, _: str, parts: Sequence[StatementPart]) -> None:
        statements = [part.to_json() for part in parts]
        print_json({"decision": decision, "statements": statements, "policy": source.hash})

    return tell


def _for_people() -> Tell:
    from passrole.cli.policy.explanation_view import print_decision

    return partial(print_decision, console())


def _explain_passes(source: PolicySource, names: tuple[str, ...], snapshot: str | None, as_json: bool) -> int:
    from passrole.cli.reading import PassReader

    reader = PassReader()
    for pass_, verdict in _verdicts(source, reader.passes(names), snapshot):
        if as_json:
            print_json(_verdict_json(source, pass_, verdict))
        else:
            _print_verdict(pass_, verdict)
    return BAD_INPUT if reader.failed else 0


def _verdicts(
    source: PolicySource, passes: Iterator["Pass"], snapshot: str | None
) -> Iterator[tuple["Pass", "Verdict"]]:
    from passrole.cli.judging import read_evidence
    from passrole.policy import evaluate

    evidence = read_evidence(snapshot, source.compiled)
    for pass_ in passes:
        known = evidence.evidence(pass_)
        yield pass_, evaluate(source.compiled, pass_, known, known.observed_at)


def _verdict_json(source: PolicySource, pass_: "Pass", verdict: "Verdict") -> dict[str, Any]:
    return {
        **pass_.to_json(),
        "verdict": verdict.decision,
        "reasons": list(verdict.reasons),
        "statements": [part.to_json() for part in verdict.statements],
        "policy": source.hash,
    }


def _print_verdict(pass_: "Pass", verdict: "Verdict") -> None:
    from passrole.cli.passes import facts, heading, prose
    from passrole.cli.policy.explanation_view import print_decision

    out = console()
    out.print(heading(pass_))
    for line in facts(pass_):
        out.print(line)
    for number, reason in enumerate(verdict.reasons):
        for line in prose("why" if number == 0 else "", reason, out.width):
            out.print(line)
    print_decision(out, verdict.decision, "", verdict.statements)
    out.print()
