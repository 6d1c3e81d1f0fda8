"""Test cases of a policy: contexts, and what is expected of each. The file stands beside guardrail.yaml.

It is read as strictly as the policy: a key that no statement can ask for would make a test that proves
nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from passrole.arn import parse_role_arn
from passrole.clock import parse_time
from passrole.language import FlatContext, fold
from passrole.language.statement import RESOURCE
from passrole.policy.errors import Path, PolicyError, Position
from passrole.policy.keys import KEYS, Key, KeyType, key_of
from passrole.policy.keys.ours import DOMAIN, SERVICE_LINKED
from passrole.policy.source.document import Document, Plain
from passrole.policy.source.reading import read_document
from passrole.policy.text import printable, quoted

_FILE_KEYS = ("version", "defaults", "tests")
_CASE_KEYS = ("name", "context", "expect", "by", "at")
_OF_ARN = ("role:name", "role:path", "role:account", "aws:resourceaccount", "role:servicelinked")
_SERVICE, _SERVICE_NAME = "iam:passedtoservice", "pass:servicename"
_REQUIRED = {"name": "a name of its own for the test", "expect": "what the policy decides"}


class Expected(StrEnum):
    """What a case can expect: IAM's words for what the statements say, or the verdict."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"
    APPROVED = "approved"
    EXEMPT = "exempt"
    VIOLATION = "violation"
    UNDETERMINED = "undetermined"


