"""The smallest policy that approves what is normal, with the reasons of each part of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from passrole.suggest.block import Block, block_of
from passrole.suggest.candidates import Normal, Surroundings, candidates_of, confidence_of
from passrole.suggest.cover import cover
from passrole.suggest.identities import stacks_of
from passrole.suggest.merge import merged
from passrole.suggest.options import Options
from passrole.suggest.roles import RoleFacts, gone
from passrole.suggest.scope import Scope
from passrole.suggest.triples import Seen, Triple, together
from passrole.suggest.units import Unit, units_of
from passrole.suggest.who import ANYONE, Who, whos_of

ADMINISTRATOR, EXTERNAL = "an administrator", "trusted from outside of its account"
GONE = "the role exists no more, or was made anew since"
NO_PASSER = "the records do not tell the passer as policies name it"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the suggested policy.

    Attributes:
        normal: what was seen of the roles, services and passers that support it.
        analogous: the same of those that were seen seldom and look just like them.
        roles, analogies: how many roles these are.
        confidence: see `Options`.
    """

    block: Block
    normal: Seen
    analogous: Seen
    roles: int
    analogies: int
    confidence: float


@dataclass(frozen=True, slots=True)
class SetApart:
    """What is normal, and nobody may approve without looking at it."""

    role: RoleFacts
    blocks: tuple[Block, ...]
    seen: Seen

    @property
    def why(self) -> str:
        """What the role is."""
        reasons = ((ADMINISTRATOR, self.role.administrator), (EXTERNAL, self.role.external))
        return " and ".join(reason for reason, holds in reasons if holds)


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the suggestion does not approve, and why."""

    triple: Triple
    seen: Seen
    why: str


@dataclass(frozen=True, slots=True)
class Check:
    """A ready-made check that belongs to a suggestion; ``unknown`` of its roles it cannot be on for."""

    name: str
    is_on: bool
    unknown: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A policy that approves what is normal.

    Attributes:
        remaining: what it does not approve; the most frequent first.
        supported: what is normal, and not set apart.
        gone: roles that exist no more as they were passed; checks cannot tell of them.
    """

    statements: tuple[Statement, ...]
    set_apart: tuple[SetApart, ...]
    checks: tuple[Check, ...]
    remaining: tuple[Remaining, ...]
    supported: Mapping[Triple, Seen]
    gone: frozenset[str]


def suggest(triples: Mapping[Triple, Seen], roles: Mapping[str, RoleFacts], options: Options) -> Suggestion:
    """The suggestion for what was seen.

    Args:
        roles: what is known of each role of the triples.
    """
    return _Suggester(triples, roles, options).suggestion()


