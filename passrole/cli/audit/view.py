"""What an audit says when it is done: on the standard error, since the passes are on the standard output."""

import click

from passrole.audit.store import Store
from passrole.audit.tally import Tally
from passrole.cli.terminal import safe
from passrole.policy import Decision

_VIOLATIONS, _UNDETERMINED = 1, 3
_WORDS = {Decision.VIOLATION: ("violation", "violations")}


def tell(store: Store, tally: Tally, written: str | None, kept: int) -> None:
    """Says what was read, what of it was passed over, and where the rest is."""
    told = f"{_count(len(store), 'pass', 'passes')} in {_count(tally.records, 'record', 'records')} "
    told += f"of {_count(tally.files, 'file', 'files')}"
    if verdicts := [_count(n, *_WORDS.get(d, (d, d))) for d, n in _verdicts(store).items()]:
        told += f": {', '.join(verdicts)}"
    click.echo(told, err=True)
    if kept:
        click.echo(f"{_count(kept, 'file was', 'files were')} read by the run that was interrupted", err=True)
    if store.duplicates:
        click.echo(
            f"{_count(store.duplicates, 'pass', 'passes')} told more than once, counted once", err=True
        )
    for kind, count in sorted(tally.over.items()):
        first = tally.first.get(kind)
        click.echo(f"{kind}: {count:,}" + (f"; the first: {safe(first)}" if first else ""), err=True)
    if written:
        click.echo(f"Written to {safe(written)}", err=True)


def exit_status(store: Store) -> int:
    """1 if there are violations, 3 if there are none but undetermined ones."""
    verdicts = _verdicts(store)
    if verdicts.get(Decision.VIOLATION):
        return _VIOLATIONS
    return _UNDETERMINED if verdicts.get(Decision.UNDETERMINED) else 0


def _verdicts(store: Store) -> dict[Decision, int]:
    rows = store.connection.execute(
        "SELECT verdict, count(*) FROM passes WHERE verdict IS NOT NULL GROUP BY verdict"
    ).fetchall()
    found = {Decision(verdict): count for verdict, count in rows}
    return {decision: found[decision] for decision in Decision if decision in found}


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
