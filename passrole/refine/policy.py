"""The policy of what a role uses: its policies without what it is known not to use. Pure, and never raises.

Statements are narrowed one by one, in their actions alone: what the result allows, the same statement allowed
before. A Deny is kept, and so is NotAction or NotResource, whose narrowing would say something else. Resource
and Condition are kept. An action is dropped where IAM's report tells that it, or its service, was not used.
A wildcard becomes the actions that it stands for and that are kept; one that stands for nothing known to be
unused stays as it is. What no list knows, such as an action that AWS has only just made, falls out of a
wildcard that is narrowed, and stays where it is written out.

Sources: "Grammar of the IAM JSON policy language", "Variables and tags", and "IAM and AWS STS quotas" of the
IAM User Guide.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from passrole.evidence.documents import texts_of
from passrole.language.context import fold
from passrole.language.wildcards import matches
from passrole.refine.patterns import cover, is_wild
from passrole.refine.usage import Fate, Usage

VERSION = "2012-10-17"
MANAGED_LIMIT = 6144  # characters of a managed policy, without white space
_ALL = "*"
_SERVICE_PART = 2  # of an ARN


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """One policy of a role: its name, or its ARN if it is managed, and its document."""

    name: str
    document: Mapping[str, Any]


class Result(StrEnum):
    """What became of a statement."""

    KEPT = "kept"
    NARROWED = "narrowed"
    DROPPED = "dropped"
    AS_IT_IS = "kept as it is"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one statement.

    Attributes:
        number: its place in its policy, from 1.
        why: where it is kept as it is; else None.
        actions: the patterns that its own became.
    """

    policy: str
    number: int
    sid: str | None
    result: Result
    why: str | None = None
    actions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "policy": self.policy,
            "statement": self.number,
            "sid": self.sid,
            "result": str(self.result),
            "why": self.why,
            "actions": list(self.actions),
        }


@dataclass(frozen=True, slots=True)
class Refined:
    """The policy of what is used.

    Attributes:
        statements: of the document; without any, the role needs no policy.
        told: what became of each statement.
        fates: what became of each action that the Allow statements take in, as far as names are known.
        opened: whether a wildcard became the actions that it stands for.
    """

    statements: tuple[Mapping[str, Any], ...]
    told: tuple[Told, ...]
    fates: Mapping[str, Fate]
    opened: bool

    @property
    def document(self) -> dict[str, Any] | None:
        """As IAM takes it; None if there is nothing to allow or deny."""
        if not self.statements:
            return None
        return {"Version": VERSION, "Statement": [dict(statement) for statement in self.statements]}

    @property
    def size(self) -> int:
        """Its characters, as IAM counts them: without white space."""
        if self.document is None:
            return 0
        return sum(not character.isspace() for character in json.dumps(self.document, ensure_ascii=False))

    def of(self, *fates: Fate) -> tuple[str, ...]:
        """The actions that had one of these fates."""
        return tuple(sorted(action for action, fate in self.fates.items() if fate in fates))


def refine(policies: Sequence[RolePolicy], usage: Usage) -> Refined:
    """The policies of a role as one, of what it uses."""
    refiner = _Refiner(usage)
    for policy in policies:
        refiner.add(policy)
    return Refined(tuple(refiner.statements), tuple(refiner.told), refiner.fates, refiner.opened)


