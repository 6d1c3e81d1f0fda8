"""What a JMESPath expression yields, told by the shapes of an API's model instead of by an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from botocore.model import ListShape, MapShape, Shape, StructureShape


class ShapeError(ValueError):
    """The expression names what the shapes have not; the message says what."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, a number or a truth value.

    Attributes:
        values: those that the model allows; empty if it tells none.
    """

    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Several:
    """A list."""

    of: "Kind"


@dataclass(frozen=True, slots=True)
class Mapped:
    """An object whose keys the model does not tell."""

    of: "Kind"


@dataclass(frozen=True, slots=True)
class Members:
    """An object with known members."""

    of: Mapping[str, "Kind"] = field(default_factory=dict)


Kind = Text | Several | Mapped | Members | Shape
_Node = Mapping[str, Any]


def seen(kind: Kind) -> Text | Several | Mapped | Members:
    """A model's shape as one of ours, one level deep: shapes can hold themselves."""
    if not isinstance(kind, Shape):
        return kind
    if isinstance(kind, StructureShape):
        return Members(kind.members)
    if isinstance(kind, ListShape):
        return Several(kind.member)
    if isinstance(kind, MapShape):
        return Mapped(kind.value)
    return Text(tuple(getattr(kind, "enum", ())))


def kind_of(expression: str, of: Kind) -> Text | Several | Mapped | Members:
    """What an expression yields on what is of that kind.

    Raises:
        ShapeError: it names a member that is not there, or a value that the model does not allow.
    """
    return seen(_kind(jmespath.compile(expression).parsed, of))


def _kind(node: _Node, of: Kind) -> Kind:
    children = node["children"]
    match node["type"]:
        case "field":
            return _member(node["value"], of)
        case "literal":
            return _literal(node["value"])
        case "current" | "identity":
            return of
        case "subexpression" | "index_expression" | "pipe":
            for child in children:
                of = _kind(child, of)
            return of
        case "index":
            return _items(of)
        case "projection":
            return Several(_kind(children[1], _items(_kind(children[0], of))))
        case "filter_projection":
            item = _items(_kind(children[0], of))
            _kind(children[2], item)
            return Several(_kind(children[1], item))
        case "value_projection":
            return Several(_kind(children[1], _values(_kind(children[0], of))))
        case "flatten":
            item = _items(_kind(children[0], of))
            inner = seen(item)
            return inner if isinstance(inner, Several) else Several(item)
        case "multi_select_list":
            first, *_ = [_kind(child, of) for child in children]
            return Several(first)
        case "or_expression" | "and_expression":
            *_, last = [_kind(child, of) for child in children]
            return last
        case "not_expression":
            return _kind(children[0], of)
        case "comparator":
            return _compared(*(seen(_kind(child, of)) for child in children))
        case "function_expression":
            first, *_ = [_kind(child, of) for child in children]
            return first
        case other:
            raise ShapeError(f"{other} is not for rows")


def _member(name: str, of: Kind) -> Kind:
    match seen(of):
        case Members(members) if name in members:
            return members[name]
        case Mapped(value):
            return value
        case Members(members):
            raise ShapeError(f"{name} is none of {', '.join(members)}")
        case other:
            raise ShapeError(f"{name} cannot be in {type(other).__name__}")


def _items(of: Kind) -> Kind:
    kind = seen(of)
    if not isinstance(kind, Several):
        raise ShapeError(f"{type(kind).__name__} is no list")
    return kind.of


def _values(of: Kind) -> Kind:
    kind = seen(of)
    if not isinstance(kind, Mapped):
        raise ShapeError(f"{type(kind).__name__} is no map")
    return kind.of


def _literal(value: Any) -> Kind:
    return Text((value,)) if isinstance(value, str) else Text()


def _compared(left: Kind, right: Kind) -> Kind:
    if not isinstance(left, Text) or not isinstance(right, Text):
        raise ShapeError("only texts are compared")
    if left.values and right.values and not set(left.values) & set(right.values):
        raise ShapeError(f"{', '.join(right.values)} is none of {', '.join(left.values)}")
    return Text()
