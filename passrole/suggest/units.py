"""What is normal, a unit at a time: one service and one passer, with the roles that it got from them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from passrole.suggest.identities import Stem
from passrole.suggest.options import Options
from passrole.suggest.roles import RoleFacts
from passrole.suggest.triples import NOTHING_SEEN, Seen, Triple, together
from passrole.suggest.who import ANYONE, Who


@dataclass(frozen=True, slots=True)
class Unit:
    """One service and one passer.

    Attributes:
        supported: the roles that are normal here, with what was seen of each.
        unsupported: those that were seen too seldom, or are set apart.
    """

    service: str
    who: Who
    supported: Mapping[str, Seen]
    unsupported: Mapping[str, Seen]


def units_of(
    triples: Mapping[Triple, Seen],
    roles: Mapping[str, RoleFacts],
    whos: Mapping[str, Who],
    stacks: Mapping[str, Stem],
    options: Options,
) -> tuple[Unit, ...]:
    """The units of all passes whose passer a policy can name, in a fixed order.

    A role of which a stack made several counts for them all.
    """
    seen: dict[tuple[str, Who], dict[str, Seen]] = defaultdict(dict)
    for triple in sorted(triples):
        who = ANYONE if options.any_passer else whos.get(triple.passer)
        if who is not None and triple.role in roles:
            of_unit = seen[triple.service, who]
            of_unit[triple.role] = together((of_unit.get(triple.role, NOTHING_SEEN), triples[triple]))
    return tuple(_unit(*key, seen[key], roles, stacks, options) for key in sorted(seen))


def _unit(
    service: str,
    who: Who,
    seen: Mapping[str, Seen],
    roles: Mapping[str, RoleFacts],
    stacks: Mapping[str, Stem],
    options: Options,
) -> Unit:
    lives: dict[Stem, list[Seen]] = defaultdict(list)
    for arn, each in seen.items():
        if arn in stacks and not roles[arn].is_set_apart:
            lives[stacks[arn]].append(each)
    normal = {stem for stem, each in lives.items() if options.supports(together(each))}
    supported = {
        arn: each
        for arn, each in seen.items()
        if not roles[arn].is_set_apart and (options.supports(each) or stacks.get(arn) in normal)
    }
    return Unit(service, who, supported, {arn: each for arn, each in seen.items() if arn not in supported})
