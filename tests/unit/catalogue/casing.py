"""How CloudTrail spells the members of a request: by protocol, and services with a way of their own."""

from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, Shape

from tests.unit.catalogue.api_models import Operation

Element = Callable[[str], Any]

# rest-json services whose records keep the members as the API has them (seen in records).
_PASCAL = {
    "chatbot",
    "dataexchange",
    "dlm",
    "greengrass",
    "mwaa",
    "pinpoint",
    "pinpoint-sms-voice",
    "rum",
    "synthetics",
    "wellarchitected",
}
# EC2's older operations; the newer ones are wrapped in a member `<operation>Request`. Of some, no record is
# known: they are proven in both spellings.
_OLD_EC2 = {"RunInstances"}
_UNSEEN_EC2 = {"RequestSpotFleet", "RequestSpotInstances", "RunScheduledInstances"}


class Casing:
    """The rule of protocols json, query and cbor: the first letter is lowered."""

    def wrapper(self, operation: Operation, name: str, member: Shape) -> str | None:
        """The member of requestParameters into which a member of the request goes, if not itself."""
        return None

    def spelling(self, name: str, member: Shape) -> str:
        return name[:1].lower() + name[1:]

    def elements(self, member: ListShape, at: str, count: int, element: Element) -> Any:
        return [element(f"{at}.{n}") for n in range(count)]


class _RestJson(Casing):
    """Names as on the wire, the first letter lowered for most services."""

    def spelling(self, name: str, member: Shape) -> str:
        in_body = "location" not in member.serialization
        wire = member.serialization.get("name", name) if in_body else name
        return wire[:1].lower() + wire[1:]


class _Pascal(Casing):
    def spelling(self, name: str, member: Shape) -> str:
        return name


class _ApiGateway(_RestJson):
    """API Gateway v1 puts the members of a body into `<operation>Input`; a text as body stays outside."""

    def wrapper(self, operation: Operation, name: str, member: Shape) -> str | None:
        is_outside = "location" in member.serialization or member.type_name == "blob"
        return None if is_outside else operation.name[:1].lower() + operation.name[1:] + "Input"


class _Xml(Casing):
    """S3: as in its XML, where lists are repeated elements and one alone is no list."""

    def spelling(self, name: str, member: Shape) -> str:
        return str(member.serialization.get("name", name)) if "location" not in member.serialization else name


class _OldEc2(Casing):
    def spelling(self, name: str, member: Shape) -> str:
        wire = str(member.serialization.get("name", name))
        wire = wire[:1].lower() + wire[1:]
        return f"{wire}Set" if isinstance(member, ListShape) and not wire.endswith(("s", "Set")) else wire

    def elements(self, member: ListShape, at: str, count: int, element: Element) -> Any:
        return {"items": super().elements(member, f"{at}.items", count, element)}


class _NewEc2(Casing):
    """In `<operation>Request`, as in the query; list elements carry a number, texts among them a wrapper."""

    def wrapper(self, operation: Operation, name: str, member: Shape) -> str | None:
        return f"{operation.name}Request"

    def spelling(self, name: str, member: Shape) -> str:
        wire = str(member.serialization.get("queryName") or member.serialization.get("name", name))
        return wire[:1].upper() + wire[1:]

    def elements(self, member: ListShape, at: str, count: int, element: Element) -> Any:
        values = super().elements(member, at, count, element)
        return [
            {"tag": n, **value} if isinstance(value, dict) else {"tag": n, "content": value}
            for n, value in enumerate(values, 1)
        ]


def casings_of(operation: Operation) -> list[Casing]:
    """The rules that CloudTrail may go by for an operation: one where it is known."""
    if operation.api != "ec2":
        return [_casing_of(operation)]
    if operation.name in _UNSEEN_EC2:
        return [_OldEc2(), _NewEc2()]
    return [_OldEc2() if operation.name in _OLD_EC2 else _NewEc2()]


def _casing_of(operation: Operation) -> Casing:
    protocol = operation.model.service_model.metadata["protocol"]
    if operation.api == "apigateway":
        return _ApiGateway()
    if operation.api == "s3":
        return _Xml()
    if operation.api in _PASCAL:
        return _Pascal()
    return _RestJson() if protocol == "rest-json" else Casing()