_DECIDED_BY_NOTHING = (Expected.IMPLICIT_DENY, Expected.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Case:
    """One test of a policy.

    Attributes:
        line: where it stands in the file.
        context: the defaults and its own keys, and what the role's ARN tells beside itself.
        by: the statement, or the exemption, that must have decided; None if any will do.
        at: the time of the judgement, ISO 8601; None for the present.
    """

    name: str
    line: int
    context: FlatContext
    expected: Expected
    by: str | None
    at: str | None


def read_cases(content: bytes, file: str) -> tuple[Case, ...]:
    """Reads the cases.

    Raises:
        PolicyError: with every problem of the content, in its order.
    """
    document = read_document(content, file)
    reader = _Reader(document)
    cases = reader.cases()
    if document.problems:
        raise PolicyError(tuple(document.problems))
    return cases


class _Reader:
    """Reads the file, and notes what is wrong."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._names: dict[str, Position] = {}

    def cases(self) -> tuple[Case, ...]:
        data = self._document.data
        if not isinstance(data, dict):
            self._problem((), "expected a mapping with version and tests")
            return ()
        self._refuse_unknown((), data, _FILE_KEYS)
        if data.get("version") != 1:
            self._problem(("version",), "expected version: 1, the version that this release reads")
        defaults = self._context(("defaults",), data.get("defaults", {}))
        tests = data.get("tests")
        if not isinstance(tests, list) or not tests:
            self._problem(("tests",), "expected a list of tests, each with name, context and expect")
            return ()
        found = (self._case(("tests", index), test, defaults) for index, test in enumerate(tests))
        return tuple(case for case in found if case is not None)

    def _case(self, path: Path, value: Any, defaults: Mapping[str, Any]) -> Case | None:
        if not isinstance(value, dict):
            self._problem(path, "expected a test: a mapping with name, context and expect")
            return None
        self._refuse_unknown(path, value, _CASE_KEYS)
        for key, expected in _REQUIRED.items():
            if key not in value:
                self._problem(path, f"no {key}; expected {expected}")
        context = {**defaults, **self._context((*path, "context"), value.get("context", {}))}
        expected_ = self._expected((*path, "expect"), value["expect"]) if "expect" in value else None
        by = self._text((*path, "by"), value["by"]) if "by" in value else None
        if by is not None and expected_ in _DECIDED_BY_NOTHING:
            self._problem((*path, "by"), f"no statement decides what is {expected_}; leave it out")
        name = self._name((*path, "name"), value["name"]) if "name" in value else None
        at = self._time((*path, "at"), value["at"]) if "at" in value else None
        if name is None or expected_ is None:
            return None
        whole = FlatContext(_implied(context) | context)
        return Case(name, self._document.values[path].line, whole, expected_, by, at)

    def _context(self, path: Path, value: Any) -> dict[str, Any]:
        """Folded names of condition keys, with values as `FlatContext` takes them."""
        if not isinstance(value, dict):
            self._problem(path, "expected a mapping of condition keys")
            return {}
        context: dict[str, Any] = {}
        for name, given in value.items():
            key = key_of(fold(name))
            if key is None or name.endswith("/"):
                self._problem((*path, name), _unknown_key(name), at_key=True)
            elif fold(name) in context:
                message = "given twice: names of condition keys are compared without case"
                self._problem((*path, name), message, at_key=True)
            else:
                context[fold(name)] = self._value((*path, name), given, key)
                if fold(name) == RESOURCE and isinstance(given, str) and parse_role_arn(given) is None:
                    self._problem((*path, name), f"{quoted(given)} is no role's ARN")
        return context

    def _value(self, path: Path, value: Any, key: Key) -> Any:
        if isinstance(value, Plain) and value.raw == "null":
            return None
        if isinstance(value, list):
            if value and not key.several:
                self._problem(path, f"{key.name} has one value; [] stands for none")
            return [self._scalar((*path, index), item, key) for index, item in enumerate(value)]
        return self._scalar(path, value, key)

    def _scalar(self, path: Path, value: Any, key: Key) -> str:
        if isinstance(value, str):
            return value
        raw = value.raw if isinstance(value, Plain) else str(value)
        if key.type is KeyType.BOOL and raw in ("true", "false"):
            return raw
        if key.type in (KeyType.NUMBER, KeyType.DATE) and isinstance(value, int):
            return raw
        if isinstance(value, dict | list):
            self._problem(path, "expected one text")
        elif isinstance(value, Plain) and value.kind == "nothing":
            self._problem(path, "expected text; write null for what is unknown, [] for what is not there")
        else:
            kind = value.kind if isinstance(value, Plain) else "a number"
            shown = printable(raw, 80)
            self._problem(path, f"{shown} is read as {kind}, expected text; quote it: {quoted(raw)}")
        return ""

    def _expected(self, path: Path, value: Any) -> Expected | None:
        text = self._text(path, value)
        if text is None or text in tuple(Expected):
            return Expected(text) if text is not None else None
        near = get_close_matches(text.lower(), list(Expected), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        self._problem(path, f"expected {_any_of(list(Expected))}, found {quoted(text)}{hint}")
        return None

    def _name(self, path: Path, value: Any) -> str | None:
        name = self._text(path, value)
        if name is None:
            return None
        position = self._document.values[path]
        first = self._names.setdefault(name, position)
        if first != position:
            self._problem(
                path, f"{quoted(name)} is given in line {first.line} already; a test's name is its own"
            )
        return name

    def _time(self, path: Path, value: Any) -> str | None:
        text = value.raw if isinstance(value, Plain) and value.kind == "a date" else value
        try:
            parse_time(text)
        except (TypeError, ValueError, AttributeError):
            self._problem(path, 'expected a time such as "2026-07-01T10:00:00Z"')
            return None
        return str(text)

    def _text(self, path: Path, value: Any) -> str | None:
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, Plain | int):
            raw = value.raw if isinstance(value, Plain) else str(value)
            self._problem(path, f"expected text; quote it: {quoted(raw)}")
        else:
            self._problem(path, "expected text")
        return None

    def _refuse_unknown(self, path: Path, value: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in value:
            if key not in known:
                near = get_close_matches(key.lower(), known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"
                self._problem((*path, key), f"unknown key; {hint}", at_key=True)

    def _problem(self, path: Path, message: str, at_key: bool = False) -> None:
        if not self._document.is_refused(path):
            self._document.add(path, message, at_key)


def _implied(context: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that every pass has with the role's ARN and with the service, known or not as those are."""
    return _told_by_arn(context) | _told_by_service(context)


def _told_by_arn(context: Mapping[str, Any]) -> dict[str, Any]:
    arn = context.get(RESOURCE)
    role = parse_role_arn(arn)
    if role is not None:
        is_linked = role.path.startswith(SERVICE_LINKED)
        return dict(zip(_OF_ARN, (role.name, role.path, role.account, role.account, is_linked), strict=True))
    return dict.fromkeys(_OF_ARN) if RESOURCE in context and arn is None else {}


def _told_by_service(context: Mapping[str, Any]) -> dict[str, Any]:
    if _SERVICE not in context:
        return {}
    service = context[_SERVICE]
    return {_SERVICE_NAME: service.removesuffix(DOMAIN) if isinstance(service, str) else None}


def _unknown_key(name: str) -> str:
    names = {fold(key.name): key.name for key in KEYS}
    near = get_close_matches(fold(name), names, n=1, cutoff=0.6)
    return f"unknown condition key; did you mean {names[near[0]]}?" if near else "unknown condition key"


def _any_of(words: list[Expected]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
