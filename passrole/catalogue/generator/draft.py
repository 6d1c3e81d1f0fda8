"""A row while it is made: facts first, then each correction in turn."""

from dataclasses import dataclass, field

from passrole.catalogue.generator import models
from passrole.catalogue.generator.corrections import AddedRole, Adoption, Entry, ResourceCorrection
from passrole.catalogue.generator.facts import CallFact, RoleFact
from passrole.catalogue.generator.paths import identity, matches, same_letter

_RECORDED = ("sample", "curated + sample")


@dataclass(slots=True)
class DraftRole:
    """One role of a row; ``paths`` are its spellings."""

    paths: list[str]
    kind: str
    services: list[str]
    where: str = "request"
    direction: str = "passes"
    place: str | None = None
    required: bool = False
    accepted: bool = False
    spelling: str = "default"
    when: dict[str, str] | None = None

    def spell(self, paths: list[str]) -> None:
        """Adds spellings that differ by more than the case of first letters."""
        known = {same_letter(path) for path in self.paths}
        for path in paths:
            if same_letter(path) not in known:
                known.add(same_letter(path))
                self.paths.append(path)


@dataclass(slots=True)
class Draft:
    """One row, and what was said against it."""

    call: CallFact
    source: str
    names: list[str]
    roles: list[DraftRole]
    decision: str | None = None
    reason: str | None = None
    resource: ResourceCorrection | None = None
    has_no_resource: bool = False
    references: list[dict[str, str]] = field(default_factory=list)
    absent: bool | None = None
    shape: str | None = None
    ignored: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def say(self, problem: str) -> None:
        """Notes what does not fit."""
        self.problems.append(f"{self.call.title}: {problem}")


def start(call: CallFact) -> Draft:
    """A row of the facts alone. Direct passes are covered; the rest waits for a correction."""
    draft = Draft(call, call.source, event_names(call), [])
    for fact in call.roles:
        _take(draft, fact)
    if call.kind == "direct":
        draft.decision = "covered"
    return draft


def event_names(call: CallFact) -> list[str]:
    """CloudTrail's spellings: Lambda's end in the date of the API's path, CloudFront's in its version."""
    names = set(call.names)
    if call.source == "lambda.amazonaws.com":
        date = models.request_uri(call).strip("/").partition("/")[0].replace("-", "")
        names |= {call.operation + date} if date.isdigit() else set()
    version = models.api_version(call)
    if call.source == "cloudfront.amazonaws.com" and version:
        names.add(f"{call.operation}{version.replace('-', '_')}")
    return sorted(names)


def _take(draft: Draft, fact: RoleFact) -> None:
    operation = draft.call.operation
    known = [
        role for role in draft.roles if identity(role.paths[0], operation) == identity(fact.path, operation)
    ]
    role = known[0] if known else DraftRole([], fact.kind, list(fact.services or draft.call.services))
    role.spell([fact.path, *fact.also])
    role.required = role.required or fact.required
    if not known or fact.spelling in _RECORDED:
        role.spelling = fact.spelling
    if not known:
        draft.roles.append(role)


def correct(draft: Draft, entry: Entry) -> None:
    """Applies one correction."""
    _correct_row(draft, entry)
    for adoption in entry.adopt:
        _adopt(draft, adoption)
    draft.roles.extend(_added(role, draft.call) for role in entry.add)
    draft.ignored |= {
        m for m in models.role_like_members(draft.call) if any(matches(g, m) for g in entry.ignore)
    }
    if _speaks_of_roles(entry):
        _correct_roles(draft, entry)


def _correct_row(draft: Draft, entry: Entry) -> None:
    if entry.decision:
        draft.decision, draft.reason = entry.decision, entry.reason
    if entry.resource == "unknown":
        draft.has_no_resource = True
    elif entry.resource:
        draft.resource, draft.has_no_resource = entry.resource, False
    draft.references.extend(reference.model_dump() for reference in entry.references)
    draft.absent = entry.absent if entry.absent is not None else draft.absent
    draft.shape = entry.shape or draft.shape
    draft.names = sorted(entry.names) if entry.names else draft.names
    draft.source = entry.source or draft.source


def _speaks_of_roles(entry: Entry) -> bool:
    settings = (
        entry.direction,
        entry.services,
        entry.kind,
        entry.place,
        entry.spell,
        entry.optional,
        entry.when,
    )
    return any(setting is not None for setting in settings) or any(
        (entry.drop, entry.join, entry.also, entry.accept, entry.without_services)
    )


def _correct_roles(draft: Draft, entry: Entry) -> None:
    picked = [role for role in draft.roles if any(entry.picks(path) for path in role.paths)]
    if entry.drop:
        draft.roles = [role for role in draft.roles if role not in picked]
        return
    if entry.join and picked:
        picked[0].spell([path for role in picked[1:] for path in role.paths])
        draft.roles = [role for role in draft.roles if role not in picked[1:]]
        picked = picked[:1]
    for role in picked:
        _set(role, entry)


def _set(role: DraftRole, entry: Entry) -> None:
    role.direction = entry.direction or role.direction
    role.services = list(entry.services) if entry.services is not None else role.services
    role.services = [service for service in role.services if service not in entry.without_services]
    role.when = entry.when.model_dump() if entry.when else role.when
    role.kind = entry.kind or role.kind
    role.place = entry.place or role.place
    role.accepted = role.accepted or entry.accept
    if entry.optional is not None:
        role.required = not entry.optional
    if entry.spell:
        role.paths = []
        role.spell(entry.spell)
    role.spell(entry.also)


def _added(role: AddedRole, call: CallFact) -> DraftRole:
    return DraftRole(
        list(role.paths),
        role.kind,
        list(role.services or call.services),
        where=role.where,
        direction=role.direction,
        place=role.place,
        accepted=role.where == "response",
    )


def _adopt(draft: Draft, adoption: Adoption) -> None:
    for member in models.role_like_members(draft.call):
        if any(matches(glob, member) for glob in adoption.members):
            draft.roles.append(
                DraftRole(
                    [member],
                    adoption.kind,
                    list(adoption.services or draft.call.services),
                    direction=adoption.direction,
                    place=adoption.place,
                    required=models.is_required(draft.call, member),
                )
            )
