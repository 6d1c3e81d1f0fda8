"""botocore's API models: where a request has a member, and which members are named like roles."""

import re
from collections.abc import Iterator
from functools import cache

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from passrole.catalogue.generator.facts import CallFact
from passrole.catalogue.generator.paths import Step, lowered, parse, unwrapped

_LIKE_A_ROLE = re.compile(r"role|instance_?profile", re.IGNORECASE)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@cache
def _service(client: str) -> ServiceModel:
    return _session().get_service_model(client)


@cache
def operations(call: CallFact) -> tuple[OperationModel, ...]:
    """The operation in each of its clients: older and newer APIs of a service can share a name."""
    return tuple(_service(client).operation_model(call.operation) for client in call.clients)


def api_version(call: CallFact) -> str | None:
    """The date of the API."""
    return str(_service(call.clients[0]).api_version) if call.clients else None


def request_uri(call: CallFact) -> str:
    """The path that the call is sent to."""
    return str(operations(call)[0].http.get("requestUri", "")) if call.clients else ""


def has_member(call: CallFact, path: str) -> bool:
    """Whether a path below the request leads to a text (or the bytes of one)."""
    return any(
        True
        for operation in operations(call)
        for spelled in (path, unwrapped(path, call.operation))
        for shape in _ends(operation.input_shape, parse(spelled))
        if shape.type_name in ("string", "blob")
    )


def is_required(call: CallFact, path: str) -> bool:
    """Whether a request cannot be made without the member."""
    steps = parse(unwrapped(path, call.operation))
    found = [_always(operation.input_shape, steps) for operation in operations(call)]
    return bool(found) and all(found)


def _always(shape: Shape | None, steps: tuple[Step, ...]) -> bool:
    if not steps:
        return True
    step, *rest = steps
    if not isinstance(shape, StructureShape) or step.is_list or step.is_any_key:
        return False
    for name, member in shape.members.items():
        if lowered(name) == lowered(step.name):
            return name in shape.required_members and _always(member, tuple(rest))
    return False


def _ends(shape: Shape | None, steps: tuple[Step, ...]) -> Iterator[Shape]:
    if shape is None:
        return
    if not steps:
        yield shape
        return
    step, *rest = steps
    if isinstance(shape, ListShape):  # EC2 puts elements under a name of their own
        if step.name == "items" and step.is_list:
            yield from _ends(shape.member, tuple(rest))
        return
    for below in _below(shape, step):
        inner = below.member if step.is_list and isinstance(below, ListShape) else below
        if step.is_list == isinstance(below, ListShape) or _names_items(rest):
            yield from _ends(inner, tuple(rest))


def _names_items(steps: list[Step]) -> bool:
    return bool(steps) and steps[0].name == "items"


def _below(shape: Shape, step: Step) -> Iterator[Shape]:
    """What a step leads to. A map's key may be any name."""
    if isinstance(shape, MapShape):
        yield shape.value
    elif isinstance(shape, StructureShape) and not step.is_any_key:
        for name, member in shape.members.items():
            on_wire = str(member.serialization.get("name", name))
            if lowered(step.name) in (lowered(name), lowered(on_wire)):
                yield member


@cache
def role_like_members(call: CallFact) -> tuple[str, ...]:
    """Texts in the request that are named like a role, or stand in a structure that is, as paths."""
    found = {
        ".".join(path)
        for operation in operations(call)
        if operation.input_shape is not None
        for path, shape in texts(operation.input_shape)
        if any(_LIKE_A_ROLE.search(part) for part in path[-2:]) and not getattr(shape, "enum", None)
    }
    return tuple(sorted(found))


def texts(shape: Shape, depth: int = 99) -> Iterator[tuple[list[str], Shape]]:
    """The texts in a shape, each with its path; first letters are lowered. Recursion is entered once."""
    yield from _texts(shape, [], frozenset(), depth)


def _texts(
    shape: Shape, path: list[str], seen: frozenset[str], depth: int
) -> Iterator[tuple[list[str], Shape]]:
    if shape.type_name == "string":
        yield path, shape
    if shape.name in seen or len(path) >= depth:
        return
    seen = seen | {shape.name}
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from _texts(member, [*path, lowered(name)], seen, depth)
    elif isinstance(shape, ListShape) and path:
        yield from _texts(shape.member, [*path[:-1], path[-1] + "[]"], seen, depth)
    elif isinstance(shape, MapShape):
        yield from _texts(shape.value, [*path, "*"], seen, depth)
