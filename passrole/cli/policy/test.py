"""``passrole policy test``: does the policy decide what its owners expect?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from passrole.cli.errors import InputError
from passrole.cli.policy.sources import read_policy
from passrole.cli.terminal import console, safe
from passrole.clock import iso, utc_now
from passrole.language import Ruling, Truth, decide
from passrole.policy import CompiledPolicy, Effect
from passrole.policy.errors import PolicyError
from passrole.policy.exempt import waive
from passrole.policy.explanation import parts_of
from passrole.policy.source.cases import Case, Expected, read_cases
from passrole.policy.source.reading import content_of
from passrole.policy.verdict import ConditionPart, StatementPart

_FAILED = 1
_VERDICTS = {
    Ruling.ALLOWED: Expected.APPROVED,
    Ruling.EXPLICIT_DENY: Expected.VIOLATION,
    Ruling.IMPLICIT_DENY: Expected.VIOLATION,
    Ruling.UNDETERMINED: Expected.UNDETERMINED,
}
_RULINGS = (Expected.ALLOWED, Expected.EXPLICIT_DENY, Expected.IMPLICIT_DENY)


@dataclass(frozen=True, slots=True)
class _Result:
    """What the policy says about a case.

    Attributes:
        exemptions: the names of those that apply.
        statements: each statement's part.
    """

    ruling: Ruling
    verdict: Expected
    exemptions: tuple[str, ...]
    statements: tuple[StatementPart, ...]

    def deciders(self, expected: Expected) -> list[str]:
        """The statements that allow or deny, or the exemptions."""
        if expected is Expected.EXEMPT:
            return list(self.exemptions)
        effect = Effect.ALLOW if self.ruling is Ruling.ALLOWED else Effect.DENY
        return [s.sid for s in self.statements if s.effect is effect and s.result is Truth.TRUE]


@click.command()
@click.argument("file", metavar="[FILE]", default="guardrail.yaml")
@click.option(
    "--tests",
    "tests_file",
    metavar="FILE",
    help="The tests; guardrail.tests.yaml beside guardrail.yaml, if left out.",
)
def test(file: str, tests_file: str | None) -> int:
    """Test a policy: contexts, and what it must decide on each.

    FILE is guardrail.yaml by default. Exemptions are judged at the present, unless a test says at.

    \b
    Exit status:
      0  all tests pass
      1  some fail
      2  bad input or usage
    """
    policy = read_policy(file).compiled
    tests_file = tests_file or str(Path(file).with_suffix(".tests.yaml"))
    try:
        cases = read_cases(content_of(Path(tests_file)), tests_file)
    except PolicyError as error:
        raise InputError(str(error)) from None
    now, out, failed = iso(utc_now()), console(), 0
    for case in cases:
        wrong = _wrong(case, _result(policy, case, now))
        if wrong is not None:
            failed += 1
            out.print(f"✗ {safe(tests_file)}:{case.line}: {safe(case.name)}: {wrong}", style="red")
    tests = "1 test" if len(cases) == 1 else f"{len(cases):,} tests"
    if failed:
        out.print(f"{tests}: {len(cases) - failed:,} passed, {failed:,} failed", style="bold red")
        return _FAILED
    out.print(f"✓ {tests} passed", style="green")
    return 0


def _result(policy: CompiledPolicy, case: Case, now: str) -> _Result:
    ruling = decide(policy.statements, case.context)
    statements = parts_of(policy.statements, case.context)
    if ruling is Ruling.ALLOWED or not policy.exemptions:
        return _Result(ruling, _VERDICTS[ruling], (), statements)
    waived = waive(policy, case.context, ruling, case.at or now)
    verdict = Expected.EXEMPT if waived.by else _VERDICTS[waived.ruling]
    return _Result(ruling, verdict, tuple(exemption.name for exemption in waived.by), statements)


def _wrong(case: Case, result: _Result) -> str | None:
    """What is other than expected, on one line."""
    got: str = result.ruling if case.expected in _RULINGS else result.verdict
    if got != case.expected:
        return f"expected {case.expected}, got {got}: {_why(result)}"
    deciders = result.deciders(case.expected)
    if case.by is not None and case.by not in deciders:
        return f"expected {got} by {_quoted([case.by])}, got {got} by {_quoted(deciders)}"
    return None


def _why(result: _Result) -> str:
    if result.exemptions:
        return f"by the exemption {_quoted(result.exemptions)}"
    if result.ruling in (Ruling.ALLOWED, Ruling.EXPLICIT_DENY):
        return f"by {_quoted(result.deciders(Expected(result.ruling)))}"
    open_ = Truth.UNKNOWN if result.ruling is Ruling.UNDETERMINED else Truth.FALSE
    missed = [(s, _missed(s, open_)) for s in result.statements if s.result is open_]
    near = min((found for found in missed if found[1]), key=lambda found: len(found[1]), default=None)
    if near is None:
        return "no statement allows it"
    statement, conditions = near
    return f"{_quoted([statement.sid])} needs {'; '.join(map(_condition, conditions))}"


def _missed(statement: StatementPart, result: Truth) -> list[ConditionPart]:
    """The conditions of an Allow that are not met, or of any statement those that are open."""
    if result is Truth.FALSE and statement.effect is Effect.DENY:
        return []
    return [part for part in statement.conditions if part.result is result]


def _condition(part: ConditionPart) -> str:
    needed = " or ".join(safe(value) for value in part.needed)
    if part.unknown_because:
        found = f"unknown: {safe(part.unknown_because)}"
    elif part.seen is None:
        found = "it is absent"
    else:
        found = f"it is {_quoted([part.seen] if isinstance(part.seen, str) else part.seen)}"
    return f"{safe(part.key)} {safe(part.operator)} {needed} ({found})"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{safe(name)}"' for name in names) or "nothing"
