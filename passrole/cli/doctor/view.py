"""Checks as people read them."""

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from passrole.cli.doctor.checks import Check, Status
from passrole.cli.terminal import console, safe

_MARKS = {
    Status.FINE: ("✓", "green"),
    Status.DOUBTFUL: ("!", "yellow"),
    Status.WRONG: ("✗", "red"),
    Status.UNKNOWN: ("?", "yellow"),
}
_WIDTH = 22


def print_check(check: Check) -> None:
    """One line, and the advice in another."""
    mark, style = _MARKS[check.status]
    out = console()
    line = Text().append(f"{mark} ", style=style).append(f"{safe(check.about):<{_WIDTH}}", style="dim")
    if check.status is Status.UNKNOWN:
        line.append("unknown: ", style=style)
    out.print(line.append(safe(check.found), style="" if check.status is Status.FINE else style))
    if check.advice:
        out.print(Text(f"  {'':<{_WIDTH}}→ {safe(check.advice)}"))


def print_summary(checks: Sequence[Check]) -> None:
    """What all of it comes to."""
    counts = Counter(check.status for check in checks)
    parts = [f"{counts[status]} {status}" for status in _MARKS if counts[status]]
    well = not counts[Status.WRONG] and not counts[Status.UNKNOWN]
    console().print(Text(f"\n{', '.join(parts)}", style="green" if well else "red"))
