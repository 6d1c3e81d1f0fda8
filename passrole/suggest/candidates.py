"""Which scopes could explain the roles of a unit, and which of them may be taken.

Only what is normal makes a candidate: a path or a tag that two roles of different names share. It is refused

- if it covers what was seen seldom and does not look like the rest (`analogy.py`), or too much of it;
- if others' roles are in it. Of what normal passes to the service know, the passer must be seen in nearly all
  paths directly below a path and with half of the roles in it, and with nearly all roles of a tag.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self

from passrole.suggest.analogy import are_alike
from passrole.suggest.identities import Stem
from passrole.suggest.index import Index
from passrole.suggest.roles import RoleFacts, Tag, typical_tags
from passrole.suggest.scope import Scope
from passrole.suggest.triples import Seen
from passrole.suggest.units import Unit

_SERVICE_LINKED = "/aws-service-role/"
_ONLY_AWS = (_SERVICE_LINKED, "/aws-reserved/")
_LEVELS_OF_SERVICE = 3  # slashes in /aws-service-role/ecs.amazonaws.com/


@dataclass(frozen=True, slots=True)
class Candidate:
    """A scope that may be taken.

    Attributes:
        covered: roles of the unit that are normal.
        foreign: how many further roles are normal for the service that it stands for, too.
    """

    scope: Scope
    covered: frozenset[str]
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside a unit.

    Attributes:
        normal: what the roles have in common that are normal for a service, whoever passes them, by service.
        stacks: of roles that a stack named more than once.
        confidence: see `Options`.
    """

    roles: Mapping[str, RoleFacts]
    normal: "Mapping[str, Normal]"
    stacks: Mapping[str, Stem]
    confidence: float


@dataclass(frozen=True, slots=True)
class Normal:
    """Roles that are normal for a service.

    Attributes:
        levels: by path, what follows directly below it; an empty text for roles in the path itself.
        below, directly: by path, how many of them are in it or below, and in it itself.
        tags: how many of them have a tag.
    """

    levels: Mapping[str, frozenset[str]]
    below: Mapping[str, int]
    directly: Mapping[str, int]
    tags: Mapping[Tag, int]

    @classmethod
    def of(cls, roles: Collection[RoleFacts]) -> Self:
        levels: dict[str, set[str]] = defaultdict(set)
        for role in roles:
            for prefix in role.prefixes:
                levels[prefix].add(role.path[len(prefix) :].partition("/")[0])
        below = Counter(prefix for role in roles for prefix in role.prefixes)
        tags = Counter(tag for role in roles for tag in role.tags or ())
        directly = Counter(role.path for role in roles)
        return cls({prefix: frozenset(each) for prefix, each in levels.items()}, below, directly, tags)


def candidates_of(unit: Unit, around: Surroundings) -> tuple[Candidate, ...]:
    """The scopes that may be taken for a unit; each of its normal roles is covered by one at least."""
    return _Unit(unit, around).candidates()


