"""A suggestion as people read it on the standard error, beside the policy itself."""

from collections.abc import Iterator

from passrole.cli.policy.diff_judging import Kind
from passrole.cli.policy.diff_view import summary
from passrole.cli.suggest.result import Differences, Result
from passrole.policy import Decision
from passrole.policy.exchange import IDENTITY_LIMIT
from passrole.suggest import Observed, Options

_SHOWN = 20
_KINDS = [str(kind) for kind in Kind]


def heading(observed: Observed, options: Options) -> list[str]:
    """What stands above the policy: what it was made of, and what counts as normal."""
    times, days = _count(options.min_count, "time"), _count(options.min_days, "day")
    between = f" of {observed.days[0]} to {observed.days[1]}" if observed.days else ""
    return [
        f"Suggested by passrole suggest from {_count(observed.read, 'pass', 'passes')}{between}.",
        f"Normal is what was seen {times} or more, on {days} or more; confidence at least "
        f"{options.confidence:g}. How it is decided: docs/suggest.md.",
        "What is done about the rest (response, quarantine, alerts …) is yours to say: docs/policy.md.",
    ]


def told(result: Result) -> Iterator[str]:
    """What was read, what is approved, and what is not."""
    observed = result.observed
    again = f"; {observed.duplicates:,} came again" if observed.duplicates else ""
    yield f"{_count(observed.read, 'pass', 'passes')} read{again}"
    for reason, count in sorted(observed.left_out.items()):
        yield f"  {count:,} left out: {reason}"
    statements = _count(len(result.suggestion.statements), "statement")
    approve = "approves" if len(result.suggestion.statements) == 1 else "approve"
    yield (
        f"{statements} {approve} {result.count(Decision.APPROVED):,}; "
        f"{_count(result.count(Decision.VIOLATION), 'pass stays a violation', 'passes stay violations')}, "
        f"{result.count(Decision.UNDETERMINED):,} undetermined"
    )
    for check in result.suggestion.checks:
        if not check.is_on:
            unknown = _count(check.unknown, "normal role")
            yield f"the check {check.name} is off, and sets no role apart of which it is not known: {unknown}"
    for apart in result.suggestion.set_apart:
        passes = _count(apart.seen.count, "pass", "passes")
        yield f"set apart: {apart.role.arn} is {apart.why} ({passes})"
    for case, why in result.not_approved[:_SHOWN]:
        services, who = " or ".join(case.case.services), case.case.passer or "a passer that is not told"
        yield f"  {case.count:,} x {case.case.role} to {services} by {who}: {why}"
    yield from _more(len(result.not_approved))
    for permissions in result.permissions:
        if permissions.is_too_large:
            size, most = permissions.policy.size, IDENTITY_LIMIT
            yield f"{permissions.passer}: {size:,} characters of statements; a managed policy holds {most:,}"
    if result.differences:
        yield from _differences(result.differences)


def _differences(differences: Differences) -> Iterator[str]:
    for line in summary(differences.comparison):
        yield f"against {differences.file}: {line}"
    # What the suggestion no longer approves comes first.
    ordered = sorted(
        differences.groups.items(), key=lambda item: (_KINDS.index(item[0][0]), -item[1], item[0])
    )
    for (change, role, services, who), count in ordered[:_SHOWN]:
        yield f"  {count:,} x {change}: {role} to {services or 'unknown'} by {who}"
    yield from _more(len(ordered))


def _more(number: int) -> Iterator[str]:
    if number > _SHOWN:
        yield f"  and {number - _SHOWN:,} more: --json tells all"


def _count(number: int, noun: str, plural: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
