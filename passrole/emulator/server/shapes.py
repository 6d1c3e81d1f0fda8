"""Writes values the way CloudTrail does for the protocols json, rest-json and query.

The first letter of each member is lowered, keys of maps stay, binary data is left out, secrets are hidden.
EC2 has ways of its own: see `ec2.py`.
"""

import datetime
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from botocore.model import Shape

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_ENVIRONMENT_SHAPES = frozenset({"KeyValuePair", "EnvironmentVariable"})


def lower_first(name: str) -> str:
    """`RoleArn` as CloudTrail spells it: `roleArn`."""
    return name[:1].lower() + name[1:]


def record_value(shape: Shape, value: Any, *, drop_sensitive: bool = False) -> Any:
    """A value with the model's member names as CloudTrail records it.

    Args:
        shape: what the model says of it.
        value: what was sent or answered.
        drop_sensitive: leave sensitive members out, as Lambda does, rather than write a placeholder.
    """
    if shape.type_name == "structure" and isinstance(value, dict):
        return _structure(shape, value, drop_sensitive)
    if shape.type_name == "list" and isinstance(value, list):
        element: Shape = shape.member  # type: ignore[attr-defined]
        return [record_value(element, item, drop_sensitive=drop_sensitive) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        element = shape.value  # type: ignore[attr-defined]
        return {
            key: record_value(element, item, drop_sensitive=drop_sensitive) for key, item in value.items()
        }
    if shape.type_name == "timestamp":
        return _timestamp(value)
    return value


def xml_value(shape: Shape, element: ElementTree.Element) -> Any:
    """A value of a query-protocol answer, with the model's member names."""
    if shape.type_name == "structure":
        members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]
        return {
            name: xml_value(member, child)
            for name, member in members.items()
            if (child := element.find(str(member.serialization.get("name", name)))) is not None
        }
    if shape.type_name == "list":
        return [xml_value(shape.member, child) for child in element]  # type: ignore[attr-defined]
    text = element.text or ""
    if shape.type_name in ("integer", "long") and text.lstrip("-").isdigit():
        return int(text)
    return text == "true" if shape.type_name == "boolean" else text


def without_namespaces(document: bytes) -> ElementTree.Element:
    """Parse an XML answer of the emulator and strip the namespace of every tag.

    Raises:
        ElementTree.ParseError: it is no XML.
    """
    root = ElementTree.fromstring(document)  # noqa: S314  the emulator's own answer
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _structure(shape: Shape, value: dict[str, Any], drop_sensitive: bool) -> dict[str, Any]:
    members: Mapping[str, Shape] = shape.members  # type: ignore[attr-defined]
    recorded: dict[str, Any] = {}
    for name, item in value.items():
        member = members.get(name)
        if member is None or item is None or member.type_name == "blob":
            continue
        sensitive = bool(member.metadata.get("sensitive"))
        if shape.name in _ENVIRONMENT_SHAPES and name.lower() == "value":
            sensitive = True
        if not sensitive:
            recorded[lower_first(name)] = record_value(member, item, drop_sensitive=drop_sensitive)
        elif not drop_sensitive:
            recorded[lower_first(name)] = HIDDEN
    return recorded


def _timestamp(value: Any) -> Any:
    """`Jul 10, 2023, 12:09:47 PM`, which is what CloudTrail makes of a time in these protocols."""
    if isinstance(value, int | float):
        moment = datetime.datetime.fromtimestamp(value, datetime.UTC)
    else:
        try:
            moment = datetime.datetime.fromisoformat(str(value))
        except ValueError:
            return value
    return f"{moment:%b} {moment.day}, {moment.year}, {int(f'{moment:%I}')}:{moment:%M:%S %p}"
