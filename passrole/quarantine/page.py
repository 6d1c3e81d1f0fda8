"""Quarantine as a page for people: ``docs/quarantine.md``, from ``page.md``, the registry and the catalogue.

``python -m passrole.quarantine.page`` writes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from passrole.catalogue import load_catalogue
from passrole.catalogue.model import Call
from passrole.catalogue.references import REFERRED
from passrole.grants import Grant
from passrole.passes import Direction
from passrole.quarantine.module import EVERY_PLACE, QuarantineModule
from passrole.quarantine.registry import MODULES, PASSER_SCOPE, ROLE_SCOPE, module_for
from passrole.quarantine.revocation import RESTORE_GRANT, REVOCABLE, REVOKE_GRANT

PAGE = Path(__file__).resolve().parents[2] / "docs" / "quarantine.md"
_TEXT = Path(__file__).with_name("page.md")

_MODULES = """\
## Modules

A module contains one type of resource, where it holds the role in one of the places; *every* is any of them.

| module | resource | places | act |
|---|---|---|---|
"""
_SCOPES = """\
## Modules of the scopes

They act by inline policies, on what the policy names and not on what a call made:
see [above](#beyond-the-resource).
"""
_WITHOUT = """\
## Without a reversible act

Here no act is known that can be undone, so a violation is told, and nothing is contained. A type that stands
above, too, has a module for other places of the role; *no type* is what the catalogue names no resource for.
[catalogue.md](catalogue.md) has the calls.

| service | types of resources |
|---|---|
"""

Setting = tuple[str, str, str | None]
"""A place of the role, the action that puts a role there, and by reference to what, if not by itself."""


def page() -> str:
    """The page whole."""
    calls = sorted(load_catalogue().calls(), key=lambda call: (call.action, call.source))
    contained, without = _by_module(calls)
    text = _TEXT.read_text("utf-8").replace("{revocable}", " and ".join(f"`{name}`" for name in REVOCABLE))
    parts = [text, _MODULES, *map(_overview, MODULES)]
    parts += [_section(module, contained[module.name]) for module in MODULES]
    parts += [f"\n{_SCOPES}", *(_section(module, ()) for module in (ROLE_SCOPE, PASSER_SCOPE))]
    parts += [f"\n{_WITHOUT}", *_types_by_service(without)]
    return "".join(parts)


def _by_module(calls: Iterable[Call]) -> tuple[Mapping[str, Sequence[Setting]], Mapping[str, None]]:
    """What puts a role where each module acts; and the types of resources that get one where none does."""
    contained, without = defaultdict[str, list[Setting]](list), dict[str, None]()
    for call in calls:
        kind = call.resource.type if call.resource else None
        for setting in _settings(call) if call.passes_roles else ():
            module = module_for(kind, setting[0])
            if module:
                contained[module.name].append(setting)
            else:
                without.setdefault(kind or f"{call.action.partition(':')[0]}:")
    return contained, without


def _settings(call: Call) -> Iterator[Setting]:
    for role in call.roles:
        if role.direction is Direction.PASSES:
            yield role.place, call.action, None
    for reference in call.references:
        for referred in REFERRED.get(reference.to, ()):
            yield referred.place, call.action, reference.to


def _overview(module: QuarantineModule) -> str:
    name = f"[{module.name}](#{module.name})"
    return f"| {name} | `{module.resource_type}` | {_places(module)} | {module.does} |\n"


def _places(module: QuarantineModule) -> str:
    return "*every*" if module.places == EVERY_PLACE else ", ".join(module.places)


def _section(module: QuarantineModule, settings: Sequence[Setting]) -> str:
    heading = f"`{module.resource_type}`" if module.resource_type else f"`quarantine.{_key(module)}`"
    rows = [f"| {label} | {text} |\n" for label, text in _facts(module, settings) if text]
    return f"\n### {module.name}\n\n| | {heading} |\n|---|---|\n{''.join(rows)}"


def _key(module: QuarantineModule) -> str:
    return module.name.replace("-", "_")


def _facts(module: QuarantineModule, settings: Sequence[Setting]) -> Iterator[tuple[str, str]]:
    yield "contains", "<br>".join(_calls_by_place(module, settings))
    yield "act", module.does
    yield "still runs", module.still_runs
    yield "saved, and put back", module.saves
    yield "lost", module.loses
    yield "stops, if opted in", module.stops
    can_revoke = module.name in REVOCABLE
    yield "revocation, if opted in", "of the resource's credentials" if can_revoke else ""
    yield "rights to look", _actions(module.describe_grants)
    yield "rights to contain", _actions(module.contain_grants)
    yield "rights to stop", _actions(module.stop_grants)
    yield "rights to revoke", _actions((REVOKE_GRANT,)) if can_revoke else ""
    yield "rights to release", _actions((*module.release_grants, *((RESTORE_GRANT,) if can_revoke else ())))


def _calls_by_place(module: QuarantineModule, settings: Sequence[Setting]) -> Iterator[str]:
    """One line for the places that the same calls set; where every place counts, one line in all."""
    calls = defaultdict[str, dict[str, list[str | None]]](lambda: defaultdict(list))
    for place, action, referred in settings:
        calls["every place" if module.places == EVERY_PLACE else place][action].append(referred)
    places = defaultdict[str, list[str]](list)
    for place, actions in sorted(calls.items()):
        places[", ".join(_call(action, how) for action, how in actions.items())].append(place)
    for text, names in places.items():
        yield f"**{', '.join(names)}**: {text}"


def _call(action: str, how: Sequence[str | None]) -> str:
    things = " or ".join(dict.fromkeys(thing for thing in how if thing))
    also = "also " if None in how else ""
    return f"`{action}`" + (f" ({also}by {things})" if things else "")


def _actions(grants: Iterable[Grant]) -> str:
    actions = dict.fromkeys(action for grant in grants for action in grant.actions)
    return ", ".join(f"`{action}`" for action in actions)


def _types_by_service(types: Iterable[str]) -> Iterator[str]:
    services = defaultdict[str, list[str]](list)
    for kind in types:
        service, _, name = kind.partition(":")
        services[service].append(name)
    for service, names in sorted(services.items()):
        named = [f"`{name}`" for name in sorted(names) if name]
        yield f"| {service} | {', '.join([*named, *(['*no type*'] if '' in names else [])])} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
