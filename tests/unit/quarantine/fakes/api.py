"""What fakes of services stand on: a real boto3 client whose calls a Python object answers.

Both ways are held to botocore's model of the service. The client validates what it sends; here the answer is
validated too, and on both sides the enums and lengths that botocore does not look at. Patterns are looked at
only in what is sent: the API's own examples of answers break some (App Runner's ``ServiceId``).
"""

import copy
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar

import boto3
from botocore import xform_name
from botocore.validate import ParamValidator

from tests.unit.samples import REGION

# What any operation may answer: "Common Errors" of the services' API references.
COMMON_ERRORS = (
    "AccessDenied",
    "AccessDeniedException",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "Throttling",
    "ThrottlingException",
    "ValidationError",
)
_PARAMETERS = "parameters for the fake"


class RefusedError(Exception):
    """The service refuses a call; ``code`` as the model or the common errors of the service name it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FakeApi:
    """One service in one region: its methods are named as boto3's, and take the parameters of the API.

    A method returns the answer, or raises `RefusedError`. A call without a method fails the test.
    """

    service: ClassVar[str]

    def client(self, region: str = REGION) -> Any:
        """A boto3 client that this object answers."""
        client = boto3.client(self.service, region_name=region)
        # Last, so that what else listens to the calls of a client still hears them.
        client.meta.events.register_last("before-parameter-build", _keep_parameters)
        client.meta.events.register_last("before-call", self._answer)
        return client

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        method = getattr(self, xform_name(model.name), None)
        assert method is not None, f"the fake of {self.service} knows no {model.name}"
        parameters = context[_PARAMETERS]
        _fail_on(f"the call of {model.name}", _breaches(model.input_shape, parameters, patterns=True))
        try:
            answer = method(**parameters) or {}
        except RefusedError as refusal:
            return _refused(model, refusal)
        check_answer(model, answer)
        return _Http(200), copy.deepcopy(answer) | _metadata(200)


def clients_of(api: FakeApi) -> Callable[..., Any]:
    """A client for a service, where one fake is all there is."""
    served = api.client()

    def client(service: str, region: str = REGION) -> Any:
        assert (service, region) == (api.service, REGION)
        return served

    return client


def check_answer(model: Any, answer: dict[str, Any]) -> None:
    """Fails where an answer is none that the operation can give."""
    if model.output_shape is None:
        assert not answer, f"{model.name} answers nothing"
        return
    report = ParamValidator().validate(answer, model.output_shape)
    assert not report.has_errors(), f"the answer of {model.name}: {report.generate_report()}"
    _fail_on(f"the answer of {model.name}", _breaches(model.output_shape, answer))


class _Http:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


def _keep_parameters(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_PARAMETERS] = copy.deepcopy(params)


def _metadata(status: int) -> dict[str, Any]:
    return {"ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "fake", "RetryAttempts": 0}}


def _refused(model: Any, refusal: RefusedError) -> tuple[_Http, dict[str, Any]]:
    modeled = [shape for shape in model.error_shapes if shape.error_code == refusal.code]
    assert modeled or refusal.code in COMMON_ERRORS, f"{model.name} knows no error {refusal.code}"
    details = modeled[0].metadata.get("error", {}) if modeled else {}
    status = details.get("httpStatusCode", 400)
    error = {"Error": {"Code": refusal.code, "Message": str(refusal), "Type": "Sender"}}
    return _Http(status), error | _metadata(status)


def _fail_on(what: str, breaches: Iterator[str]) -> None:
    found = list(breaches)
    assert not found, f"{what}: {'; '.join(found)}"


def _breaches(shape: Any, value: Any, path: str = "", *, patterns: bool = False) -> Iterator[str]:
    """Where a value is not as its shape says, of what `ParamValidator` does not look at."""
    if shape is None:
        return
    if shape.type_name == "timestamp" and (not isinstance(value, datetime) or value.tzinfo is None):
        yield f"{path} is no moment with a time zone: {value!r}"
    if shape.type_name == "string":
        yield from _breaches_of_text(shape, value, path, patterns=patterns)
    for inner_shape, inner, name in _inside(shape, value):
        yield from _breaches(inner_shape, inner, path + name, patterns=patterns)


def _inside(shape: Any, value: Any) -> Iterator[tuple[Any, Any, str]]:
    if shape.type_name == "structure":
        known = [name for name in value if name in shape.members]
        yield from ((shape.members[name], value[name], f".{name}") for name in known)
    elif shape.type_name == "list":
        yield from ((shape.member, inner, f"[{number}]") for number, inner in enumerate(value))
    elif shape.type_name == "map":
        yield from ((shape.value, inner, f"[{key!r}]") for key, inner in value.items())


def _breaches_of_text(shape: Any, value: str, path: str, *, patterns: bool) -> Iterator[str]:
    pattern = shape.metadata.get("pattern") if patterns else None
    if shape.enum and value not in shape.enum:
        yield f"{path} is none of {', '.join(shape.enum)}: {value!r}"
    if pattern and re.fullmatch(pattern, value) is None:
        yield f"{path} does not match {pattern}: {value!r}"
    if len(value) > shape.metadata.get("max", len(value)):
        yield f"{path} is too long: {value!r}"
