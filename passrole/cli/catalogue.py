"""``passrole catalogue``: which calls pass a role, how each was decided, and how well its record is known."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from passrole.cli.errors import InputError
from passrole.cli.reading import json_option
from passrole.cli.terminal import console, print_json, safe

if TYPE_CHECKING:
    from passrole.catalogue import Call


@click.group()
def catalogue() -> None:
    """See which calls pass a role, and where it stands in their records."""


@catalogue.command("list")
@click.argument("service", required=False)
@json_option
def list_calls(service: str | None, as_json: bool) -> None:
    """List the calls, all or those of one SERVICE (lambda, ec2, …), with what was decided about each."""
    calls = [call for call in _calls() if service in (None, _service(call))]
    if not calls:
        raise InputError(
            f"{service}: no call of such a service is in the catalogue; see passrole catalogue list"
        )
    if as_json:
        for call in calls:
            print_json(_row(call))
        return
    out = console()
    for call in calls:
        out.print(f"{call.action:<55} {call.decision:<17} {_shape(call)}".rstrip())
    out.print()
    out.print(_summary(calls))


@catalogue.command()
@click.argument("action")
@json_option
def show(action: str, as_json: bool) -> None:
    """Show one call, by its IAM ACTION (lambda:CreateFunction) or its event name (CreateFunction20150331)."""
    found = [call for call in _calls() if action in (call.action, *call.names)]
    if not found:
        raise InputError(
            f"{action}: no such action or event name is in the catalogue; see passrole catalogue list"
        )
    if as_json:
        for call in found:
            print_json(_row(call))
        return
    for call in found:
        _print_call(call)


@catalogue.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def diff(folder: Path) -> None:
    """Compare with another release's rows: FOLDER is its passrole/catalogue/calls."""
    from passrole.catalogue.loader import read_rows

    try:
        before = {key: row for path in sorted(folder.glob("*.jsonl")) for key, row in read_rows(path)}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder}: not the rows of a catalogue ({error})") from None
    if not before:
        raise InputError(f"{folder}: no rows of a catalogue; expected the folder passrole/catalogue/calls")
    now = {(call.source, call.names[0]): call for call in _calls()}
    out = console()
    for mark, keys in (("+", now.keys() - before.keys()), ("-", before.keys() - now.keys())):
        for source, name in sorted(keys):
            out.print(f"{mark} {safe(name)} ({safe(source)})")
    changed = sorted(key for key in now.keys() & before.keys() if now[key] != before[key])
    for source, name in changed:
        out.print(f"~ {safe(name)} ({safe(source)})")
    added, removed = len(now.keys() - before.keys()), len(before.keys() - now.keys())
    out.print(f"{added} added, {removed} removed, {len(changed)} changed")


def _calls() -> list["Call"]:
    from passrole.catalogue import load_catalogue

    return sorted(load_catalogue().calls(), key=lambda call: (call.action, call.source))


def _service(call: "Call") -> str:
    return call.action.partition(":")[0]


def _shape(call: "Call") -> str:
    """How well its record is known; empty of a call that is not covered."""
    from passrole.catalogue.model import Decision

    return call.shape if call.decision is Decision.COVERED else ""


def _row(call: "Call") -> dict[str, Any]:
    return asdict(call) | {"quarantine": _quarantine(call)}


def _quarantine(call: "Call") -> list[str]:
    """The quarantine modules that can act on what the call makes."""
    from passrole.catalogue.references import REFERRED
    from passrole.quarantine.registry import module_for

    kind = call.resource.type if call.resource else None
    referred = (role.place for reference in call.references for role in REFERRED.get(reference.to, ()))
    modules = (module_for(kind, place) for place in (*(role.place for role in call.roles), *referred))
    return sorted({module.name for module in modules if module})


def _summary(calls: list["Call"]) -> str:
    decisions = Counter(call.decision for call in calls)
    shapes = Counter(shape for call in calls if (shape := _shape(call)))
    of = ", ".join(f"{number:,} {decision}" for decision, number in decisions.most_common())
    known = ", ".join(f"{number:,} {shape}" for shape, number in shapes.most_common())
    return f"{len(calls):,} calls: {of}; shape of the covered: {known or 'none'}"


def _print_call(call: "Call") -> None:
    out = console()
    out.print(f"{call.action}  {call.source}", style="bold")
    out.print(f"  event names  {', '.join(call.names)}")
    out.print(f"  decision     {call.decision}" + (f": {call.reason}" if call.reason else ""))
    for role in call.roles:
        where = f"{role.where.member}.{' or '.join(role.paths)}"
        out.print(f"  role         {where}")
        out.print(
            f"               {role.place}, as {role.kind}, {role.direction}, to {' or '.join(role.services)}"
        )
    if call.resource:
        out.print(f"  resource     {call.resource.type}, from {' or '.join(call.resource.paths)}")
        if within := call.resource.within:
            out.print(f"               within {within.path}; {within.default} where none is named")
    for reference in call.references:
        out.print(f"  by reference {reference.path}: {reference.to}")
    out.print(f"  shape        {call.shape}")
    out.print(f"  quarantine   {', '.join(_quarantine(call)) or 'no reversible act known'}")
    out.print()
