"""Few scopes for all normal roles of a unit: the greedy cover of a set, in an order that never changes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set

from passrole.suggest.candidates import Candidate
from passrole.suggest.scope import Kind, Scope


def cover(candidates: Sequence[Candidate]) -> tuple[Scope, ...]:
    """Scopes that together cover what the candidates do.

    Paths come first: somebody had the right to put a role there, while two roles may have the same tag for
    many reasons. The next one is that which covers most of what is left, and stands for least of what others
    pass. What many roles share is not taken for the sake of a last one: that is named by itself.
    """
    left = set().union(*(candidate.covered for candidate in candidates))
    shared = [candidate for candidate in candidates if len(candidate.covered) > 1]
    taken: list[Candidate] = []
    for some in ([c for c in shared if c.scope.prefix], shared):
        taken += _greedy(some, left)
        left = left.difference(*(candidate.covered for candidate in taken))
    return tuple(candidate.scope for candidate in _needed([*taken, *_alone(candidates, left)]))


def _greedy(candidates: Sequence[Candidate], roles: Set[str]) -> Iterator[Candidate]:
    left = set(roles)
    while candidates and left:
        best = min(candidates, key=lambda c: (-len(c.covered & left), *_preference(c)))
        if len(best.covered & left) < 2:
            return
        yield best
        left -= best.covered


def _preference(candidate: Candidate) -> tuple[object, ...]:
    """Sorts what explains as much: least of others' first, then the simplest kind, then the deepest path."""
    scope = candidate.scope
    return (candidate.foreign, scope.kind, -len(scope.prefix), scope.order)


def _alone(candidates: Iterable[Candidate], left: set[str]) -> Iterable[Candidate]:
    """The roles that are left, each by what covers it alone, or by the names that its stack gives it."""
    left = set(left)
    for candidate in sorted(candidates, key=lambda c: c.scope.order):
        if candidate.covered & left and (len(candidate.covered) == 1 or candidate.scope.kind is Kind.STACK):
            left -= candidate.covered
            yield candidate


def _needed(taken: Sequence[Candidate]) -> list[Candidate]:
    """Without those whose roles the others cover, too."""
    times = Counter(arn for candidate in taken for arn in candidate.covered)
    kept = []
    for candidate in sorted(taken, key=lambda c: (len(c.covered), c.scope.order)):
        if all(times[arn] > 1 for arn in candidate.covered):
            times.subtract(candidate.covered)
        else:
            kept.append(candidate)
    return kept
