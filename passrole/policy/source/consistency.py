"""Checks of guardrail.yaml that look at more than one value: duplicates, and what is legal but doubtful."""

from collections.abc import Iterable, Iterator
from typing import Any

from passrole.policy.compiled import CompiledPolicy, Stage
from passrole.policy.errors import Path, Problem
from passrole.policy.source import checks, overlaps, quarantine
from passrole.policy.source.alerts import alerts_of
from passrole.policy.source.checks import OPTIONS
from passrole.policy.source.document import Document
from passrole.policy.source.leave_out import consequence
from passrole.policy.source.models import ApprovedEntry, GuardrailFile
from passrole.policy.source.syntax import BY_NAME, approves_every_role
from passrole.policy.text import quoted
from passrole.quarantine.enabled import asks_for_quarantine

_ANY_OPERATOR = (
    "none is given: every principal of the account that IAM lets assume the operator role can release, and "
    "pass roles; name the operators"
)


def add_problems(document: Document) -> None:
    """Notes duplicates in ``document``, whatever else is wrong with it."""
    data = document.data if isinstance(document.data, dict) else {}
    entries = list(_items(data.get("approved"), ("approved",)))
    names = [
        ((*path, "name"), entry["name"])
        for path, entry in entries
        if isinstance(entry, dict) and "name" in entry
    ]
    _unique(document, (*names, *_sids(document)), "verdicts cite entries and statements by name")
    for path, entry in entries:
        for section in ("role_tags", "passer_tags"):
            tags = entry.get(section) if isinstance(entry, dict) else None
            if isinstance(tags, dict):
                _unique_tag_keys(document, (*path, section), tags)
    exempting = [
        ((*path, "name"), entry["name"])
        for path, entry in _items(data.get("exemptions"), ("exemptions",))
        if isinstance(entry, dict) and "name" in entry
    ]
    _unique(document, exempting, "the name of an exemption must be its own")
    _unique_checks(document, _items(data.get("checks"), ("checks",)))
    _unique(document, _items(data.get("regions"), ("regions",)), "a region is named once")
    _unique(document, _items(data.get("operators"), ("operators",)), "a principal is named once")
    rules = data.get("quarantine")
    if isinstance(rules, dict):
        for named in ("modules", "stop_running", "revoke_credentials"):
            _unique(document, _items(rules.get(named), ("quarantine", named)), "a module is named once")
    alerts = data.get("alerts")
    if isinstance(alerts, dict):
        _unique(document, _items(alerts.get("email"), ("alerts", "email")), "an address is named once")
    catalogue = data.get("catalogue")
    if isinstance(catalogue, dict):
        left_out = _items(catalogue.get("leave_out"), ("catalogue", "leave_out"))
        _unique(document, left_out, "what is left out is named once")


def warnings(
    document: Document,
    model: GuardrailFile,
    compiled: CompiledPolicy,
    doubts: Iterable[tuple[Path, str]] = (),
) -> tuple[str, ...]:
    """Lines about what a valid file probably does not mean; ``doubts`` are those found while reading it."""
    found: list[tuple[Path, str]] = list(doubts)
    path: Path
    places = _places_of_statements(document, model)
    found.extend((places.get(sid, ()), doubt) for sid, doubt in overlaps.doubts(compiled.statements))
    if not model.approved:
        found.append((("approved",), "nothing is approved: every pass is a violation"))
    for number, entry in enumerate(model.approved):
        for index, pattern in enumerate(entry.roles):
            path = ("approved", number, "roles", index)
            if approves_every_role(pattern) and not _narrows(entry):
                to = f"for {' and '.join(entry.services)}" if entry.services else "for every service"
                found.append((path, f"{quoted(pattern)} approves every role {to}"))
            elif _reaches_neighbours(pattern):
                found.append((path, f"{quoted(pattern)} also matches {_neighbour(pattern)}: * spans slashes"))
    stages = (model.response.violation, *model.response.services.values())
    if not alerts_of(model.alerts).tells_somebody and set(stages) != {Stage.OBSERVE}:
        found.append((("alerts",), "nobody is told: none of email, slack_secret, … is set"))
    found.extend(quarantine.doubts(model.quarantine, compiled))
    if asks_for_quarantine(compiled) and not model.operators:
        found.append((("operators",), _ANY_OPERATOR))
    for index, value in enumerate(model.catalogue.leave_out):
        found.append((("catalogue", "leave_out", index), consequence(value)))
    noted = Document(document.file, values=document.values, keys=document.keys)
    for path, message in found:
        noted.add(path, message)
    return tuple(str(problem) for problem in sorted(noted.problems, key=_place))


def _narrows(entry: ApprovedEntry) -> bool:
    """Whether an entry asks for more than the role and the service."""
    asked = (
        entry.role_tags,
        entry.resources,
        entry.passers,
        entry.passer_tags,
        entry.accounts,
        entry.regions,
    )
    return any(asked)


def _places_of_statements(document: Document, model: GuardrailFile) -> dict[str, Path]:
    """Where the statements stand that warnings speak of, by their names."""
    places: dict[str, Path] = {}
    for number, entry in enumerate(model.approved):
        for name in (entry.name, entry.name + BY_NAME):
            places[name] = ("approved", number)
    for number, statements in enumerate(checks.statements_of(model.checks)):
        places |= {statement.sid: ("checks", number) for statement in statements}
    places |= {sid: path[:-1] for path, sid in _sids(document)}
    return places


def _sids(document: Document) -> Iterator[tuple[Path, Any]]:
    """The Sids of statements, and where they stand. What was refused has a place, but no value."""
    for path in document.values:
        if path[:1] == ("statements",) and path[-1] == "Sid" and not document.is_refused(path):
            value: Any = document.data
            for part in path:
                value = value[part]
            yield path, value


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


def _unique_checks(document: Document, items: Iterable[tuple[Path, Any]]) -> None:
    """Notes checks that are named twice: it takes other parameters to say something more."""
    first: dict[str, Path] = {}
    for path, item in items:
        name, options = next(iter(item.items()), ("", {})) if isinstance(item, dict) else (item, {})
        if not isinstance(name, str) or name not in OPTIONS or document.is_refused(path):
            continue
        given = options if isinstance(options, dict) else {}
        said = repr((name, sorted((k, v) for k, v in given.items() if k not in ("severity", "response"))))
        if said in first:
            line = document.values[first[said]].line
            document.add(path, f"the check {name} is on in line {line} already")
        first.setdefault(said, path)


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
