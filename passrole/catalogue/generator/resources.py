"""The resource that receives a role: its type, its ARN, and where a record names it.

AWS tells which types an action is authorized on, but lists images and subnets beside the instance that gets
the role, and nothing for most creations. So the type is the one that the operation is named after; else the
one that this belongs to (an index for a data source).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from passrole.catalogue.generator import models
from passrole.catalogue.generator.facts import CallFact, load_resource_types

_VARIABLE = re.compile(r"\{(\w+)\}")
_GIVEN = {"partition", "region", "account"}
_VERB = re.compile(r"^[A-Z][a-z]+")
_ROLE = re.compile(r"role", re.IGNORECASE)
# Their records have the response's one structure without its name.
_FLAT = {"rds", "redshift"}
_ENDINGS = {"arn": ("arn",), "id": ("id", "identifier"), "name": ("identifier", "name")}


@dataclass(frozen=True, slots=True)
class Resource:
    """As in a row. ``owns`` is true where what gets the role is a part of the resource, which has no type."""

    type: str
    paths: tuple[str, ...]
    arn: str
    owns: bool = False


def find(call: CallFact, given: str | None = None) -> Resource | None:
    """The resource of a call, or of the type that a correction gives; None where no record would name it."""
    own = given or _type(call)
    found = _of_type(call, own) if own else None
    return found or (None if given else _owner(call))


def template(arn: str) -> str:
    """An ARN with ``{}`` for the id, which is all that the type's own variables stand for."""
    own = _own_variables(arn)
    if not own:
        return arn.removesuffix("*") + "{}" if arn.endswith("*") else arn
    start, end = arn.index("{" + own[0] + "}"), arn.index("{" + own[-1] + "}") + len(own[-1]) + 2
    return arn[:start] + "{}" + arn[end:]


def noun(call: CallFact) -> str:
    """What an operation is about: its name without the verb."""
    return _VERB.sub("", call.operation)


def _of_type(call: CallFact, kind: str) -> Resource | None:
    arn = load_resource_types().get(kind)
    if arn is None or "{}" not in template(arn):  # some types stand for all of a kind
        return None
    owns = not _is_about(call, kind, arn)
    paths = (*_arns(call, kind, arn), *_ids(call, kind, arn))
    return Resource(kind, paths, template(arn), owns) if paths else None


def _owner(call: CallFact) -> Resource | None:
    """A type that the action is authorized on, or any of the service, whose id the request has."""
    mine = _types_of(call.service)
    for kind in (*reversed(call.resources), *mine):
        arn = load_resource_types()[kind]
        own = _own_variables(arn)
        found = _of_type(call, kind) if len(own) == 1 else None
        if found and (kind in call.resources or _names_variable(found.paths, own[0])):
            return found
    return None


def _names_variable(paths: Iterable[str], variable: str) -> bool:
    return any(_plain(path.rpartition(".")[2]) == _plain(variable) for path in paths)


def _own_variables(arn: str) -> list[str]:
    return [name for name in _VARIABLE.findall(arn) if name not in _GIVEN]


def _plain(text: str) -> str:
    letters = re.sub(r"[^a-z0-9]", "", text.lower())
    return letters[:-1] if letters.endswith("s") and not letters.endswith("ss") else letters


def _type(call: CallFact) -> str | None:
    about = _plain(noun(call))
    mine = _types_of(call.service)
    same = [kind for kind in mine if _stem(kind) == about]
    if same:
        return min(same, key=len)
    within = [kind for kind in call.resources if _stem(kind) in about or about in _stem(kind)]
    starting = [kind for kind in mine if about.startswith(_stem(kind)) or about.endswith(_stem(kind))]
    for kinds in (within, starting):
        if kinds:
            return max(kinds, key=lambda kind: (len(_stem(kind)), kind))
    return call.resources[0] if len(call.resources) == 1 else None


@cache
def _types_of(service: str) -> tuple[str, ...]:
    return tuple(kind for kind in load_resource_types() if kind.partition(":")[0] == service)


@cache
def _stem(kind: str) -> str:
    return _plain(kind.partition(":")[2])


def _base(variable: str) -> str:
    """What a variable of an ARN is the name or the id of."""
    plain = _plain(variable)
    return next(
        (plain.removesuffix(end) for end in ("identifier", "name", "id") if plain.endswith(end)), plain
    )


def _is_about(call: CallFact, kind: str, arn: str) -> bool:
    about = _plain(noun(call))
    bases = [_base(name) for name in _own_variables(arn)[-1:]]
    return any(len(name) > 1 and (name in about or about in name) for name in (_stem(kind), *bases))


def _arns(call: CallFact, kind: str, arn: str) -> tuple[str, ...]:
    """Members that hold the resource's ARN: of the response first, since it is complete."""
    return (
        *_best(call, "responseElements", kind, arn, "arn", depth=2),
        *_best(call, "requestParameters", kind, arn, "arn", depth=1),
    )


def _ids(call: CallFact, kind: str, arn: str) -> tuple[str, ...]:
    """Members that hold its id, where the ARN has no other variable part."""
    own = _own_variables(arn)
    if len(own) != 1:
        return ()
    wanted = "name" if _plain(own[0]).endswith("name") else "id"
    in_request = _best(call, "requestParameters", kind, arn, wanted, depth=1)
    in_response = _best(call, "responseElements", kind, arn, wanted, depth=2)
    return (*in_response, *in_request) if wanted == "id" else (*in_request, *in_response)


def _best(call: CallFact, part: str, kind: str, arn: str, ending: str, depth: int) -> tuple[str, ...]:
    is_about = _is_about(call, kind, arn)
    bases = [_base(name) for name in _own_variables(arn)[-1:]]
    names = [_stem(kind), *bases, *([_plain(noun(call))] if is_about else [])]
    found: dict[str, tuple[int, int]] = {}
    for operation in models.operations(call):
        shape = operation.output_shape if part == "responseElements" else operation.input_shape
        for path, _ in models.texts(shape, depth) if shape is not None else ():
            rank = _rank(path, names, ending, is_about=is_about)
            if rank is not None:
                found.setdefault(".".join(path), rank)
    best = min(found, key=lambda path: (found[path], path.count("."), path), default=None)
    return _spelled(call, part, best) if best else ()


def _spelled(call: CallFact, part: str, path: str) -> tuple[str, ...]:
    head, _, rest = path.partition(".")
    if part == "responseElements" and rest and call.clients and set(call.clients) & _FLAT:
        return (f"{part}.{rest}", f"{part}.{head}.{rest}")
    return (f"{part}.{path}",)


def _rank(path: list[str], names: list[str], ending: str, *, is_about: bool) -> tuple[int, int] | None:
    """How well a member fits, the least best; None where it is about something else."""
    if any("[" in part or part == "*" for part in path) or (ending == "arn" and _ROLE.search(path[-1])):
        return None
    if path[1:] and not any(_ends_alike(_plain(path[0]), name) for name in names):
        return None
    leaf = _plain(path[-1])
    for order, end in enumerate(_ENDINGS[ending]):
        if leaf.endswith(end):
            stem = leaf.removesuffix(end)
            if not stem:
                return (1, order) if is_about or path[1:] else None
            if stem in names:
                return 0, order
            if any(_ends_alike(stem, name) for name in names):
                return 2, order
    return None


def _ends_alike(part: str, name: str) -> bool:
    """``endpoint`` for a document classifier endpoint, but not the other way round."""
    return len(part) > 2 and name.endswith(part)
