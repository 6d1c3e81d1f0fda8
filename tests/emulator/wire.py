"""Requests as boto3 puts them on the wire, made by botocore's own serializers."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from botocore.serialize import create_serializer

from passrole.emulator.server.calls import Call, Request, read_call
from passrole.emulator.server.services import SERVICES


def request_for(service: str, operation: str, parameters: dict[str, Any]) -> Request:
    """The request that a client sends for an operation."""
    known = SERVICES[service]
    serializer = create_serializer(known.model.metadata["protocol"], include_validation=False)
    made = serializer.serialize_to_request(parameters, known.model.operation_model(operation))
    body = made["body"]
    if isinstance(body, dict):
        body = urlencode(body).encode()
    headers = {name.lower(): str(value) for name, value in made["headers"].items()}
    query = {
        name: value if isinstance(value, list) else [str(value)]
        for name, value in dict(made["query_string"]).items()
    }
    path, _, subresource = made["url_path"].partition("?")
    query |= parse_qs(subresource, keep_blank_values=True)
    return Request(known, made["method"], path, headers, body or b"", query)


def call_for(service: str, operation: str, parameters: dict[str, Any]) -> Call:
    """The call that the bridge reads from that request."""
    call = read_call(request_for(service, operation, parameters))
    assert call is not None
    return call
