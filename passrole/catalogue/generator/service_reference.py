"""AWS's Service Reference: which operations AWS itself says pass a role, and to which services.

A download is a folder of JSON files, one a service (``Name`` and ``Operations``; each operation has
``AuthorizedActions``, and a pass is the action ``PassRole`` of ``iam`` with the context key
``iam:PassedToService``). See "Simplified AWS service information for programmatic access" in the Service
Authorization Reference.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from passrole.catalogue.generator.errors import GeneratorError
from passrole.catalogue.generator.facts import CallFact

_LISTED = "D"


@dataclass(frozen=True, slots=True)
class ListedPass:
    """One operation that the reference lists with iam:PassRole. ``services`` may be empty."""

    service: str
    operation: str
    actions: tuple[str, ...]
    services: tuple[str, ...]


def read(folder: Path) -> tuple[ListedPass, ...]:
    """What the files of a folder list.

    Raises:
        GeneratorError: there are none, or one is not of the format.
    """
    files = sorted(folder.glob("*.json"))
    if not files:
        raise GeneratorError([f"{folder}: no JSON files of the Service Reference are there"])
    found: list[ListedPass] = []
    for file in files:
        try:
            found.extend(_passes(json.loads(file.read_text("utf-8"))))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise GeneratorError([f"{file}: is no file of the Service Reference: {error!r}"]) from error
    return tuple(sorted(set(found), key=lambda one: (one.service, one.operation)))


def _passes(document: Any) -> Iterator[ListedPass]:
    if not isinstance(document, dict):  # the index of the download is a list
        return
    for operation in document.get("Operations", ()):
        authorized = operation.get("AuthorizedActions", ())
        passes = [
            action for action in authorized if (action["Service"], action["Name"]) == ("iam", "PassRole")
        ]
        if passes:
            yield ListedPass(
                document["Name"],
                operation["Name"],
                tuple(f"{a['Service']}:{a['Name']}" for a in authorized if a["Service"] != "iam"),
                tuple(sorted({name for action in passes for name in _principals(action)})),
            )


def _principals(action: dict[str, Any]) -> list[str]:
    return list((action.get("Context") or {}).get("iam:PassedToService", ()))


def merge(
    facts: tuple[CallFact, ...], listed: tuple[ListedPass, ...]
) -> tuple[tuple[CallFact, ...], list[str]]:
    """The facts with the principals of a newer reference, and what it adds and drops.

    What it adds is told and no row yet: the facts lack where the role stands.
    """
    by_name = {(one.service, one.operation): one for one in listed}
    services = {one.service for one in listed}
    known = {(call.service, call.operation) for call in facts}
    known |= {(call.source.partition(".")[0], call.operation) for call in facts}
    known |= {(client, call.operation) for call in facts for client in call.clients}
    news = [f"adds     {_told(one)}" for one in listed if (one.service, one.operation) not in known]
    merged = []
    for call in facts:
        one = next((by_name[name] for name in _names(call) if name in by_name), None)
        if one is None and _LISTED in call.listed_by and call.service in services:
            news.append(f"drops    {call.title}")
        if one is not None and one.services and set(one.services) != set(call.services):
            news.append(f"services {call.title}: {_list(call.services)} -> {_list(one.services)}")
            call = _with_services(call, one.services)
        merged.append(call)
    return tuple(merged), news or ["the Service Reference says what the facts say"]


def _names(call: CallFact) -> Iterator[tuple[str, str]]:
    """The services that a reference may list the operation under."""
    yield call.service, call.operation
    yield call.source.partition(".")[0], call.operation
    for client in call.clients:
        yield client, call.operation


def _with_services(call: CallFact, services: tuple[str, ...]) -> CallFact:
    """Roles that got what the whole call got follow it; those that a fact tells apart stay."""
    roles = tuple(
        replace(role, services=services) if set(role.services) == set(call.services) else role
        for role in call.roles
    )
    return replace(call, services=services, roles=roles)


def _told(one: ListedPass) -> str:
    return f"{one.service}:{one.operation}, to {_list(one.services)}, with {_list(one.actions)}"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nobody named"