class _Suggester:
    def __init__(
        self, triples: Mapping[Triple, Seen], roles: Mapping[str, RoleFacts], options: Options
    ) -> None:
        self._triples, self._roles, self._options = triples, roles, options
        self._gone = gone(roles)
        self._whos = whos_of(triple.passer for triple in triples)
        self._stacks = stacks_of(roles)
        units = units_of(triples, roles, self._whos, self._stacks, options)
        self._units = {(unit.service, unit.who): _without(unit, self._gone) for unit in units}
        self._checks = self._checks_of_normal()
        self._units = {key: self._without_denied(unit) for key, unit in self._units.items()}

    def suggestion(self) -> Suggestion:
        around = self._surroundings()
        parts = [
            block_of(scope, unit.service, unit.who)
            for unit in self._units.values()
            for scope in cover(candidates_of(unit, around))
        ]
        statements = tuple(map(self._statement, merged(parts)))
        return Suggestion(
            statements,
            tuple(self._set_apart()),
            self._checks,
            tuple(self._remaining(statements)),
            {triple: seen for triple, seen in sorted(self._triples.items()) if self._is_supported(triple)},
            self._gone,
        )

    def _surroundings(self) -> Surroundings:
        arns: dict[str, set[str]] = defaultdict(set)
        for unit in self._units.values():
            arns[unit.service] |= unit.supported.keys()
        normal = {service: Normal.of([self._roles[arn] for arn in each]) for service, each in arns.items()}
        return Surroundings(self._roles, normal, self._stacks, self._options.confidence)

    def _checks_of_normal(self) -> tuple[Check, ...]:
        """A check is on where it is known of every normal role: nothing normal may become undetermined."""
        normal = [
            self._roles[arn]
            for arn in sorted({arn for unit in self._units.values() for arn in unit.supported})
        ]
        unknown = {
            "no-administrator": sum(role.administrator is None for role in normal),
            "no-external-trust": sum(role.external is None for role in normal),
        }
        return tuple(Check(name, bool(normal) and not count, count) for name, count in unknown.items())

    def _without_denied(self, unit: Unit) -> Unit:
        """The unit without what the checks deny, whatever statements approve."""
        by_administrator, by_trust = (check.is_on for check in self._checks)
        denied = {
            arn
            for arn in unit.unsupported
            if (by_administrator and self._roles[arn].administrator)
            or (by_trust and self._roles[arn].external)
        }
        return _without(unit, denied)

    def _statement(self, block: Block) -> Statement:
        normal: dict[tuple[str, Who, str], Seen] = {}
        analogous: dict[tuple[str, Who, str], Seen] = {}
        for key in product(sorted(block.services), sorted(block.whos)):
            unit = self._units[key]
            normal |= {(*key, arn): unit.supported[arn] for arn in self._covered(block, unit.supported)}
            analogous |= {
                (*key, arn): unit.unsupported[arn] for arn in self._covered(block, unit.unsupported)
            }
        days = [sum(max(1, len(seen.days)) for seen in each.values()) for each in (normal, analogous)]
        return Statement(
            block,
            together(normal.values()),
            together(analogous.values()),
            len({arn for *_, arn in normal}),
            len({arn for *_, arn in analogous}),
            confidence_of(*days),
        )

    def _covered(self, block: Block, arns: Iterable[str]) -> list[str]:
        return [arn for arn in arns if block.covers(self._roles[arn])]

    def _set_apart(self) -> Iterable[SetApart]:
        found: dict[str, dict[Triple, Seen]] = defaultdict(dict)
        for triple, seen in sorted(self._triples.items()):
            role = self._roles.get(triple.role)
            if role and role.is_set_apart and self._options.supports(seen) and self._who(triple):
                found[triple.role][triple] = seen
        for arn, triples in found.items():
            parts = (block_of(Scope(arn=arn), t.service, self._who(t) or ANYONE) for t in triples)
            yield SetApart(self._roles[arn], merged(parts), together(triples.values()))

    def _remaining(self, statements: tuple[Statement, ...]) -> Iterable[Remaining]:
        blocks: dict[tuple[str, Who], list[Block]] = defaultdict(list)
        for statement in statements:
            block = statement.block
            for service in block.services:
                for who in block.whos:
                    blocks[service, who].append(block)
        for triple, seen in sorted(self._triples.items(), key=lambda each: (-each[1].count, each[0])):
            if why := self._why_not(triple, seen, blocks):
                yield Remaining(triple, seen, why)

    def _why_not(
        self, triple: Triple, seen: Seen, blocks: Mapping[tuple[str, Who], list[Block]]
    ) -> str | None:
        """Why nothing approves it; None if something does."""
        role, who = self._roles.get(triple.role), self._who(triple)
        if role is None or who is None:
            return NO_PASSER
        if role.is_set_apart:
            return SetApart(role, (), seen).why
        if any(self._covered(block, (triple.role,)) for block in blocks.get((triple.service, who), ())):
            return None
        if triple.role in self._gone:
            return GONE
        times = "once" if seen.count == 1 else f"{seen.count} times"
        return f"seen {times} on {len(seen.days)} day{'' if len(seen.days) == 1 else 's'}"

    def _who(self, triple: Triple) -> Who | None:
        return ANYONE if self._options.any_passer else self._whos.get(triple.passer)

    def _is_supported(self, triple: Triple) -> bool:
        """Whether it counts as normal: it, or what it was called before."""
        who = self._who(triple)
        unit = self._units.get((triple.service, who)) if who else None
        return unit is not None and triple.role in unit.supported


def _without(unit: Unit, arns: Iterable[str]) -> Unit:
    left_out = frozenset(arns)
    return Unit(
        unit.service,
        unit.who,
        {arn: seen for arn, seen in unit.supported.items() if arn not in left_out},
        {arn: seen for arn, seen in unit.unsupported.items() if arn not in left_out},
    )
