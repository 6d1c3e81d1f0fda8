"""Verdicts as people read them: grouped, what matters most last, where the eye is."""

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from passrole.cli.passes import facts, heading, prose
from passrole.cli.terminal import console
from passrole.detection.judged import Judged
from passrole.policy import Decision

_MARKS = {
    Decision.APPROVED: ("✓", "green"),
    Decision.EXEMPT: ("✓", "green"),
    Decision.UNDETERMINED: ("?", "yellow"),
    Decision.VIOLATION: ("✗", "red"),
}


def print_verdicts(judged: Sequence[Judged], records: int) -> None:
    """Prints each pass with its verdict and why, then a summary in one line."""
    passes = f"{len(judged):,} {'pass' if len(judged) == 1 else 'passes'}"
    _print(judged, f"{passes} in {records:,} {'record' if records == 1 else 'records'}")


def print_held(judged: Sequence[Judged], resources: int) -> None:
    """The same for the roles that resources hold."""
    roles = f"{len(judged):,} {'role' if len(judged) == 1 else 'roles'} held"
    _print(judged, f"{roles}, in {resources:,} {'resource' if resources == 1 else 'resources'}")


def verdict_mark(decision: Decision) -> Text:
    """``✗ violation``, in its colour."""
    mark, style = _MARKS[decision]
    return Text(f"{mark} {decision}", style=f"bold {style}")


def _print(judged: Sequence[Judged], head: str) -> None:
    out = console()
    for decision in _MARKS:
        for one in judged:
            if one.verdict.decision is decision:
                for line in _block(one, out.width):
                    out.print(line)
                out.print()
    out.print(_summary(judged, head))


def _block(one: Judged, width: int) -> list[Text]:
    _, style = _MARKS[one.verdict.decision]
    first = Text().append_text(verdict_mark(one.verdict.decision))
    if one.severity and one.response:
        first.append(f"  {one.severity}, {one.response}", style=style)
    first.append("  ")
    reasons = [
        line
        for number, reason in enumerate(one.verdict.reasons)
        for line in prose("why" if number == 0 else "", reason, width)
    ]
    return [first.append_text(heading(one.pass_)), *facts(one.pass_), *reasons]


def _summary(judged: Sequence[Judged], head: str) -> Text:
    counts = Counter(one.verdict.decision for one in judged)
    text = Text(head)
    for number, (decision, (_, style)) in enumerate((d, m) for d, m in _MARKS.items() if counts[d]):
        text.append(": " if number == 0 else ", ")
        text.append(f"{counts[decision]:,} {_plural(decision, counts[decision])}", style=style)
    return text


def _plural(decision: Decision, count: int) -> str:
    return "violations" if decision is Decision.VIOLATION and count != 1 else decision
