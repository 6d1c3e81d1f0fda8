"""Checks of guardrail.yaml that look at more than one value: duplicates, and what is legal but doubtful."""

from collections.abc import Iterable
from typing import Any

from passrole.policy.compiled import Stage
from passrole.policy.errors import Path, Problem
from passrole.policy.source.document import Document
from passrole.policy.source.leave_out import consequence
from passrole.policy.source.models import GuardrailFile
from passrole.policy.source.syntax import approves_every_role
from passrole.policy.text import quoted


def add_problems(document: Document) -> None:
    """Notes duplicates in ``document``, whatever else is wrong with it."""
    data = document.data if isinstance(document.data, dict) else {}
    entries = list(_items(data.get("approved"), ("approved",)))
    names = [
        ((*path, "name"), entry["name"])
        for path, entry in entries
        if isinstance(entry, dict) and "name" in entry
    ]
    _unique(document, names, "the name of an approved entry must be its own")
    for path, entry in entries:
        tags = entry.get("role_tags") if isinstance(entry, dict) else None
        if isinstance(tags, dict):
            _unique_tag_keys(document, (*path, "role_tags"), tags)
    _unique(document, _items(data.get("regions"), ("regions",)), "a region is named once")
    _unique(document, _items(data.get("operators"), ("operators",)), "a principal is named once")
    alerts = data.get("alerts")
    if isinstance(alerts, dict):
        _unique(document, _items(alerts.get("email"), ("alerts", "email")), "an address is named once")
    catalogue = data.get("catalogue")
    if isinstance(catalogue, dict):
        left_out = _items(catalogue.get("leave_out"), ("catalogue", "leave_out"))
        _unique(document, left_out, "what is left out is named once")


def warnings(document: Document, model: GuardrailFile) -> tuple[str, ...]:
    """Lines about what a valid file probably does not mean."""
    found: list[tuple[Path, str]] = []
    path: Path
    if not model.approved:
        found.append((("approved",), "nothing is approved: every pass is a violation"))
    for number, entry in enumerate(model.approved):
        for index, pattern in enumerate(entry.roles):
            path = ("approved", number, "roles", index)
            if approves_every_role(pattern) and not entry.role_tags:
                to = f"for {' and '.join(entry.services)}" if entry.services else "for every service"
                found.append((path, f"{quoted(pattern)} approves every role {to}"))
            elif _reaches_neighbours(pattern):
                found.append((path, f"{quoted(pattern)} also matches {_neighbour(pattern)}: * spans slashes"))
    stages = (model.response.violation, *model.response.services.values())
    if not (model.alerts.email or model.alerts.slack_secret) and set(stages) != {Stage.OBSERVE}:
        found.append((("alerts",), "nobody is told: neither email nor slack_secret is set"))
    for index, value in enumerate(model.catalogue.leave_out):
        found.append((("catalogue", "leave_out", index), consequence(value)))
    noted = Document(document.file, values=document.values, keys=document.keys)
    for path, message in found:
        noted.add(path, message)
    return tuple(str(problem) for problem in sorted(noted.problems, key=_place))


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.position.line, problem.position.column) if problem.position else (0, 0)


def _reaches_neighbours(pattern: str) -> bool:
    """Whether a path pattern ends in ``name*``, which also matches the paths that begin with ``name``."""
    stem = pattern.removesuffix("*")
    return pattern.startswith("/") and stem != pattern and "*" not in stem and not stem.endswith("/")


def _neighbour(pattern: str) -> str:
    stem = pattern.removesuffix("*")
    example, path_alone = quoted(stem + "x/name"), quoted(stem + "/*")
    return f"roles in other paths, such as {example} (write {path_alone} for the path alone)"


def _items(value: Any, path: Path) -> Iterable[tuple[Path, Any]]:
    return [((*path, i), item) for i, item in enumerate(value)] if isinstance(value, list) else []


def _unique(document: Document, items: Iterable[tuple[Path, Any]], rule: str) -> None:
    first: dict[str, Path] = {}
    for path, value in items:
        if not isinstance(value, str) or document.is_refused(path):
            continue
        folded = value.casefold()
        if folded in first:
            line = document.values[first[folded]].line
            document.add(path, f"{quoted(value)} is given in line {line} already; {rule}")
        else:
            first[folded] = path


def _unique_tag_keys(document: Document, path: Path, tags: dict[Any, Any]) -> None:
    first: dict[str, str] = {}
    for key in tags:
        other = first.setdefault(key.casefold(), key)
        if other != key:
            line = document.keys[(*path, other)].line
            document.add(
                (*path, key),
                f"the same tag as {quoted(other)} in line {line}: IAM compares tag keys without case; "
                "give its values as one list",
                at_key=True,
            )
