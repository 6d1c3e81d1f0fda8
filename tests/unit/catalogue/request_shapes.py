"""Requests as CloudTrail records them, built from the input shapes of the operations: not from the catalogue.

Each member is filled: those that look like a role with a role of its own, other texts with a plain word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from tests.unit.catalogue.api_models import Operation
from tests.unit.catalogue.casing import Casing, casings_of
from tests.unit.catalogue.role_members import is_role_like, profile, role, role_for
from tests.unit.catalogue.values import EITHER_OR, MARKS, MEMBERS, PROFILE_NAME, ROLE, ROLE_NAME

_PLAIN: Mapping[str, Any] = {
    "string": "plain",
    "character": "p",
    "integer": 1,
    "long": 1,
    "short": 1,
    "byte": 1,
    "float": 1.5,
    "double": 1.5,
    "bigdecimal": 1.5,
    "biginteger": 1,
    "boolean": True,
    "timestamp": "Nov 22, 2026, 9:14:03 AM",
    "blob": "cGxhaW4=",
}
# Deep parts of a request in which nothing looks like a role are left out: some have millions of members.
_DEEPEST_PLAIN = 4


@dataclass
class Request:
    """``parameters`` as in the record, and where in them each role-like member stands, with its value."""

    parameters: dict[str, Any]
    roles: dict[str, str] = field(default_factory=dict)


def requests_of(operation: Operation) -> list[Request]:
    """Requests with all members of an operation, in each spelling that CloudTrail may use for it.

    There are several where members exclude each other.
    """
    choices = range(_choices_of(operation))
    return [
        _Builder(operation, casing, choice).request()
        for casing in casings_of(operation)
        for choice in choices
    ]


def _choices_of(operation: Operation) -> int:
    given = MEMBERS.get((operation.api, operation.name), {})
    longest = max((len(value) for value in given.values() if isinstance(value, tuple)), default=1)
    shapes = {shape.name for shape in _below(operation.model.input_shape)}
    return max([longest, *(len(EITHER_OR[name]) for name in shapes & set(EITHER_OR))])


class _Builder:
    def __init__(self, operation: Operation, casing: Casing, choice: int) -> None:
        self._operation = operation
        self._choice = choice
        self._casing = casing
        self._roles: dict[str, str] = {}

    def request(self) -> Request:
        shape = self._operation.model.input_shape
        parameters: dict[str, Any] = {}
        if shape is None:
            return Request(parameters)
        for name, member in shape.members.items():
            wrapper = self._casing.wrapper(self._operation, name, member)
            members = parameters.setdefault(wrapper, {}) if wrapper else parameters
            spelling = self._casing.spelling(name, member)
            place = f"{wrapper}.{spelling}" if wrapper else spelling
            given = MEMBERS.get((self._operation.api, self._operation.name), {})
            if name in given:
                members[spelling] = self._given(given[name], place)
            else:
                members[spelling] = self._value(name, shape.name, member, place, (shape.name,))
        return Request(parameters, self._roles)

    def _structure(
        self, called: str, shape: StructureShape, at: str, above: tuple[str, ...]
    ) -> dict[str, Any]:
        if getattr(shape, "is_document_type", False):
            return {"plain": "plain"}
        only = EITHER_OR.get(shape.name, ())
        filled = {}
        for name, member in shape.members.items():
            is_other = name in only and name != only[self._choice % len(only)]
            whole = _whole_name(called, name)
            if not is_other and self._is_worth_it(whole, shape.name, member, above):
                spelling = self._casing.spelling(name, member)
                place = f"{at}.{spelling}"
                filled[spelling] = self._value(whole, shape.name, member, place, (*above, shape.name))
        return filled

    def _is_worth_it(self, name: str, parent: str, member: Shape, above: tuple[str, ...]) -> bool:
        if member.name in above:
            return False  # recursion ends here
        return len(above) < _DEEPEST_PLAIN or _holds_role(self._operation.api, name, parent, member)

    def _value(self, name: str, parent: str, shape: Shape, at: str, above: tuple[str, ...]) -> Any:
        if isinstance(shape, StructureShape):
            return self._structure(name, shape, at, above)
        if isinstance(shape, ListShape):
            if shape.member.name in above:
                return []
            count = 2 if _holds_role(self._operation.api, name, parent, shape) else 1
            return self._casing.elements(
                shape,
                at,
                count,
                lambda place: self._value(name, parent, shape.member, place, (*above, shape.name)),
            )
        if isinstance(shape, MapShape):
            if shape.value.name in above:
                return {}
            return {
                key: self._value(f"{name}.{key}", parent, shape.value, f"{at}.{key}", (*above, shape.name))
                for key in getattr(shape.key, "enum", None) or ["aKey"]
            }
        if is_role_like(name, parent, shape):
            named = self._roles[at] = role_for(shape, name, parent, len(self._roles) + 1)
            return named
        choices = getattr(shape, "enum", None)
        return choices[0] if choices else _PLAIN[shape.type_name]

    def _given(self, value: Any, at: str) -> Any:
        """A value of the table, in which each mark stands for a role of its own."""
        if isinstance(value, tuple):
            return self._given(value[self._choice % len(value)], at)
        if isinstance(value, dict):
            return {key: self._given(v, f"{at}.{key}") for key, v in value.items()}
        if isinstance(value, list):
            return [self._given(v, f"{at}.{n}") for n, v in enumerate(value)]
        return self._marked(value, at) if isinstance(value, str) else value

    def _marked(self, text: str, at: str) -> str:
        """A text with roles in place of its marks; one that is more than a mark has several at one path."""
        names = {ROLE: role, ROLE_NAME: role, PROFILE_NAME: profile}
        count = 0
        while mark := next((mark for mark in MARKS if mark in text), None):
            arn, name = names[mark](len(self._roles) + 1)
            self._roles[f"{at}#{count}" if count else at] = named = arn if mark == ROLE else name
            text, count = text.replace(mark, named, 1), count + 1
        return text


def _below(shape: Shape | None) -> Iterator[Shape]:
    """A shape and all below it, each once."""
    seen: set[str] = set()
    left = [shape] if shape else []
    while left:
        found = left.pop()
        if found.name in seen:
            continue
        seen.add(found.name)
        yield found
        left += [member for _, member in _children(found)]


def _children(shape: Shape) -> list[tuple[str, Shape]]:
    if isinstance(shape, StructureShape):
        return list(shape.members.items())
    if isinstance(shape, ListShape):
        return [("", shape.member)]
    if isinstance(shape, MapShape):
        return [("", shape.value)]
    return []


_HOLDING: dict[tuple[str, str], bool] = {}


def _holds_role(api: str, name: str, parent: str, shape: Shape) -> bool:
    """Whether a member looks like a role, or has one that does below it."""
    if isinstance(shape, ListShape):
        return _holds_role(api, name, parent, shape.member)
    if isinstance(shape, MapShape):
        keys = getattr(shape.key, "enum", None) or [""]
        return any(_holds_role(api, f"{name}.{key}", parent, shape.value) for key in keys)
    if not isinstance(shape, StructureShape):
        return is_role_like(name, parent, shape)
    if (api, shape.name) not in _HOLDING:
        _HOLDING[api, shape.name] = any(
            _is_leaf_role(api, member_name, below.name, member)
            for below in _below(shape)
            if isinstance(below, StructureShape)
            for member_name, member in below.members.items()
        )
    return _HOLDING[api, shape.name] or _is_leaf_role(api, name, parent, shape)


def _is_leaf_role(api: str, name: str, parent: str, shape: Shape) -> bool:
    """Whether a member is itself like a role, or its value is."""
    inner = _innermost(shape)
    if not isinstance(inner, StructureShape):
        return _holds_role(api, name, parent, shape)
    return any(
        is_role_like(_whole_name(name, below), inner.name, member)
        for below, member in inner.members.items()
        if below.lower() == "value"
    )


def _whole_name(called: str, name: str) -> str:
    """A member's name; one that is only called the value of another has that one's before it."""
    return f"{called}.{name}" if name.lower() == "value" else name


def _innermost(shape: Shape) -> Shape:
    while isinstance(shape, ListShape | MapShape):
        shape = shape.member if isinstance(shape, ListShape) else shape.value
    return shape
