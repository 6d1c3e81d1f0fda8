"""Reads an API request off the wire: the operation and its parameters, as botocore's models name them."""

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.model import OperationModel, Shape

from . import cbor, s3
from .services import Service


@dataclass(frozen=True)
class Request:
    """An HTTP request to one service; header names are in lower case."""

    service: Service
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """An API call: `parameters` has the member names of the model's input shape, and their types."""

    service: Service
    operation: OperationModel
    parameters: dict[str, Any]

    @property
    def name(self) -> str:
        """The operation's name in the API."""
        return str(self.operation.name)


def read_call(request: Request) -> Call | None:
    """The call that a request makes, or None when the service's model knows no such operation."""
    protocol = request.service.model.metadata["protocol"]
    if protocol == "smithy-rpc-v2-cbor":
        protocol = _spoken(request)
    if protocol in ("ec2", "query"):
        return _read_query(request, flat_lists=protocol == "ec2")
    if protocol == "cbor":
        return _read_cbor(request)
    if protocol == "json":
        return _read_json(request)
    if protocol == "rest-xml":
        return _read_s3(request)
    return _read_rest_json(request)


def _spoken(request: Request) -> str:
    """The protocol of a request to a service that answers in each of three."""
    if "cbor" in request.headers.get("smithy-protocol", ""):
        return "cbor"
    return "json" if "x-amz-target" in request.headers else "query"


def _read_cbor(request: Request) -> Call | None:
    name = request.path.rpartition("/operation/")[2]
    if name not in request.service.model.operation_names:
        return None
    parameters = cbor.loads(request.body) if request.body else {}
    return Call(request.service, request.service.model.operation_model(name), parameters)


def _read_json(request: Request) -> Call | None:
    name = request.headers.get("x-amz-target", "").rpartition(".")[2]
    if name not in request.service.model.operation_names:
        return None
    return Call(request.service, request.service.model.operation_model(name), _json_object(request.body))


def _read_query(request: Request, flat_lists: bool) -> Call | None:
    fields = {
        key: values[0] for key, values in parse_qs(request.body.decode(), keep_blank_values=True).items()
    }
    name = fields.get("Action", "")
    if name not in request.service.model.operation_names:
        return None
    operation = request.service.model.operation_model(name)
    shape = operation.input_shape
    return Call(request.service, operation, _unflatten(shape, "", fields, flat_lists) if shape else {})


def _read_s3(request: Request) -> Call | None:
    model = request.service.model
    found = s3.read(model, request.method, request.path, request.body, request.query)
    if found is None:
        return None
    name, parameters = found
    return Call(request.service, model.operation_model(name), parameters)


def _read_rest_json(request: Request) -> Call | None:
    for method, pattern, labels, name in _routes(request.service):
        if method == request.method and (found := pattern.fullmatch(request.path)):
            operation = request.service.model.operation_model(name)
            parameters = _body_members(operation.input_shape, _json_object(request.body))
            parameters.update(
                {label: unquote(text) for label, text in zip(labels, found.groups(), strict=True)}
            )
            parameters.update(_query_members(operation.input_shape, request.query))
            return Call(request.service, operation, _by_member(operation.input_shape, parameters))
    return None


@functools.cache
def _routes(service: Service) -> list[tuple[str, re.Pattern[str], list[str], str]]:
    """Method, path pattern, label names and operation; the path with the longer fixed part comes first."""
    routes = []
    for name in service.model.operation_names:
        http = service.model.operation_model(name).http
        path = http["requestUri"].partition("?")[0].rstrip("/")
        pieces = re.split(r"\{(\w+)(\+?)\}", path)
        pattern = re.escape(pieces[0])
        for greedy, fixed in zip(pieces[2::3], pieces[3::3], strict=True):
            pattern += ("(.+)" if greedy else "([^/]+)") + re.escape(fixed)
        routes.append(
            (len("".join(pieces[0::3])), (http["method"], re.compile(pattern + "/?"), pieces[1::3], name))
        )
    routes.sort(key=lambda route: -route[0])
    return [route for _, route in routes]


def _body_members(shape: Shape | None, body: dict[str, Any]) -> dict[str, Any]:
    """The body's members; all of the body is one, where the model names a payload."""
    payload = getattr(shape, "serialization", {}).get("payload")
    return {payload: body} if payload else body


def _query_members(shape: Shape | None, query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for member in _members(shape).values():
        name = member.serialization.get("name", "")
        if member.serialization.get("location") == "querystring" and name in query:
            found[name] = list(query[name]) if member.type_name == "list" else query[name][0]
    return found


def _by_member(shape: Shape | None, parameters: dict[str, Any]) -> dict[str, Any]:
    """Rename from the wire's names to the model's; what the model does not know stays as it is."""
    names = {member.serialization.get("name", name): name for name, member in _members(shape).items()}
    return {names.get(key, key): value for key, value in parameters.items()}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _unflatten(shape: Shape, prefix: str, fields: Mapping[str, str], flat_lists: bool) -> Any:
    """The value at a prefix of a query-protocol form (`A.B.1.C=x`), None when there is none."""
    if shape.type_name == "structure":
        members = {
            name: _unflatten(
                member, _dotted(prefix, _wire_name(name, member, flat_lists)), fields, flat_lists
            )
            for name, member in _members(shape).items()
        }
        found = {name: value for name, value in members.items() if value is not None}
        return found or (None if prefix else {})
    if shape.type_name == "list":
        return _unflatten_list(shape, prefix, fields, flat_lists)
    if shape.type_name == "map":
        return _unflatten_map(shape, prefix, fields, flat_lists)
    return _scalar(shape, fields.get(prefix))


def _unflatten_list(shape: Any, prefix: str, fields: Mapping[str, str], flat_lists: bool) -> list[Any] | None:
    element = shape.member
    if not flat_lists and not shape.serialization.get("flattened"):
        prefix = f"{prefix}.{element.serialization.get('name', 'member')}"
    values: list[Any] = []
    while (value := _unflatten(element, f"{prefix}.{len(values) + 1}", fields, flat_lists)) is not None:
        values.append(value)
    return values or None


def _unflatten_map(
    shape: Any, prefix: str, fields: Mapping[str, str], flat_lists: bool
) -> dict[str, Any] | None:
    entries: dict[str, Any] = {}
    while (key := fields.get(f"{prefix}.entry.{len(entries) + 1}.key")) is not None:
        entries[key] = _unflatten(shape.value, f"{prefix}.entry.{len(entries) + 1}.value", fields, flat_lists)
    return entries or None


def _wire_name(name: str, member: Shape, is_ec2: bool) -> str:
    """EC2 requests take `queryName`, or else the name with its first letter in upper case."""
    wire: str = member.serialization.get("name", name)
    if is_ec2:
        wire = str(member.serialization.get("queryName") or wire[:1].upper() + wire[1:])
    return wire


def _scalar(shape: Shape, text: str | None) -> Any:
    if text is None:
        return None
    if shape.type_name in ("integer", "long") and re.fullmatch(r"-?\d+", text):
        return int(text)
    if shape.type_name == "boolean":
        return text.lower() == "true"
    return text


def _members(shape: Shape | None) -> Mapping[str, Shape]:
    members: Mapping[str, Shape] = getattr(shape, "members", {})
    return members


def _dotted(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
