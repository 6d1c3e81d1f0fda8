"""A sweep as people read it: what failed, and totals."""

from collections.abc import Iterator

import click

from passrole.cli.sweep.state import SweepState
from passrole.cli.terminal import print_json, safe

_MOST_NAMED = 5


def print_state(state: SweepState, as_json: bool, is_stuck: bool = False) -> None:
    """A sweep as it is; ``is_stuck`` says that it goes on no more, though it has not ended."""
    if as_json:
        print_json(state.to_json())
        return
    for part in state.failed:
        click.echo(f"failed: {safe(part.name)}: {safe(part.failed)}")
    for line in _totals(state, is_stuck):
        click.echo(line)


def _totals(state: SweepState, is_stuck: bool) -> Iterator[str]:
    yield _headline(state, is_stuck)
    yield f"  {state.count('resources'):,} resources hold {state.count('roles'):,} roles, {_new(state)}"
    yield f"  findings: {state.count('opened'):,} opened, {state.count('resolved'):,} resolved"
    if unanswered := state.count("unanswered"):
        yield f"  {unanswered:,} roles were not judged: IAM did not answer"
    if dangling := state.count("dangling"):
        yield f"  {dangling:,} roles are held that do not exist"
    if state.skipped:
        yield f"  {state.skipped:,} parts had nothing to see: the service is not to be had in the region"
    if is_stuck:
        named = ", ".join(map(safe, state.lost[:_MOST_NAMED]))
        more = f" and {len(state.lost) - _MOST_NAMED:,} more" if len(state.lost) > _MOST_NAMED else ""
        yield f"  {len(state.lost):,} parts did not end: {named}{more}; `passrole redrive` shows dead letters"


def _headline(state: SweepState, is_stuck: bool) -> str:
    began = f"Sweep of {_second(state.record.id)}"
    of = f"{state.ended:,} of {len(state.record.parts):,} parts"
    if state.record.ended_at is not None:
        return f"{began}, ended {_second(state.record.ended_at)}: {of}, {len(state.failed):,} failed"
    return f"{began}, given up: {of} ended" if is_stuck else f"{began}, running: {of} ended"


def _new(state: SweepState) -> str:
    return f"{state.count('new'):,} of which the ledger did not know"


def _second(time: str) -> str:
    return safe(f"{time[:19].replace('T', ' ')} UTC")