class _Unit:
    def __init__(self, unit: Unit, around: Surroundings) -> None:
        self._unit = unit
        self._around = around
        self._supported = Index(around.roles[arn] for arn in unit.supported)
        self._unsupported = Index(around.roles[arn] for arn in unit.unsupported)
        self._mine = Normal.of(self._supported.roles)

    def candidates(self) -> tuple[Candidate, ...]:
        shared = {scope: self._taken(scope) for scope in self._shared()}
        singles = (Candidate(Scope(arn=arn), frozenset((arn,))) for arn in self._unit.supported)
        return (*(candidate for candidate in shared.values() if candidate), *singles)

    def _shared(self) -> Iterator[Scope]:
        for prefix in self._prefixes():
            for path in (Scope(prefix), Scope(prefix, is_exact=True)):
                yield path
                if self._taken(path) is None:
                    yield from self._tagged(path)
        yield from (Scope(tags=(tag,)) for tag, count in sorted(self._mine.tags.items()) if count > 1)
        of_stacks = {self._around.stacks.get(role.arn) for role in self._supported.roles}
        yield from (Scope(stem=stem) for stem in sorted(filter(None, of_stacks)))

    def _tagged(self, path: Scope) -> Iterator[Scope]:
        """A path with a tag that its roles have, and with all of them."""
        tags = sorted(typical_tags(self._covered(path), self._around.confidence))
        yield from (replace(path, tags=(tag,)) for tag in tags)
        if len(tags) > 1:
            yield replace(path, tags=tuple(tags))

    def _taken(self, scope: Scope) -> Candidate | None:
        covered = self._covered(scope)
        if scope.prefix or scope.tags:
            is_linked = _is_of_linked_service(scope.prefix) and not scope.tags and not scope.is_exact
            if not is_linked and not (_have_names(covered) and self._is_its_own(scope)):
                return None
        if not self._is_alike(scope) or not self._is_mostly_normal(scope):
            return None
        return Candidate(scope, frozenset(role.arn for role in covered), self._foreign(scope, len(covered)))

    def _foreign(self, scope: Scope, covered: int) -> int:
        """How many further roles that are normal for the service have the rarest of the tags, or the path."""
        if scope.tags:
            return min(self._normal.tags[tag] for tag in scope.tags) - covered
        known = self._normal.directly if scope.is_exact else self._normal.below
        return known[scope.prefix] - covered if scope.prefix else 0

    def _prefixes(self) -> Iterator[str]:
        """The deepest path of each set of roles that share one."""
        below = self._supported.below
        deepest: dict[frozenset[str], str] = {}
        for prefix in sorted(below, key=len):
            deepest[frozenset(role.arn for role in below[prefix])] = prefix
        for prefix in sorted(deepest.values()):
            if _is_of_linked_service(prefix) or not prefix.startswith(_ONLY_AWS):
                yield prefix

    @property
    def _normal(self) -> Normal:
        return self._around.normal[self._unit.service]

    def _is_its_own(self, scope: Scope) -> bool:
        """Whether the passer is seen with nearly all that one of the tags, or the path, stands for."""
        mine, normal, prefix = self._mine, self._normal, scope.prefix
        if any(self._is_all(mine.tags[tag], normal.tags[tag]) for tag in scope.tags):
            return True
        if not prefix:
            return False
        if scope.is_exact:
            return 2 * mine.directly[prefix] >= normal.directly[prefix]
        is_half = 2 * mine.below[prefix] >= normal.below[prefix]
        return is_half and self._is_all(len(mine.levels[prefix]), len(normal.levels[prefix]))

    def _is_all(self, mine: int, known: int) -> bool:
        """Whether nothing much of what is known is others' alone."""
        return mine >= self._around.confidence * known

    def _covered(self, scope: Scope) -> list[RoleFacts]:
        return self._supported.within(scope)

    def _seldom(self, scope: Scope) -> list[RoleFacts]:
        return self._unsupported.within(scope)

    def _is_alike(self, scope: Scope) -> bool:
        return are_alike(scope, self._seldom(scope), self._covered(scope), self._around.confidence)

    def _is_mostly_normal(self, scope: Scope) -> bool:
        supported = _days(self._unit.supported[role.arn] for role in self._covered(scope))
        others = _days(self._unit.unsupported[role.arn] for role in self._seldom(scope))
        return confidence_of(supported, others) >= self._around.confidence


def confidence_of(supported: int, others: int) -> float:
    """The share of the supported, of days on which roles were passed."""
    return supported / (supported + others) if supported else 0.0


def _days(seen: Iterable[Seen]) -> int:
    return sum(max(1, len(each.days)) for each in seen)


def _have_names(roles: Iterable[RoleFacts]) -> bool:
    return len({role.name for role in roles}) > 1


def _is_of_linked_service(prefix: str) -> bool:
    """Whether a path is that of one service's linked roles: AWS alone makes roles there."""
    return prefix.startswith(_SERVICE_LINKED) and prefix.count("/") == _LEVELS_OF_SERVICE
