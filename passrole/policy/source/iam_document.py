"""IAM policy documents and statements, as people paste them, into statements of the policy.

Source: "Grammar of the IAM JSON policy language". What stands in guardrail.yaml is read strictly: a key or a
value that can never match is an error there, as a statement that says nothing is worse than none. A document
of IAM's own is taken as IAM would: its keys may be of any service.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from passrole.language import Condition, Effect, fold, is_operator, operator_names
from passrole.language.condition import bad_values
from passrole.language.variables import begins_no_variable, template
from passrole.policy.compiled import PolicyStatement, Severity, Stage
from passrole.policy.errors import MOST_LINES, Path
from passrole.policy.keys import KEYS, key_of
from passrole.policy.source.document import Document, Plain
from passrole.policy.text import printable, quoted

WITH_VARIABLES = "2012-10-17"
_VERSIONS = (WITH_VARIABLES, "2008-10-17")
_DOCUMENT_KEYS = ("Version", "Id", "Statement")
_STATEMENT_KEYS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
_OUR_KEYS = ("severity", "response")
_PRINCIPALS = ("Principal", "NotPrincipal")
_NUMBERS = ("a number",)
_KEY_NAMES = {fold(known.name): known.name for known in KEYS}
_NOT_DECIDED = {"iam:resourcetag/": "role:Tag/", "aws:resourcetag/": "role:Tag/"}


@dataclass(frozen=True, slots=True)
class Read:
    """What was read, and what is legal but doubtful in it: places with a line each."""

    statements: tuple[PolicyStatement, ...]
    doubts: tuple[tuple[Path, str], ...]


def read_iam(document: Document, path: Path, *, strict: bool) -> Read:
    """Reads the policy document, the statement, or the list of either that stands at ``path``.

    Problems are noted in ``document``; the statements are of use only if there are none.

    Args:
        strict: as in guardrail.yaml: keys must be known, values of their operator's kind, and a statement may
            say its severity and response.
    """
    reader = _Reader(document, strict)
    value: Any = document.data
    for part in path:
        value = value[part]
    if isinstance(value, list) and strict:
        statements = tuple(s for i, item in enumerate(value) for s in reader.item((*path, i), item))
    else:
        statements = tuple(reader.item(path, value))
    return Read(statements, tuple(reader.doubts))


NOTHING_READ = Read((), ())


class _Reader:
    """Reads statements, and remembers what it found wrong or doubtful."""

    def __init__(self, document: Document, strict: bool) -> None:
        self.doubts: list[tuple[Path, str]] = []
        self._document = document
        self._strict = strict
        self._number = 0

    def item(self, path: Path, value: Any) -> Iterator[PolicyStatement]:
        """A statement, or a whole policy document."""
        if not isinstance(value, dict):
            self._problem(path, "expected an IAM statement or policy document (a mapping)")
        elif "Statement" in value or not self._strict:
            yield from self._policy(path, value)
        else:
            yield from self._statement(path, value, variables=True)

    def _policy(self, path: Path, value: dict[str, Any]) -> Iterator[PolicyStatement]:
        self._refuse_unknown(path, value, _DOCUMENT_KEYS)
        version = _raw(value.get("Version"))
        if "Version" in value and version not in _VERSIONS:
            self._problem((*path, "Version"), f"expected {quoted(WITH_VARIABLES)}, IAM's present language")
        if "Statement" not in value:
            self._problem(path, "no Statement; expected an IAM policy document")
            return
        statements, place = value["Statement"], (*path, "Statement")
        if isinstance(statements, dict):
            yield from self._statement(place, statements, version == WITH_VARIABLES)
        elif isinstance(statements, list):
            for index, statement in enumerate(statements):
                yield from self._statement((*place, index), statement, version == WITH_VARIABLES)
        else:
            self._problem(place, "expected a statement or a list of statements")

    def _statement(self, path: Path, value: Any, variables: bool) -> Iterator[PolicyStatement]:
        self._number += 1
        if not isinstance(value, dict):
            self._problem(path, "expected a statement (a mapping)")
            return
        known = (*_STATEMENT_KEYS, *_OUR_KEYS) if self._strict else _STATEMENT_KEYS
        self._refuse_unknown(path, value, known)
        effect = value.get("Effect")
        if effect not in tuple(Effect):
            self._problem(self._at(path, "Effect"), "expected Effect: Allow or Effect: Deny")
            return
        actions, not_actions = self._either(path, value, "Action", required=not self._strict)
        resources, not_resources = self._either(path, value, "Resource", required=True)
        self._check_resources(path, resources or not_resources or (), variables)
        yield PolicyStatement(
            sid=self._sid(path, value),
            effect=Effect(effect),
            actions=("iam:PassRole",) if actions is None and not_actions is None else actions,
            not_actions=not_actions,
            resources=resources,
            not_resources=not_resources,
            conditions=tuple(self._conditions((*path, "Condition"), value.get("Condition", {}), variables)),
            variables=variables,
            severity=self._one_of(Severity, path, value, "severity"),
            response=self._one_of(Stage, path, value, "response"),
        )

    def _sid(self, path: Path, value: dict[str, Any]) -> str:
        sid = value.get("Sid")
        if sid is None or (sid == "" and not self._strict):
            return f"statement {self._number}"
        if not isinstance(sid, str) or not sid or len(sid) > 128:
            self._problem((*path, "Sid"), "expected a name of 1 to 128 characters for the statement")
            return ""
        return sid

    def _either(
        self, path: Path, value: dict[str, Any], name: str, *, required: bool
    ) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
        """``Action`` or ``NotAction``, ``Resource`` or ``NotResource``."""
        both = [given for given in (name, f"Not{name}") if given in value]
        if len(both) == 2:
            self._problem((*path, both[1]), f"a statement has {name} or Not{name}, not both", at_key=True)
        elif not both and required:
            self._problem(path, f"no {name}; expected {name}: or Not{name}:")
        is_text = _text_of
        found = {given: self._texts((*path, given), value[given], is_text) for given in both}
        return found.get(name), found.get(f"Not{name}")

    def _texts(self, path: Path, value: Any, text_of: Callable[[Any], str | None]) -> tuple[str, ...]:
        """One value or a list of them."""
        listed = value if isinstance(value, list) else [value]
        if not listed:
            self._problem(path, "empty; expected at least one value")
        texts = []
        for index, item in enumerate(listed):
            text = text_of(item)
            if text is None:
                self._problem((*path, index) if isinstance(value, list) else path, _expected_text(item))
            else:
                texts.append(text)
        return tuple(texts)

    def _check_resources(self, path: Path, resources: tuple[str, ...], variables: bool) -> None:
        place = self._at(path, "Resource" if ("Resource" in self._keys(path)) else "NotResource")
        for resource in resources if self._strict else ():
            if not resource.isascii():
                self._problem(place, f"{quoted(resource)}: ARNs are ASCII; a look-alike letter is no match")
            elif resource != "*" and not resource.startswith(("arn:", "${")):
                self._problem(place, f"{quoted(resource)} is no ARN; expected arn:aws:iam::…:role/… or *")
            elif variables:
                self._check_variables(place, (resource,))

    def _conditions(self, path: Path, value: Any, variables: bool) -> Iterator[Condition]:
        if not isinstance(value, dict):
            self._problem(path, "expected a mapping of condition operators")
            return
        for operator, keys in value.items():
            place = (*path, operator)
            if not is_operator(operator):
                self._problem(place, self._unknown_operator(operator), at_key=True)
            elif not isinstance(keys, dict):
                self._problem(place, "expected a mapping of condition keys")
            else:
                for key, values in keys.items():
                    yield from self._condition((*place, key), operator, key, values, variables)

    def _condition(
        self, path: Path, operator: str, key: str, values: Any, variables: bool
    ) -> Iterator[Condition]:
        condition = Condition(operator, key, self._texts(path, values, _scalar_of), variables)
        if self._strict:
            self._check_key(path, key, operator)
            if condition.takes_variables:
                self._check_variables(path, condition.values)
            for bad in bad_values(condition):
                self._problem(
                    path, f"{quoted(bad)} is no value that {operator} compares; it would never match"
                )
        yield condition

    def _check_key(self, path: Path, key: str, operator: str) -> None:
        known = key_of(fold(key))
        if known is None or known.name == key + "/" or fold(key).endswith("/"):
            self._problem(path, self._unknown_key(key), at_key=True)
            return
        ours = _NOT_DECIDED.get(fold(known.name))
        if ours:
            tag = key.partition("/")[2]
            self._doubt(path, f"IAM does not decide iam:PassRole by {key}: write {ours}{printable(tag)}")
        sets = fold(operator).startswith(("foranyvalue:", "forallvalues:")) or fold(operator) == "null"
        if known.several and not sets:
            self._doubt(
                path, f"{key} has several values: without ForAnyValue: or ForAllValues: it never matches"
            )

    def _check_variables(self, path: Path, values: Sequence[str]) -> None:
        """Variables that are none would make what is compared with them text, or never known."""
        for value in filter(begins_no_variable, values):
            self._problem(
                path,
                f"{quoted(value)}: ${{ begins a policy variable, which ends in }}: for the signs themselves "
                "write ${$}{",
            )
        parsed = (template(value, wildcards=False, variables=True) for value in values)
        for key in sorted({key for value in parsed for key in value.keys}):
            self._check_variable(path, key)

    def _check_variable(self, path: Path, key: str) -> None:
        known = key_of(key)
        if known is None:
            self._problem(path, f"the variable ${{{printable(key)}}}: {self._unknown_key(key)}")
        elif known.several:
            self._problem(
                path, f"the variable ${{{printable(key)}}}: a key with several values is no variable"
            )

    def _one_of(self, kinds: Any, path: Path, value: dict[str, Any], name: str) -> Any:
        given = value.get(name)
        if given is None or given in tuple(kinds):
            return kinds(given) if given is not None else None
        self._problem((*path, name), f"expected {_any_of([str(kind) for kind in kinds])}")
        return None

    def _refuse_unknown(self, path: Path, value: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in value:
            if key in known:
                continue
            if key in _PRINCIPALS:
                message = "only resource policies have it; write a condition on aws:PrincipalArn"
            else:
                near = self._like(key, known, cutoff=0.5)
                message = f"did you mean {near}?" if near else f"expected one of {', '.join(known)}"
            self._problem((*path, key), f"unknown element; {message}", at_key=True)

    def _unknown_operator(self, operator: str) -> str:
        base = operator.rpartition(":")[2]
        near = self._like(base.removesuffix("IfExists"), operator_names(), cutoff=0.5)
        return f"unknown condition operator; did you mean {near}?" if near else "unknown condition operator"

    def _unknown_key(self, key: str) -> str:
        near = _KEY_NAMES.get(self._like(fold(key), _KEY_NAMES, cutoff=0.6) or "")
        if near is None:
            return "unknown condition key; docs/policy.md lists them"
        return f"unknown condition key; did you mean {near}{'…' if near.endswith('/') else ''}?"

    def _like(self, name: str, known: Collection[str], cutoff: float) -> str | None:
        """The nearest known name. Looking for it takes a while, and of many problems only some are shown."""
        if len(self._document.problems) >= MOST_LINES:
            return None
        return next(iter(get_close_matches(name, known, n=1, cutoff=cutoff)), None)

    def _keys(self, path: Path) -> Mapping[str, Any]:
        value: Any = self._document.data
        for part in path:
            value = value[part]
        return value if isinstance(value, dict) else {}

    def _at(self, path: Path, key: str) -> Path:
        return (*path, key) if key in self._keys(path) else path

    def _problem(self, path: Path, message: str, at_key: bool = False) -> None:
        if not self._document.is_refused(path):
            self._document.add(path, message, at_key)

    def _doubt(self, path: Path, message: str) -> None:
        self.doubts.append((path, message))


def _raw(value: Any) -> Any:
    """A date counts as the text that it is: YAML takes an unquoted Version for one."""
    return value.raw if isinstance(value, Plain) and value.kind == "a date" else value


def _text_of(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _scalar_of(value: Any) -> str | None:
    """A condition's value: IAM takes numbers and truth values for their texts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Plain):
        is_truth = value.raw in ("true", "false")
        return value.raw if is_truth or value.kind in _NUMBERS else None
    return value if isinstance(value, str) else None


def _expected_text(value: Any) -> str:
    if isinstance(value, Plain) and value.kind != "nothing":
        return f"{printable(value.raw, 80)} is read as {value.kind}; quote it: {quoted(value.raw)}"
    return "expected text, or a list of texts"


def _any_of(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
