"""A suggestion as the text of a guardrail.yaml, with a comment on each statement of it."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import indent, wrap

from passrole.policy.exchange.yaml_text import quoted_yaml
from passrole.policy.text import printable
from passrole.suggest.block import Block
from passrole.suggest.naming import names_of
from passrole.suggest.saying import Item, entry_of, is_entry, statement_of
from passrole.suggest.suggestion import Check, SetApart, Statement, Suggestion
from passrole.suggest.triples import Seen

_WIDTH = 100
_CHECKS = {"no-administrator": "are administrators", "no-external-trust": "are trusted from outside"}


def names_in(suggestion: Suggestion) -> tuple[str, ...]:
    """The names of the statements in the text, in their order."""
    return names_of(_blocks(suggestion))[: len(suggestion.statements)]


def policy_text(suggestion: Suggestion, heading: Sequence[str]) -> str:
    """The text of a guardrail.yaml that is valid.

    Args:
        heading: sentences that stand above all as comments.
    """
    names = names_of(_blocks(suggestion))
    approved, statements = _written(suggestion, names)
    parts = [*_comments(heading, 0), "version: 1", ""]
    is_empty = not any(is_entry(statement.block) for statement in suggestion.statements)
    parts += ["approved: []" if is_empty else "approved:", *approved]
    if statements:
        parts += ["statements:", *statements]
    parts += _checks(suggestion.checks)
    return "\n".join(parts).rstrip("\n") + "\n"


def _blocks(suggestion: Suggestion) -> list[Block]:
    apart = [block for each in suggestion.set_apart for block in each.blocks]
    return [*(statement.block for statement in suggestion.statements), *apart]


def _written(suggestion: Suggestion, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines of the approved entries, and of the IAM statements."""
    approved: list[str] = []
    statements: list[str] = []
    for statement, name in zip(suggestion.statements, names, strict=False):
        lines = approved if is_entry(statement.block) else statements
        lines += [*_comments([_about(statement)], 2), *_item(statement.block, name), ""]
    are_checked = any(check.is_on for check in suggestion.checks)
    further = iter(names[len(suggestion.statements) :])
    for apart in suggestion.set_apart:
        for block in apart.blocks:
            lines = approved if is_entry(block) else statements
            lines += [
                *_comments(_about_apart(apart, are_checked), 2),
                *_commented(_item(block, next(further))),
                "",
            ]
    if statements and all(line.startswith("  #") or not line for line in statements):
        # A section of comments alone is none.
        approved, statements = [*approved, *statements], []
    return approved, statements


def _item(block: Block, name: str) -> list[str]:
    item: Item = entry_of(block, name) if is_entry(block) else statement_of(block, name)
    return indent(quoted_yaml([item]), "  ").splitlines()


def _commented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  # {line[2:]}" for line in lines)


def _about(statement: Statement) -> str:
    analogies = ""
    if statement.analogies:
        passes = _count(statement.analogous.count, "pass", "passes")
        roles = _count(statement.analogies, "role")
        analogies = f"; by analogy {passes} of {roles} seen seldom"
    roles = _count(statement.roles, "role")
    # Rounded down: what is not certain does not become so.
    confidence = int(statement.confidence * 1000) / 1000
    return f"{_seen(statement.normal)} of {roles}{analogies}; confidence {confidence:g}"


def _about_apart(apart: SetApart, are_checked: bool) -> list[str]:
    exempt = ", and exempt it from the checks below" if are_checked else ""
    return [
        f"Not approved, though {_seen(apart.seen)}: {apart.role.arn} is {apart.why}.",
        f"Better give it less. To approve it all the same, uncomment this{exempt}.",
    ]


def _seen(seen: Seen) -> str:
    days = _count(len(seen.days), "day")
    between = f"{seen.first} to {seen.last}" if seen.first != seen.last else seen.first
    return f"{_count(seen.count, 'pass', 'passes')} on {days}" + (f" ({between})" if between else "")


def _checks(checks: Sequence[Check]) -> Iterator[str]:
    yield from (["checks:"] if any(check.is_on for check in checks) else ["# checks:"])
    for check in checks:
        if check.is_on:
            yield f"  - {check.name}"
        else:
            what = _CHECKS[check.name]
            yield from _comments(
                [f"It is not known of all of these roles whether they {what}: see --iam."], 2
            )
            yield f"  # - {check.name}"


def _comments(sentences: Iterable[str], spaces: int) -> Iterator[str]:
    for sentence in sentences:
        for line in wrap(sentence, _WIDTH, break_long_words=False, break_on_hyphens=False):
            yield f"{' ' * spaces}# {printable(line, 1000)}"


def _count(number: int, noun: str, plural: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