@dataclass(slots=True)
class _Refiner:
    usage: Usage
    statements: list[Mapping[str, Any]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    fates: dict[str, Fate] = field(default_factory=dict)
    sids: set[str] = field(default_factory=set)
    opened: bool = False

    def add(self, policy: RolePolicy) -> None:
        document = {fold(name): value for name, value in policy.document.items()}
        given = document.get("statement")
        has_variables = document.get("version") == VERSION
        for number, statement in enumerate(given if isinstance(given, list) else [given], 1):
            if isinstance(statement, Mapping):
                self._statement(policy.name, number, statement if has_variables else _as_text(statement))

    def _statement(self, policy: str, number: int, statement: Mapping[str, Any]) -> None:
        names = {fold(name): name for name in statement}
        sid = statement.get(names.get("sid", ""))
        why = _why_as_it_is(names, statement)
        if why is not None:
            self.told.append(Told(policy, number, sid, Result.AS_IT_IS, why))
            self._keep(statement, names)
            return
        given = texts_of(statement[names["action"]])
        services = _services_of(texts_of(statement.get(names.get("resource", ""))))
        kept = tuple(dict.fromkeys(each for pattern in given for each in self._narrowed(pattern, services)))
        result = Result.KEPT if kept == given else Result.NARROWED if kept else Result.DROPPED
        self.told.append(Told(policy, number, sid, result, None, kept))
        if kept:
            action = kept[0] if len(kept) == 1 else list(kept)
            self._keep({**statement, names["action"]: action}, names)

    def _keep(self, statement: Mapping[str, Any], names: Mapping[str, str]) -> None:
        """Takes a statement in; a Sid may stand only once in a document."""
        if "sid" in names:
            sid = free = str(statement[names["sid"]])
            number = 1
            while free in self.sids:
                number += 1
                free = f"{sid}{number}"
            self.sids.add(free)
            statement = {**statement, names["sid"]: free}
        self.statements.append(statement)

    def _narrowed(self, pattern: str, services: tuple[str, ...]) -> Iterator[str]:
        """What becomes of one pattern of a statement whose resources are of these services."""
        written, colon, name = pattern.partition(":")
        if colon:
            yield from self._of_service(written, name)
        elif written == _ALL:
            yield from self._of_all(services)
        else:
            yield pattern  # IAM takes no such thing

    def _of_all(self, services: tuple[str, ...]) -> Iterator[str]:
        if not self.usage.report.services:
            self.fates[_ALL] = Fate.NOT_LISTED
            yield _ALL
            return
        for prefix in self.usage.services():
            if self.usage.service(prefix) or any(matches(service, prefix) for service in services):
                yield from self._of_service(prefix, _ALL)

    def _of_service(self, written: str, pattern: str) -> Iterator[str]:
        prefix = fold(written)
        names = [name for name in self.usage.names(prefix) if matches(fold(pattern), fold(name))] or [pattern]
        if not is_wild(pattern):
            if self._decide(prefix, names[0]).is_kept:
                yield f"{written}:{pattern}"
            return
        keep = [name for name in names if self._decide(prefix, name).is_kept]
        drop = [name for name in names if name not in keep]
        if not drop:
            yield f"{written}:{pattern}"
        else:
            self.opened = self.opened or bool(keep)
            yield from (f"{written}:{name}" for name in cover(pattern, keep, drop))

    def _decide(self, prefix: str, name: str) -> Fate:
        fate = self.usage.fate(prefix, name)
        self.fates.setdefault(f"{prefix}:{name}", fate)
        return fate


def _why_as_it_is(names: Mapping[str, str], statement: Mapping[str, Any]) -> str | None:
    effect = statement.get(names.get("effect", ""))
    if effect != "Allow":
        return "it allows nothing"
    for element in ("NotAction", "NotResource"):
        if fold(element) in names:
            return f"{element} stands for all that it does not name"
    return None if "action" in names else "it names no Action"


def _services_of(resources: Sequence[str]) -> tuple[str, ...]:
    """Patterns of the services whose ARNs the resources are."""
    found = []
    for resource in resources:
        parts = resource.split(":")
        found.append(fold(parts[_SERVICE_PART]) if len(parts) > _SERVICE_PART else _ALL)
    return tuple(found)


def _as_text(value: Any) -> Any:
    """A statement in the language of 2012-10-17: without variables before, what looks like one is text."""
    if isinstance(value, str):
        return value.replace("${", "${$}{")
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _as_text(each) for name, each in value.items()}
    return value
