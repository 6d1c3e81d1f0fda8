"""What is wrong with a guardrail.yaml, one line a problem, so that people can go to it and fix it."""

import re
from dataclasses import dataclass

from passrole.policy.text import printable, quoted

Path = tuple[str | int, ...]
MOST_LINES = 100
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text file; both numbers begin at 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        file: the file's name, as the user gave it.
        position: where; None if the file could not be read at all.
        path: the keys and indices that lead to it; empty for the file as a whole.
        message: what is wrong and what is expected.
    """

    file: str
    position: Position | None
    path: Path
    message: str

    def __str__(self) -> str:
        where = printable(self.file, 1000)
        if self.position:
            where += f":{self.position.line}:{self.position.column}"
        return ": ".join(part for part in (where, key_path(self.path), self.message) if part)


class PolicyError(Exception):
    """A guardrail.yaml that cannot be used.

    ``problems`` holds all that was found, in the file's order; the message has a line for each of the first
    hundred.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: p.position or Position(0, 0)))
        lines = [str(problem) for problem in self.problems[:MOST_LINES]]
        more = len(self.problems) - len(lines)
        if more:
            lines.append(f"{printable(self.problems[0].file, 1000)}: and {more:,} more problems")
        super().__init__("\n".join(lines))


def key_path(path: Path) -> str:
    """A path as people write it: ``approved[1].role_tags.team``, ``services["ec2.amazonaws.com"]``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _WORD.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part, 64)}]"
    return text
