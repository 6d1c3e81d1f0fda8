"""The resource that receives a role: its type, its ARN, and where a record names it.

AWS tells which types an action is authorized on, but lists images and subnets beside the instance that gets the
role, and nothing for most creations. So the type is the one that the operation is named after.
"""

import re
from dataclasses import dataclass

from botocore.model import Shape

from passrole.catalogue.generator import models
from passrole.catalogue.generator.facts import CallFact, load_resource_types

_VARIABLE = re.compile(r"\{(\w+)\}")
_GIVEN = {"partition", "region", "account"}
_VERB = re.compile(r"[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class Resource:
    """As in a row."""

    type: str
    paths: tuple[str, ...]
    arn: str


def find(call: CallFact, given: str | None = None) -> Resource | None:
    """The resource of a call, or of the type that a correction gives; None where no record would name it."""
    kind = given or _type(call)
    if kind is None:
        return None
    arn = load_resource_types().get(kind)
    paths = (*_arns(call, kind), *_ids(call, kind, arn)) if arn else _arns(call, kind)
    return Resource(kind, paths, template(arn)) if arn and paths else None


def template(arn: str) -> str:
    """An ARN with ``{}`` for the id, which is all that the type's own variables stand for."""
    own = _own_variables(arn)
    if not own:
        return arn
    start, end = arn.index("{" + own[0] + "}"), arn.index("{" + own[-1] + "}") + len(own[-1]) + 2
    return arn[:start] + "{}" + arn[end:]


def _own_variables(arn: str) -> list[str]:
    return [name for name in _VARIABLE.findall(arn) if name not in _GIVEN]


def _plain(text: str) -> str:
    letters = re.sub(r"[^a-z0-9]", "", text.lower())
    return letters[:-1] if letters.endswith("s") and not letters.endswith("ss") else letters


def _noun(call: CallFact) -> str:
    """What the operation is about: its name without the verb."""
    return _plain(_VERB.sub("", call.operation, count=1))


def _type(call: CallFact) -> str | None:
    noun = _noun(call)
    mine = [kind for kind in load_resource_types() if kind.startswith(f"{call.service}:")]
    same = [kind for kind in mine if _stem(kind) == noun]
    if same:
        return min(same, key=len)
    within = [kind for kind in call.resources if _stem(kind) in noun or noun in _stem(kind)]
    starting = [kind for kind in mine if noun.startswith(_stem(kind)) or noun.endswith(_stem(kind))]
    for kinds in (within, starting):
        if kinds:
            return max(kinds, key=lambda kind: (len(_stem(kind)), kind))
    return call.resources[0] if len(call.resources) == 1 else None


def _stem(kind: str) -> str:
    return _plain(kind.partition(":")[2])


def _arns(call: CallFact, kind: str) -> tuple[str, ...]:
    """Members that hold the resource's ARN: of the response first, since it is complete."""
    return (
        *_best(call, "responseElements", kind, "arn", depth=2),
        *_best(call, "requestParameters", kind, "arn", depth=1),
    )


def _ids(call: CallFact, kind: str, arn: str) -> tuple[str, ...]:
    """Members that hold its id, where the ARN has no other variable part."""
    own = _own_variables(arn)
    if len(own) != 1:
        return ()
    variable = _plain(own[0])
    wanted = "name" if variable.endswith("name") else "id"
    in_request = _best(call, "requestParameters", kind, wanted, depth=1, variable=variable)
    in_response = _best(call, "responseElements", kind, wanted, depth=2, variable=variable)
    return (*in_response, *in_request) if wanted == "id" else (*in_request, *in_response)


def _best(
    call: CallFact, part: str, kind: str, ending: str, depth: int, variable: str = ""
) -> tuple[str, ...]:
    found: dict[str, int] = {}
    for operation in models.operations(call):
        shape = operation.output_shape if part == "responseElements" else operation.input_shape
        for path, _ in models.texts(shape, depth) if shape is not None else ():
            rank = _rank(path, kind, _noun(call), ending, variable)
            if rank is not None:
                found.setdefault(".".join(path), rank)
    best = min(found, key=lambda path: (found[path], path.count("."), path), default=None)
    return (f"{part}.{best}",) if best else ()


def _rank(path: list[str], kind: str, noun: str, ending: str, variable: str) -> int | None:
    """How well a member fits, 0 best; None where it is about something else."""
    if any("[" in part or part == "*" for part in path):
        return None
    leaf = _plain(path[-1])
    names = [_stem(kind), noun]
    if path[1:] and not any(_alike(_plain(path[0]), name) for name in names):
        return None
    if variable and leaf == variable:
        return 0
    endings = {"arn": ("arn",), "id": ("id", "identifier"), "name": ("name", "identifier")}[ending]
    for end in endings:
        if leaf.endswith(end):
            stem = leaf.removesuffix(end)
            if not stem:
                return 1
            for rank, name in enumerate(names, start=2):
                if stem == name:
                    return rank
            if any(_alike(stem, name) for name in names):
                return 4
    return None


def _alike(part: str, name: str) -> bool:
    return len(part) > 2 and (name.endswith(part) or part.endswith(name) or name.startswith(part))


def shapes(call: CallFact) -> tuple[Shape | None, ...]:
    """The responses of a call."""
    return tuple(operation.output_shape for operation in models.operations(call))
