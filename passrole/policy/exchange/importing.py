"""IAM's documents as statements of guardrail.yaml, each keeping what it means where it comes from.

A service control policy filters: its Denies count, and its Allows approve nothing. An identity policy binds
those who have it: its statements get a condition on the passer. What is not about ``iam:PassRole``, and what
guardrail.yaml cannot say, is left out, and noted.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from passrole.language import Effect
from passrole.policy.compiled import PolicyStatement
from passrole.policy.errors import PolicyError, Position, Problem, key_path
from passrole.policy.exchange.conditions import Block, added
from passrole.policy.exchange.export import ACTION, note, one_or_more
from passrole.policy.exchange.resources import may_be_role
from passrole.policy.exchange.statement import concerns_every_pass, concerns_no_pass
from passrole.policy.source.document import Document
from passrole.policy.source.iam_document import WITH_VARIABLES, read_iam
from passrole.policy.text import quoted

_PRINCIPALS = ("Principal", "NotPrincipal")
_OWN_KEYS = ("role:", "pass:")
_PASSER = re.compile(
    r"arn:(?:aws(?:-[a-z]+)*|\*):iam::(?:[0-9]{12}|(?=[0-9?]*\*)[0-9*?]{1,12}|[0-9?]{12}):"
    r"(?:(?:user|role)/[\x21-\x7e]+|root)"
)


@dataclass(frozen=True, slots=True)
class Import:
    """What guardrail.yaml takes over.

    Attributes:
        items: for its ``statements:``, in IAM's grammar, all scalars as text.
        notes: a line for what was left out, and for what is doubtful.
    """

    items: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


def passer_of(text: str) -> str:
    """The ARN, or pattern of ARNs, of IAM users and roles, as ``aws:PrincipalArn`` has it.

    Raises:
        ValueError: something else; the message says what is expected.
    """
    if ":sts:" in text and ":assumed-role/" in text:
        raise ValueError(f"{quoted(text)} is a session; give the ARN of its role")
    if not _PASSER.fullmatch(text) or "${" in text:
        raise ValueError(
            f"{quoted(text)} is no ARN of an IAM user or role; "
            "expected one such as arn:aws:iam::111122223333:role/deployer"
        )
    return text


def import_scp(content: str, file: str) -> Import:
    """The Denies of a service control policy; ``file`` is what messages call it.

    Raises:
        PolicyError: ``content`` is no policy document.
    """
    return _imported(content, file, None)


def import_identity(content: str, file: str, passers: Iterable[str]) -> Import:
    """The statements of an identity policy, for these passers alone.

    Args:
        passers: as `passer_of` returns them.

    Raises:
        PolicyError: ``content`` is no policy document.
    """
    return _imported(content, file, tuple(dict.fromkeys(passers)))


def _imported(content: str, file: str, passers: tuple[str, ...] | None) -> Import:
    document = _read(content, file)
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    importer = _Importer(document.get("Version"), passers)
    found = [item for number, each in enumerate(listed, 1) for item in importer.statement(number, each)]
    return Import(tuple(importer.items(found)), tuple(importer.notes))


class _Importer:
    """Takes over statements of one document, and notes what it does not."""

    def __init__(self, version: str | None, passers: tuple[str, ...] | None) -> None:
        self.notes: list[str] = []
        self._version = version
        self._passers = passers
        self._sids: set[str] = set()

    def items(self, statements: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The statements; within a document of their own where theirs has no variables."""
        if self._version == WITH_VARIABLES or not statements:
            yield from statements
        else:
            version = {"Version": self._version} if self._version is not None else {}
            yield version | {"Statement": statements}

    def statement(self, number: int, value: dict[str, Any]) -> Iterator[dict[str, Any]]:
        name = value.get("Sid") or f"statement {number}"
        why, written = self._taken_over(value)
        if written is None:
            self.notes.append(note(name, f"left out: {why}"))
            return
        if "Sid" in written and written["Sid"].casefold() in self._sids:
            self.notes.append(note(name, "the Sid is given twice; the second one goes without"))
            del written["Sid"]
        problems, doubts = self._judged(written)
        if problems:
            self.notes.append(note(name, f"left out: {problems[0]}"))
            return
        self._sids.add(written.get("Sid", "").casefold())
        self.notes.extend(note(name, doubt) for doubt in doubts)
        yield written

    def _taken_over(self, value: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
        """The statement as guardrail.yaml has it, or why it does not."""
        principal = next((key for key in _PRINCIPALS if key in value), None)
        if principal:
            return f"it has a {principal}: it is a resource policy's, which says nothing of passes", None
        statement = _parsed(value, self._version)
        if self._passers is None and statement.effect is Effect.ALLOW:
            return "an Allow of a service control policy approves nothing", None
        if concerns_no_pass(statement) or (
            statement.actions is not None and not concerns_every_pass(statement)
        ):
            return "it is not about iam:PassRole", None
        if own := min((key for key in statement.keys if key.startswith(_OWN_KEYS)), default=None):
            return f"{own} is a key of guardrail.yaml alone; IAM knows none of that name", None
        resources = _resources(statement)
        if resources is None:
            return "none of its resources is a role", None
        conditions: Block = {o: dict(keys) for o, keys in _texts(value.get("Condition", {})).items()}
        if self._passers is not None and not added(conditions, "ArnLike", "aws:PrincipalArn", self._passers):
            return (
                "it has conditions on aws:PrincipalArn with every operator that could add the passers",
                None,
            )
        sid = {"Sid": value["Sid"]} if value.get("Sid") else {}
        written = sid | {"Effect": str(statement.effect), "Action": ACTION} | resources
        return "", written | ({"Condition": conditions} if conditions else {})

    def _judged(self, written: dict[str, Any]) -> tuple[list[str], list[str]]:
        """What guardrail.yaml would not take of a statement, and what is doubtful in it."""
        document = Document("", data=[{"Version": self._version or "2008-10-17", "Statement": [written]}])
        doubts = read_iam(document, (), strict=True).doubts
        beyond = 3  # the path's parts that lead to the statement
        return (
            [": ".join(filter(None, (key_path(p.path[beyond:]), p.message))) for p in document.problems],
            [f"{key_path(path[beyond:])}: {doubt}" for path, doubt in doubts],
        )


def _read(content: str, file: str) -> dict[str, Any]:
    """The document, if IAM would take it; each statement of it can be parsed."""
    try:
        data = json.loads(content, object_pairs_hook=_unique, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        position = Position(error.lineno, error.colno)
        raise PolicyError((Problem(file, position, (), f"not valid JSON: {error.msg}"),)) from None
    except RecursionError:
        raise _refused(file, "no policy document: nested too deeply") from None
    except ValueError as error:
        raise _refused(file, str(error)) from None
    if not isinstance(data, dict) or "Statement" not in data:
        raise _refused(file, "no policy document: expected a JSON object with Statement")
    statements = data["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    document = Document(file, data=data | {"Statement": list(map(_without_principals, listed))})
    read_iam(document, (), strict=False)
    if document.problems:
        raise PolicyError(tuple(Problem(file, None, p.path, p.message) for p in document.problems))
    return data


def _refused(file: str, message: str) -> PolicyError:
    return PolicyError((Problem(file, None, (), message),))


def _without_principals(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return statement
    return {key: value for key, value in statement.items() if key not in _PRINCIPALS}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the key {quoted(twice)} is given twice in one object")
    if any("\ud800" <= c <= "\udfff" for text in _strings(pairs) for c in text):
        raise ValueError("an escape in a text makes half a character (a lone surrogate)")
    return found


def _strings(pairs: list[tuple[str, Any]]) -> Iterator[str]:
    for key, value in pairs:
        yield key
        yield from (v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str))


def _parsed(value: dict[str, Any], version: str | None) -> PolicyStatement:
    data = ({"Version": version} if version is not None else {}) | {"Statement": value}
    return read_iam(Document("", data=data), (), strict=False).statements[0]


def _resources(statement: PolicyStatement) -> dict[str, Any] | None:
    """``Resource`` or ``NotResource`` without what is no role; None if nothing is left to be about."""
    if statement.not_resources is not None:
        kept = tuple(filter(may_be_role, statement.not_resources))
        return {"NotResource": one_or_more(kept)} if kept else {"Resource": "*"}
    kept = tuple(filter(may_be_role, statement.resources or ()))
    return {"Resource": one_or_more(kept)} if kept else None


def _texts(conditions: dict[str, dict[str, Any]]) -> Block:
    """Conditions with all values as texts: JSON's numbers and truth values are IAM's texts."""
    return {
        operator: {
            key: one_or_more(tuple(map(_text, v if isinstance(v, list) else [v]))) for key, v in keys.items()
        }
        for operator, keys in conditions.items()
    }


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
