"""What another policy judges differently, as people read it."""

from collections.abc import Iterator

from rich.text import Text

from passrole.cli.passes import fact, facts, heading, prose
from passrole.cli.policy.diff_judging import Change, Comparison, Kind, Side
from passrole.cli.terminal import console
from passrole.cli.verdicts import verdict_mark

_BECOME = {
    Kind.VIOLATION: "newly violating",
    Kind.UNDETERMINED: "newly undetermined",
    Kind.APPROVED: "newly approved",
    Kind.EXEMPT: "newly exempt",
    Kind.RESPONSE: "with another response",
}


def print_change(change: Change) -> None:
    """One pass, and why either policy says what it does."""
    out = console()
    first = verdict_mark(change.new.verdict.decision)
    first.append(f" (was {change.old.verdict.decision})  ", style="dim")
    out.print(first.append_text(heading(change.pass_)))
    for line in facts(change.pass_):
        out.print(line)
    out.print(fact("response", f"{_response(change.new)}, was {_response(change.old)}"))
    for line in (*_why("why", change.new, out.width), *_why("was", change.old, out.width)):
        out.print(line)
    out.print()


def summary(comparison: Comparison) -> Iterator[str]:
    """Counts, a line each for what is missing of the picture."""
    judged = f"{comparison.judged:,} {'pass' if comparison.judged == 1 else 'passes'} judged"
    kinds = [
        f"{comparison.kinds[kind]:,} {words}" for kind, words in _BECOME.items() if comparison.kinds[kind]
    ]
    yield f"{judged}: {', '.join(kinds) or 'no difference'}"
    if comparison.dangling:
        yield f"{comparison.dangling:,} held, of roles that do not exist: not judged"
    if comparison.unanswered:
        yield f"{comparison.unanswered:,} of which IAM did not tell all that the policies ask"
    if comparison.lost:
        yield f"{comparison.lost:,} held by passes that the ledger has no more: not judged"


def _why(label: str, side: Side, width: int) -> Iterator[Text]:
    for number, reason in enumerate(side.verdict.reasons):
        yield from prose(label if number == 0 else "", reason, width)


def _response(side: Side) -> str:
    return side.response or "none"
