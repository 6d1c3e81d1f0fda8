"""Writes EC2 calls the way CloudTrail does, which is unlike any other service's.

Older calls have camel case, lists as `…Set.items[]`, times as milliseconds. Newer ones wrap request and
answer in a PascalCase key, and go through a converter from XML that numbers list members by `tag` and guesses
types.
"""

import datetime
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from botocore.model import Shape

from .calls import Call
from .shapes import HIDDEN, lower_first

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
WRAPPED = frozenset(
    {
        "AssociateIamInstanceProfile",
        "CreateFleet",
        "CreateFlowLogs",
        "CreateLaunchTemplate",
        "CreateLaunchTemplateVersion",
        "CreateNatGateway",
        "DeleteFlowLogs",
        "DeleteLaunchTemplate",
        "DeleteLaunchTemplateVersions",
        "DisassociateIamInstanceProfile",
        "ModifyFleet",
        "ModifyLaunchTemplate",
        "ReplaceIamInstanceProfileAssociation",
    }
)

# Parameter → its key in the record, and the key of each of its members where those are plain strings.
_LISTS: Mapping[str, tuple[str, str | None]] = {
    "BlockDeviceMappings": ("blockDeviceMapping", None),
    "InstanceIds": ("instancesSet", "instanceId"),
    "NetworkInterfaces": ("networkInterfaceSet", None),
    "Resources": ("resourcesSet", "resourceId"),
    "SecurityGroupIds": ("groupSet", "groupId"),
    "SecurityGroups": ("groupSet", "groupName"),
    "TagSpecifications": ("tagSpecificationSet", None),
    "Tags": ("tagSet", None),
}


def request_parameters(call: Call) -> dict[str, Any]:
    """`requestParameters` of a call."""
    shape: Any = call.operation.input_shape
    if call.name in WRAPPED:
        return {f"{call.name}Request": _numbered(shape, call.parameters) or ""}
    parameters = _camel(call.parameters)
    if call.name == "RunInstances":
        launch = {
            key: parameters.pop(key) for key in ("imageId", "minCount", "maxCount") if key in parameters
        }
        parameters = {
            "instancesSet": {"items": [launch]},
            "blockDeviceMapping": {},
            "monitoring": {"enabled": False},
            "disableApiTermination": False,
            "disableApiStop": False,
            **parameters,
        }
        if "userData" in parameters:
            parameters["userData"] = "<sensitiveDataRemoved>"
    return parameters


def response_elements(call: Call, root: ElementTree.Element) -> dict[str, Any]:
    """`responseElements` of an answer whose tags have lost their namespace."""
    if call.name in WRAPPED:
        return {f"{call.name}Response": {"xmlns": NAMESPACE, **(_converted(root) or {})}}
    request_id: dict[str, Any] = {"requestId": root.findtext("requestId", "")}
    if call.operation.output_shape is None:
        return request_id | ({"_return": True} if root.find("return") is not None else {})
    return {**request_id, **_answer(call.operation.output_shape, root)}


def _camel(value: Mapping[str, Any]) -> dict[str, Any]:
    """A structure of an older request."""
    written: dict[str, Any] = {}
    for name, item in value.items():
        if isinstance(item, list):
            key, member_key = _LISTS.get(name, (f"{lower_first(name)}Set", None))
            members = [_camel_member(member, member_key) for member in item]
            # Inside a tag specification the tags are a plain list.
            is_specified = name == "Tags" and "ResourceType" in value
            written["tags" if is_specified else key] = members if is_specified else {"items": members}
        else:
            written[lower_first(name)] = _camel(item) if isinstance(item, dict) else item
    return written


def _camel_member(member: Any, key: str | None) -> Any:
    if isinstance(member, dict):
        return _camel(member)
    return {key: member} if key else member


def _numbered(shape: Any, value: Any) -> Any:
    """A value of a newer request: the wire's names; members of a list numbered, a lone one without it."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            _pascal(name, shape.members[name]): (
                HIDDEN
                if shape.members[name].metadata.get("sensitive")
                else _numbered(shape.members[name], item)
            )
            for name, item in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        items = [_numbered(shape.member, item) for item in value]
        numbered = [
            {**(item if isinstance(item, dict) else {"content": item}), "tag": number}
            for number, item in enumerate(items, start=1)
        ]
        return numbered[0] if len(numbered) == 1 else numbered
    return _guess(value) if isinstance(value, str) else value


def _pascal(name: str, member: Shape) -> str:
    wire = str(member.serialization.get("queryName") or member.serialization.get("name", name))
    return wire[:1].upper() + wire[1:]


def _converted(element: ElementTree.Element) -> Any:
    """An element of a newer answer: repeated children become a list, an empty element an empty string."""
    if len(element) == 0:
        return _guess(element.text or "")
    written: dict[str, Any] = {}
    for child in element:
        value = _converted(child)
        if child.tag not in written:
            written[child.tag] = value
        elif isinstance(written[child.tag], list):
            written[child.tag].append(value)
        else:
            written[child.tag] = [written[child.tag], value]
    return written


def _guess(text: str) -> Any:
    """The converter knows no schema: what looks like a number or a truth value becomes one."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?(0|[1-9]\d{0,17})", text) else text


def _answer(shape: Any, element: ElementTree.Element) -> Any:
    """A value of an older answer, typed by the model, named as on the wire."""
    if shape.type_name == "structure":
        return {
            wire: _answer(member, child)
            for name, member in shape.members.items()
            if (child := element.find(wire := str(member.serialization.get("name", name)))) is not None
        }
    if shape.type_name == "list":
        items = [_answer(shape.member, child) for child in element]
        return {"items": items} if items else {}
    text = element.text or ""
    if shape.type_name in ("integer", "long") and text.lstrip("-").isdigit():
        return int(text)
    if shape.type_name == "boolean":
        return text == "true"
    return _milliseconds(text) if shape.type_name == "timestamp" else text


def _milliseconds(text: str) -> Any:
    try:
        return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        return text
