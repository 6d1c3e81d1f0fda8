"""EventBridge rules compiled from the catalogue: which events come to the guard at all.

Sources: "Amazon EventBridge event patterns" and "quotas" (a pattern has at most 2,048 characters). Customers
cannot put events whose source begins with ``aws.``: that is pinned. A denied call's record often has no
request parameters, so one more rule goes by the error message, which names the action, or says that the
role is of another account. A last one brings calls that the catalogue does not know, by members that are
named like a role.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from passrole.catalogue.loader import load_catalogue
from passrole.catalogue.model import Call

MAX_PATTERN = 2048
DETAIL_TYPE = "AWS API Call via CloudTrail"
# The state in which a rule gets the read-only management events, too.
ALL_MANAGEMENT_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_READ_ONLY = "ReadOnlyCalls"
# The commonest names of members that hold a passed role; either case of the first letter is meant.
ROLE_MEMBERS = (
    "dataAccessRoleArn",
    "executionRole",
    "executionRoleArn",
    "iamRole",
    "iamRoleArn",
    "role",
    "roleARN",
    "roleArn",
    "serviceRole",
    "serviceRoleArn",
)
_DENIALS = ("*iam:PassRole*", "*Cross-account pass role is not allowed*")

Assignment = Mapping[str, tuple[str, ...]]
"""Rule name -> the event sources that it takes."""


@dataclass(frozen=True, slots=True)
class RulePattern:
    """One rule: a name that is stable over releases, its event pattern, and the state to deploy it in."""

    name: str
    pattern: dict[str, Any]
    state: str = "ENABLED"


def compile_rules() -> tuple[RulePattern, ...]:
    """The rules for all calls of the catalogue, and the one for denied attempts at any call."""
    calls = [call for call in load_catalogue().calls() if call.passes_roles]
    writing = [call for call in calls if not call.read_only]
    reading = [call for call in calls if call.read_only]
    rules = [
        RulePattern(name, _pattern([call for call in writing if call.source in sources]))
        for name, sources in load_assignment().items()
    ]
    if reading:
        rules.append(RulePattern(_READ_ONLY, _pattern(reading), ALL_MANAGEMENT_EVENTS))
    denied = _envelope({"errorMessage": [{"wildcard": wildcard} for wildcard in _DENIALS]})
    return (
        *rules,
        RulePattern("DeniedPassRole", denied),
        RulePattern("UncataloguedCalls", _envelope(_uncatalogued())),
    )


def load_assignment() -> dict[str, tuple[str, ...]]:
    """Which rule takes which event sources, as the data says."""
    text = (resources.files("passrole.catalogue") / "rules.json").read_text("utf-8")
    return {name: tuple(sources) for name, sources in json.loads(text).items()}


def assign(calls: Iterable[Call], before: Assignment) -> dict[str, tuple[str, ...]]:
    """Event sources to rules: where they were before, if they still fit; else where most names are shared.

    So a new call changes one rule, and no rule's name ever moves to other sources.
    """
    by_source: dict[str, list[Call]] = {}
    for call in calls:
        if call.passes_roles and not call.read_only:
            by_source.setdefault(call.source, []).append(call)
    rules: dict[str, list[str]] = {}
    homeless: list[str] = sorted(set(by_source) - {s for sources in before.values() for s in sources})
    for name, sources in before.items():
        kept = rules.setdefault(name, [])
        for source in (s for s in sources if s in by_source):
            (kept if _size(by_source, [*kept, source]) <= MAX_PATTERN else homeless).append(source)
    for source in sorted(homeless, key=lambda s: (-_size(by_source, [s]), s)):
        fitting = [n for n, taken in rules.items() if _size(by_source, [*taken, source]) <= MAX_PATTERN]
        if fitting:
            rules[min(fitting, key=lambda n: _growth(by_source, rules[n], source))].append(source)
        else:
            rules[f"Calls{len(rules) + 1:02}"] = [source]
    return {name: tuple(sorted(sources)) for name, sources in rules.items()}


def _uncatalogued() -> dict[str, Any]:
    """Any call with a top-level member named like a role; calls of the catalogue match too, harmlessly.

    Not those of STS, whose every session names the role that is assumed.
    """
    members = [spelling for name in ROLE_MEMBERS for spelling in (name, name[:1].upper() + name[1:])]
    exists = [{"requestParameters": {member: [{"exists": True}]}} for member in members]
    return {"eventSource": [{"anything-but": ["sts.amazonaws.com"]}], "$or": exists}


def _growth(by_source: Mapping[str, list[Call]], taken: list[str], source: str) -> int:
    return _size(by_source, [*taken, source]) - _size(by_source, taken)


def _size(by_source: Mapping[str, list[Call]], sources: list[str]) -> int:
    return len(_text(_pattern([call for source in sources for call in by_source[source]])))


def _pattern(calls: list[Call]) -> dict[str, Any]:
    """Sources times names: what matches by accident is dropped by the catalogue's look-up."""
    return _envelope(
        {
            "eventSource": sorted({call.source for call in calls}),
            "eventName": sorted({name for call in calls for name in call.names}),
        }
    )


def _envelope(detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": [{"prefix": "aws."}], "detail-type": [DETAIL_TYPE], "detail": detail}


def _text(pattern: dict[str, Any]) -> str:
    return json.dumps(pattern, separators=(",", ":"))
