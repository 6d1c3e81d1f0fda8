"""Facts and corrections → the rows of the catalogue."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from passrole.catalogue.generator import draft as drafts
from passrole.catalogue.generator import models, resources
from passrole.catalogue.generator.corrections import Assignment, Entry, ResourceCorrection
from passrole.catalogue.generator.draft import Draft, DraftRole
from passrole.catalogue.generator.errors import GeneratorError
from passrole.catalogue.generator.facts import CallFact, load_resource_types
from passrole.catalogue.generator.paths import identity, matches
from passrole.catalogue.generator.places import Slot, name_places
from passrole.catalogue.references import REFERRED

Row = dict[str, Any]

COVERED = "covered"
_REQUEST = "requestParameters."


@dataclass(frozen=True, slots=True)
class Receiver:
    """A row's resource; ``owns`` is true where a part of it gets the role."""

    row: Row
    owns: bool


def make_rows(facts: tuple[CallFact, ...], entries: tuple[Entry, ...]) -> list[Row]:
    """One row a call, in the order of the facts.

    Raises:
        GeneratorError: what does not fit together, a line each.
    """
    assignment = Assignment(entries, facts)
    made = [_drafted(call, assignment) for call in facts]
    problems = [*assignment.idle, *_unused(assignment)]
    for draft in made:
        _check(draft)
        problems += draft.problems
    if problems:
        raise GeneratorError(problems)
    found = [_resource(draft) for draft in made]
    receivers = _alike(made, found)
    places = _places(made, receivers)
    return [_row(draft, receiver, places) for draft, receiver in zip(made, receivers, strict=True)]


def _drafted(call: CallFact, assignment: Assignment) -> Draft:
    draft = drafts.start(call)
    for entry in assignment.entries_of(call):
        drafts.correct(draft, entry)
    return draft


def _unused(assignment: Assignment) -> list[str]:
    """Globs on roles and members that mean none: the entry would do nothing in silence."""
    added = {path for entry, _ in assignment for role in entry.add for path in role.paths}
    problems: list[str] = []
    for entry, calls in assignment:
        members = {member for call in calls for member in models.role_like_members(call)}
        paths = {path for call in calls for role in call.roles for path in (role.path, *role.also)}
        wanted = [(glob, members) for glob in (*entry.ignore, *(m for a in entry.adopt for m in a.members))]
        wanted += [(glob, paths | members | added) for glob in entry.roles or ()]
        problems += [
            f"corrections.yaml: {glob!r} of {entry.calls[0]!r} matches nothing"
            for glob, among in wanted
            if not any(matches(glob, text) for text in among)
        ]
    return problems


def _check(draft: Draft) -> None:
    if draft.decision is None:
        draft.say("is not decided")
    if draft.decision != COVERED:
        return
    if not draft.roles and not any(reference["to"] in REFERRED for reference in draft.references):
        draft.say("is covered, but no role is named, and none comes by a reference that can be looked up")
    for role in draft.roles:
        _check_role(draft, role)
    known = {identity(path, draft.call.operation) for role in draft.roles for path in role.paths}
    for member in models.role_like_members(draft.call):
        if member not in known and member not in draft.ignored:
            draft.say(f"{member} is named like a role, and no role of the row nor ignored")
    _check_parent(draft)


def _check_parent(draft: Draft) -> None:
    """A parent that no record has would be the default one, in silence."""
    within = draft.resource.within if draft.resource else None
    if within and not models.has_member(draft.call, within.path.removeprefix(_REQUEST)):
        draft.say(f"{within.path}: the API model has no such text")


def _check_role(draft: Draft, role: DraftRole) -> None:
    if not role.services and role.direction != "chained":
        draft.say(f"{role.paths[0]}: no service gets the role")
    if role.accepted or not draft.call.clients:
        return
    for path in role.paths:
        if not models.has_member(draft.call, path):
            draft.say(f"{path}: the API model has no such text")


