"""Exemptions: which of them count for a pass, and what they leave of what speaks against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from passrole.clock import parse_time
from passrole.language import Context, Ruling, Truth, decide
from passrole.policy.compiled import CompiledPolicy, Exemption, PolicyStatement

_DENIED = (Ruling.EXPLICIT_DENY, Ruling.IMPLICIT_DENY)


@dataclass(frozen=True, slots=True)
class Waived:
    """What exemptions make of a pass that is not approved, if one service gets the role.

    Attributes:
        ruling: on what they leave; allowed where they waive all that speaks against the pass.
        by: those that waive it all, together.
        doubtful: those that may be for the pass, where that makes a difference; the ruling is undetermined.
        checks: the checks that are waived, where something else is left.
    """

    ruling: Ruling
    by: tuple[Exemption, ...] = ()
    doubtful: tuple[Exemption, ...] = ()
    checks: frozenset[str] = frozenset()


NOTHING_WAIVED = Waived(Ruling.ALLOWED)


def waive(policy: CompiledPolicy, context: Context, ruling: Ruling, at: str) -> Waived:
    """What the exemptions that count at that time make of a ruling."""
    counting = [(e, e.scope.applies(context)) for e in policy.exemptions if not is_expired(e, at)]
    sure = [e for e, truth in counting if truth is Truth.TRUE]
    doubtful = [e for e, truth in counting if truth is Truth.UNKNOWN]
    whole = [exemption for exemption in sure if not exemption.checks]
    if whole:
        return Waived(Ruling.ALLOWED, by=(whole[0],))
    checks = _checks(sure)
    left = _decided(policy, checks, context) if sure else ruling
    if left is Ruling.ALLOWED:
        return Waived(left, by=tuple(e for e in sure if _speaks(policy.statements, e, context)))
    best = _at_best(policy, sure, doubtful, context, left)
    if best is left or best in _DENIED:
        return Waived(left, checks=checks)
    # What may be exempt is not known to be a violation.
    return Waived(Ruling.UNDETERMINED, doubtful=tuple(doubtful), checks=checks)


def is_expired(exemption: Exemption, at: str) -> bool:
    """Whether it no longer counts at that time."""
    return parse_time(exemption.expires) <= parse_time(at)


def _at_best(
    policy: CompiledPolicy,
    sure: Sequence[Exemption],
    doubtful: Sequence[Exemption],
    context: Context,
    ruling: Ruling,
) -> Ruling:
    """The ruling if the doubtful exemptions were for the pass, too."""
    if not doubtful:
        return ruling
    if any(not exemption.checks for exemption in doubtful):
        return Ruling.ALLOWED
    return _decided(policy, _checks((*sure, *doubtful)), context)


def _checks(exemptions: Iterable[Exemption]) -> frozenset[str]:
    return frozenset(check for exemption in exemptions for check in exemption.checks)


def _decided(policy: CompiledPolicy, waived: frozenset[str], context: Context) -> Ruling:
    return decide([s for s in policy.statements if s.check not in waived], context)


def _speaks(statements: Iterable[PolicyStatement], exemption: Exemption, context: Context) -> bool:
    """Whether a check that the exemption waives denies the pass, or may."""
    return any(s.check in exemption.checks and s.applies(context) is not Truth.FALSE for s in statements)
