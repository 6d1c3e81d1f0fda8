"""Makes a CloudTrail record of an API call and the answer that it got."""

import datetime
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from . import cbor, ec2
from .calls import Call
from .shapes import record_value, without_namespaces, xml_value

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


@dataclass(frozen=True)
class Answer:
    """What the emulator answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Origin:
    """Where a call came from."""

    identity: dict[str, Any]
    account: str
    region: str
    address: str
    user_agent: str
    request_id: str


def make_record(call: Call, answer: Answer, origin: Origin) -> dict[str, Any]:
    """The record of a management call that writes."""
    error = _error(call, answer) if answer.status >= 400 else {}
    return {
        "eventVersion": "1.11",
        "userIdentity": origin.identity,
        "eventTime": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": call.service.event_source,
        "eventName": call.service.event_name(call.name),
        "awsRegion": call.service.region or origin.region,
        "sourceIPAddress": origin.address,
        "userAgent": origin.user_agent,
        **error,
        "requestParameters": _request_parameters(call, denied=error.get("errorCode") == "AccessDenied"),
        "responseElements": None if error else _response_elements(call, answer),
        "requestID": origin.request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": origin.account,
        "eventCategory": "Management",
    }


def _request_parameters(call: Call, denied: bool) -> dict[str, Any] | None:
    """Most services leave the parameters of a denied call out; EC2 keeps them."""
    if call.service.name == "ec2":
        return ec2.request_parameters(call)
    if denied or call.operation.input_shape is None:
        return None
    if call.service.name == "s3":
        return call.parameters
    return _recorded(call, call.operation.input_shape, call.parameters)


def _response_elements(call: Call, answer: Answer) -> dict[str, Any] | None:
    shape: Any = call.operation.output_shape
    try:
        if call.service.name == "ec2":
            return ec2.response_elements(call, without_namespaces(answer.body))
        if shape is None:
            return None
        if answer.body.startswith(b"<"):
            result = without_namespaces(answer.body).find(shape.serialization.get("resultWrapper", ""))
            value = {} if result is None else xml_value(shape, result)
        else:
            value = _fields(answer)
    except (ElementTree.ParseError, ValueError):
        return None
    return _recorded(call, shape, value)


def _recorded(call: Call, shape: Any, value: Any) -> dict[str, Any] | None:
    recorded = record_value(shape, value, drop_sensitive=call.service.name == "lambda")
    return recorded or None


def _error(call: Call, answer: Answer) -> dict[str, str]:
    text = answer.body.decode(errors="replace")
    if text.lstrip().startswith("<"):
        code, message = _between(text, "Code"), _between(text, "Message")
    else:
        try:
            fields = _fields(answer)
        except ValueError:
            fields = {}
        headers = {name.lower(): value for name, value in answer.headers.items()}
        code = str(fields.get("__type") or fields.get("Code") or headers.get("x-amzn-errortype", ""))
        message = str(fields.get("message") or fields.get("Message") or "")
    code = code.rpartition("#")[2].partition(":")[0] or "InternalFailure"
    if call.service.name == "ec2":
        code = f"{'Client' if answer.status < 500 else 'Server'}.{code}"
    elif code in _DENIED:
        code = "AccessDenied"
    return {"errorCode": code, "errorMessage": message}


def _fields(answer: Answer) -> Any:
    """The body of an answer in CBOR, where it is said to be that, or in JSON."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.body and "cbor" in headers.get("content-type", ""):
        return cbor.loads(answer.body)
    return json.loads(answer.body or b"{}")


def _between(text: str, tag: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return ElementTree.fromstring(f"<x>{found[1]}</x>").text or "" if found else ""  # noqa: S314  our own server's
