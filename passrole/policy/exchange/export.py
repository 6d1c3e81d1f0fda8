"""What an export is: a policy document of IAM's, and what it leaves unsaid."""

import json
import re
from dataclasses import dataclass
from typing import Any

from passrole.policy.text import quoted

ACTION = "iam:PassRole"
_VERSION = "2012-10-17"
_WORD = re.compile(r"[A-Za-z0-9]+")
_SID_MAX = 100

IamStatement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """An exported document.

    Attributes:
        statements: in IAM's grammar.
        notes: a line for each statement, exemption or condition that the document does not say all of.
    """

    statements: tuple[IamStatement, ...]
    notes: tuple[str, ...]

    @property
    def document(self) -> dict[str, Any]:
        """The document, with names of its own for its statements."""
        return {"Version": _VERSION, "Statement": list(_with_sids(self.statements))}

    @property
    def size(self) -> int:
        """Characters without white space between them: what IAM counts."""
        return len(json.dumps(self.document, separators=(",", ":")))


def note(name: str, text: str) -> str:
    """One line about the statement, or exemption, of that name."""
    return f"{quoted(name)}: {text}"


def one_or_more(values: tuple[str, ...]) -> str | list[str]:
    """A single value stands for itself in IAM's grammar."""
    return values[0] if len(values) == 1 else list(values)


def _with_sids(statements: tuple[IamStatement, ...]) -> list[IamStatement]:
    """Sids are of letters and digits, each once."""
    taken: set[str] = set()
    named = []
    for number, statement in enumerate(statements, 1):
        words = _WORD.findall(statement["Sid"])
        stem = "".join(word[:1].upper() + word[1:] for word in words)[:_SID_MAX] or f"Statement{number}"
        sid, further = stem, 2
        while sid in taken:
            sid, further = f"{stem}{further}", further + 1
        taken.add(sid)
        named.append(statement | {"Sid": sid})
    return named
