"""``catalogue.leave_out`` against the catalogue: what a value names, what it means, and what is lost."""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

from passrole.catalogue import Call, load_catalogue
from passrole.catalogue.left_out import LeftOut
from passrole.catalogue.packing import load_packing
from passrole.policy.text import quoted

_DOMAIN = ".amazonaws.com"


def source_or_action(text: str) -> str:
    """An event source of the catalogue, or an IAM action of its rows, as the catalogue spells it.

    IAM compares actions without case; CloudTrail writes each event source in one way.
    """
    by_source, by_action = _by_source(), _by_action()
    if text in by_source:
        return text
    if rows := by_action.get(text.casefold()):
        return rows[0].action
    if "*" in text or "?" in text:
        raise ValueError(f"{quoted(text)}: no wildcards here; name an event source, or each action")
    if ":" in text:
        what = "IAM action"
        near = _actions_like(text.casefold())
    else:
        what, near = "event source", _sources_like(text.strip().casefold().removesuffix(_DOMAIN))
    hint = f"did you mean {' or '.join(near)}?" if near else "see passrole catalogue list"
    raise ValueError(f"{quoted(text)} is no {what} of the catalogue; {hint}")


def left_out_of(values: Sequence[str]) -> LeftOut:
    """What the values, each checked, leave out together."""
    sources = {value for value in values if value in _by_source()}
    rows = (row for value in values if value not in sources for row in _by_action()[value.casefold()])
    return LeftOut(frozenset(sources), frozenset((row.source, name) for row in rows for name in row.names))


def consequence(value: str) -> str:
    """What it means to leave out a value that was checked, in a line."""
    rows = _by_source().get(value) or _by_action()[value.casefold()]
    watched = {(source, name) for rule in load_packing().values() for source in rule for name in rule[source]}
    number = sum(any((row.source, name) in watched for name in row.names) for row in rows)
    if not number:
        return f"no call of {value} in the catalogue is watched anyway"
    calls, whose = ("1 call of {} is", "its") if number == 1 else (f"{number:,} calls of {{}} are", "their")
    return f"{calls.format(value)} not watched: {whose} passes are seen by audits of logs only"


@lru_cache(maxsize=1)
def _by_source() -> dict[str, list[Call]]:
    rows: dict[str, list[Call]] = {}
    for call in load_catalogue().calls():
        rows.setdefault(call.source, []).append(call)
    return rows


@lru_cache(maxsize=1)
def _by_action() -> dict[str, list[Call]]:
    """Actions, folded, with their rows: some stand for several calls."""
    rows: dict[str, list[Call]] = {}
    for call in load_catalogue().calls():
        rows.setdefault(call.action.casefold(), []).append(call)
    return rows


def _actions_like(action: str) -> list[str]:
    """The nearest action of the service that it names, or else of the nearest one."""
    by_action, service = _by_action(), action.partition(":")[0]
    services = get_close_matches(service, {known.partition(":")[0] for known in by_action}, n=1)
    of_service = [known for known in by_action if known.partition(":")[0] in services]
    return [by_action[known][0].action for known in get_close_matches(action, of_service, n=1)]


def _sources_like(service: str) -> list[str]:
    """The event source that begins so, those of the actions with that prefix, or the nearest."""
    if service + _DOMAIN in _by_source():
        return [service + _DOMAIN]
    of_prefix = {
        row.source
        for action, rows in _by_action().items()
        if action.startswith(f"{service}:")
        for row in rows
    }
    if of_prefix:
        return sorted(of_prefix)
    names = [source.removesuffix(_DOMAIN) for source in _by_source()]
    return [name + _DOMAIN for name in get_close_matches(service, names, n=1)]
