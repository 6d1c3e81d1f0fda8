"""The catalogue's paths against the API models: a typo in a path would be a call that nobody watches.

CloudTrail lowers the first letter of most members. EC2's newer calls are wrapped in `<operation>Request` and
keep the members as they are; its answers have the names of the XML, lists under `items`.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

from passrole.catalogue import Call, RolePlace, Where, load_catalogue

CALLS = load_catalogue().calls
_CLIENTS = {"states": "stepfunctions"}  # where boto3's name is not the prefix of the IAM action

each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.action)


@cache
def model_of(prefix: str) -> ServiceModel:
    session = botocore.session.get_session()
    model: ServiceModel = session.get_service_model(_CLIENTS.get(prefix, prefix))
    return model


def operation_of(call: Call) -> OperationModel:
    prefix, _, name = call.action.partition(":")
    operation: OperationModel = model_of(prefix).operation_model(name)
    return operation


def lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def spellings(name: str, member: Shape, is_answer: bool) -> set[str]:
    """How CloudTrail may spell a member: as in the API, with its first letter lowered, or as in its XML."""
    in_xml = member.serialization.get("name") if is_answer else None
    return {name, lowered(name)} | ({in_xml} if in_xml else set())


def ends(shape: Shape | None, path: list[str], is_answer: bool) -> Iterator[Shape]:
    """The shapes that a path leads to."""
    if shape is None:
        return
    if not path:
        yield shape
        return
    step, *rest = path
    if isinstance(shape, ListShape):
        if step == "items[]":
            yield from ends(shape.member, rest, is_answer)
    elif isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if step.removesuffix("[]") in spellings(name, member, is_answer):
                below = member.member if step.endswith("[]") and isinstance(member, ListShape) else member
                yield from ends(below, rest, is_answer)


def leads_somewhere(call: Call, member: str, path: str) -> bool:
    """Whether a path below `member` leads to a text of the operation's input or output."""
    operation = operation_of(call)
    is_answer = member == "responseElements"
    wrapper = operation.name + ("Response" if is_answer else "Request")
    below: Any = operation.output_shape if is_answer else operation.input_shape
    steps = path.removeprefix(f"{wrapper}.").split(".")
    return any(end.type_name == "string" for end in ends(below, steps, is_answer))


def is_lowered(path: str) -> bool:
    return all(step[0].islower() for step in path.split("."))


def paths_of(call: Call, role: RolePlace) -> list[tuple[str, str]]:
    return [(role.where.member, path) for path in role.paths]


@each_call
def test_each_role_stands_where_the_operation_has_a_text(call: Call) -> None:
    for role in call.roles:
        for member, path in paths_of(call, role):
            assert leads_somewhere(call, member, path), f"{member}.{path}"


@each_call
def test_each_resource_is_named_where_the_operation_has_a_text(call: Call) -> None:
    for path in call.resource.paths:
        member, _, below = path.partition(".")
        assert leads_somewhere(call, member, below), path


@each_call
def test_each_role_is_looked_for_as_cloudtrail_spells_it(call: Call) -> None:
    """With the first letter lowered, or wrapped in the request as EC2's newer calls are."""
    wrapper = f"{operation_of(call).name}Request."
    for role in call.roles:
        assert any(is_lowered(path) or path.startswith(wrapper) for path in role.paths)


@each_call
def test_each_member_of_the_request_that_is_named_like_a_role_is_one_of_the_row(call: Call) -> None:
    """At the top of the request; a role-like member that the row forgot would be a pass that nobody sees."""
    paths = {path for role in call.roles if role.where is Where.REQUEST for path in role.paths}
    heads = {step.lower() for path in paths for step in path.split(".")}
    shape = operation_of(call).input_shape
    assert isinstance(shape, StructureShape)
    for name in shape.members:
        if re.search(r"role|InstanceProfile", name, re.IGNORECASE):
            assert name.lower() in heads


@each_call
def test_the_event_names_are_the_operations_with_or_without_a_version(call: Call) -> None:
    name = operation_of(call).name
    assert name in call.names
    for spelling in call.names:
        assert re.fullmatch(rf"{name}([0-9]{{8}}|[0-9]{{4}}_[0-9]{{2}}_[0-9]{{2}})?(v[0-9])?", spelling)


def test_lambdas_event_names_carry_the_date_of_its_present_api() -> None:
    date = model_of("lambda").api_version.replace("-", "")
    for call in CALLS:
        if call.source == "lambda.amazonaws.com":
            assert any(date in name for name in call.names)


@pytest.mark.parametrize(
    "path", ["rolle", "code.role", "role.arn", "timeout", "requestParameters.role", "layers[]x"]
)
def test_a_typo_in_a_path_shows(path: str) -> None:
    call = load_catalogue().call_of("lambda.amazonaws.com", "CreateFunction")
    assert call is not None
    assert not leads_somewhere(call, "requestParameters", path)