def _resource(draft: Draft) -> Receiver | None:
    if draft.decision != COVERED or draft.has_no_resource:
        return None
    given = draft.resource or ResourceCorrection.model_validate({})
    found = resources.find(draft.call, given.type)
    kind = given.type or (found.type if found else None)
    paths = given.paths or (list(found.paths) if found else [])
    arn = given.arn or (found.arn if found else None)
    if kind and not arn and kind in load_resource_types():
        arn = resources.template(load_resource_types()[kind])
    if not kind or not paths or not arn:
        if draft.resource:
            raise GeneratorError([f"{draft.call.title}: the resource of its correction is not complete"])
        return None
    owns = given.owns if given.owns is not None else bool(found and found.owns and not given.type)
    row: Row = {"type": kind, "from": paths, "arn": arn}
    if given.qualified:
        row["qualified"] = True
    if given.within:
        row["within"] = given.within.model_dump()
    return Receiver(row, owns)


def _alike(made: list[Draft], found: list[Receiver | None]) -> list[Receiver | None]:
    """Where one call can name the owner alone, the part is named in each call about it: an addon's creation
    has the addon's ARN, its update only the cluster's name."""
    parts = {
        (draft.call.service, resources.noun(draft.call))
        for draft, receiver in zip(made, found, strict=True)
        if receiver and receiver.owns
    }
    return [
        receiver and replace(receiver, owns=(draft.call.service, resources.noun(draft.call)) in parts)
        for draft, receiver in zip(made, found, strict=True)
    ]


def _places(made: list[Draft], found: list[Receiver | None]) -> dict[tuple[str, Slot], str]:
    """The names of places by type of resource; calls without one are named each for themselves."""
    groups: dict[str, list[list[Slot]]] = defaultdict(list)
    for draft, receiver in zip(made, found, strict=True):
        slots = [_slot(draft, role, receiver) for role in draft.roles if role.place is None]
        groups[_group(draft, receiver)].append(slots)
    return {
        (group, slot): place for group, calls in groups.items() for slot, place in name_places(calls).items()
    }


def _group(draft: Draft, receiver: Receiver | None) -> str:
    return str(receiver.row["type"]) if receiver else draft.call.title


def _slot(draft: Draft, role: DraftRole, receiver: Receiver | None) -> Slot:
    """Where a role stands; what a part of the resource gets is named after the part."""
    part = resources.noun(draft.call) if receiver and receiver.owns else None
    return Slot.of(role.paths[0], draft.call.operation, part)


def _row(draft: Draft, receiver: Receiver | None, places: dict[tuple[str, Slot], str]) -> Row:
    row: Row = {"action": draft.call.action, "source": draft.source, "names": draft.names}
    row["decision"] = draft.decision
    if draft.reason:
        row["reason"] = draft.reason
    if draft.decision == COVERED:
        group = _group(draft, receiver)
        row["roles"] = [
            _role(role, role.place or places[group, _slot(draft, role, receiver)]) for role in draft.roles
        ]
    if receiver:
        row["resource"] = receiver.row
    if draft.references:
        row["references"] = draft.references
    if _is_absence_normal(draft):
        row["absent"] = True
    if draft.call.read_only_name:
        row["read_only"] = True
    row["shape"] = draft.shape or _shape(draft.roles)
    return row


def _role(role: DraftRole, place: str) -> Row:
    row: Row = {"paths": role.paths}
    if role.where != "request":
        row["where"] = role.where
    row |= {"kind": role.kind, "place": place, "services": sorted(set(role.services))}
    if role.direction != "passes":
        row["direction"] = role.direction
    if role.when:
        row["when"] = role.when
    return row


def _is_absence_normal(draft: Draft) -> bool:
    """Whether the call is usual without any role: then its absence tells nothing."""
    if draft.decision != COVERED:
        return False
    if draft.absent is not None:
        return draft.absent
    return not any(_is_wanted(draft, role) for role in draft.roles)


def _is_wanted(draft: Draft, role: DraftRole) -> bool:
    return role.required or any(models.is_required(draft.call, path) for path in role.paths)


def _shape(roles: Iterable[DraftRole]) -> str:
    """By the path whose spelling is known best; paths beside it are spelled by the same service's habit."""
    spellings = {role.spelling for role in roles}
    if spellings & {"sample", "curated + sample"}:
        return "recorded"
    return "documented" if "curated" in spellings else "derived"
