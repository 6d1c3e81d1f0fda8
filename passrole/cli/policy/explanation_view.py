"""How a decision came about, as people read it: a tree of statements and their conditions."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from passrole.cli.terminal import safe
from passrole.language import Effect, Truth, fold
from passrole.policy.verdict import ConditionPart, StatementPart

_MARKS = {Truth.TRUE: "✓", Truth.FALSE: "✗", Truth.UNKNOWN: "?"}
_STYLES = {
    "allowed": "bold green",
    "approved": "bold green",
    "exempt": "bold green",
    "undetermined": "bold yellow",
}
_REFUSED = "bold red"
_MANY_STATEMENTS = 10
_MOST_VALUES = 8


def print_decision(out: Console, decision: str, title: str, statements: Sequence[StatementPart]) -> None:
    """The decision on top, then each statement's part in it.

    Args:
        title: what was decided about, such as where the context stands.
    """
    heading = Text(decision, style=_STYLES.get(decision, _REFUSED)).append(f"  {safe(title)}", style="dim")
    tree = Tree(heading, guide_style="dim")
    folded = 0
    for statement in statements:
        if len(statements) > _MANY_STATEMENTS and _is_for_others(statement):
            folded += 1
            continue
        branch = tree.add(_statement(statement))
        for part in statement.conditions:
            branch.add(_condition(part))
    if folded:
        more = "1 statement is" if folded == 1 else f"{folded} statements are"
        tree.add(Text(f"{more} for other roles", style="dim"))
    if not statements:
        tree.add(Text("the policy has no statements", style="dim"))
    out.print(tree)


def _is_for_others(statement: StatementPart) -> bool:
    """Whether its resources leave the role out, so that nothing else in it matters."""
    return any(p.result is Truth.FALSE and fold(p.key) == "role:arn" for p in statement.conditions)


def _statement(part: StatementPart) -> Text:
    if part.result is Truth.FALSE:
        style = "dim"
    elif part.result is Truth.UNKNOWN:
        style = "yellow"
    else:
        style = "green" if part.effect is Effect.ALLOW else "red"
    return Text(f"{_MARKS[part.result]} {part.effect}", style=style).append(
        f"  {safe(part.sid)}", style="bold"
    )


def _condition(part: ConditionPart) -> Text:
    mark = {Truth.TRUE: "green", Truth.FALSE: "red", Truth.UNKNOWN: "yellow"}[part.result]
    text = Text(_MARKS[part.result], style=mark).append(f" {safe(part.key)}", style="default")
    text.append(f" {safe(part.operator)} ", style="dim").append(_needed(part), style="default")
    seen = _seen(part)
    return text.append("  ← ", style="dim").append(seen, style="default") if seen else text


def _needed(part: ConditionPart) -> str:
    shown = [safe(value) or '""' for value in part.needed[:_MOST_VALUES]]
    more = len(part.needed) - len(shown)
    return ", ".join([*shown, *([f"and {more} more"] if more else [])])


def _seen(part: ConditionPart) -> str:
    known = part.seen
    if isinstance(known, tuple):
        known = f"[{', '.join(map(safe, known))}]"
    elif known is not None:
        known = safe(known) or '""'
    if part.unknown_because:
        because = f"unknown: {safe(part.unknown_because)}"
        return f"{known}; {because}" if known else because
    if known is None:
        # Whatever the role is, it is one of these: nobody looked.
        return "" if "*" in part.needed else "absent"
    return known
