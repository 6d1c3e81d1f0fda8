"""EventBridge rules compiled from the catalogue: which events come to the guard at all.

Sources: "Amazon EventBridge event patterns" and "quotas" (a pattern has at most 2,048 characters). Customers
cannot put events whose source begins with ``aws.``: that is pinned. A denied call's record often has no
request parameters, so one more rule goes by the error message, which names the action, or says that the
role is of another account. A last one brings calls that the catalogue does not know, by members that are
named like a role.

What a policy leaves out is left out of the patterns as far as these can say it: sources times names also
takes a call that is left out where another source of the rule has the same name, and ``UnknownCalls`` has
room for some of them. Detection drops what comes all the same (``passrole/detection/left_out.py``). Refused
passes come from everywhere.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from passrole.catalogue.left_out import NOTHING, LeftOut
from passrole.catalogue.packing import READ_ONLY, load_packing

MAX_PATTERN = 2048
DETAIL_TYPE = "AWS API Call via CloudTrail"
# The state in which a rule gets the read-only management events, too.
ALL_MANAGEMENT_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
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
# Each session of STS names the role that is assumed: no unknown call of it is of interest.
_NEVER_UNKNOWN = LeftOut(sources=frozenset({"sts.amazonaws.com"}))
_DENIALS = ("*iam:PassRole*", "*Cross-account pass role is not allowed*")


@dataclass(frozen=True, slots=True)
class RulePattern:
    """One rule: a name that is stable over releases, its event pattern, and the state to deploy it in."""

    name: str
    pattern: dict[str, Any]
    state: str = "ENABLED"


def compile_rules(left_out: LeftOut = NOTHING) -> tuple[RulePattern, ...]:
    """The rules for all calls of the catalogue, for denied attempts at any call, and for unknown calls.

    No call moves to another rule for those that are left out; a rule with no call is not made.
    """
    rules = [
        RulePattern(name, calls_pattern(calls), ALL_MANAGEMENT_EVENTS if name == READ_ONLY else "ENABLED")
        for name, packed in load_packing().items()
        if (calls := _watched(packed, left_out))
    ]
    denied = _envelope({"errorMessage": [{"wildcard": wildcard} for wildcard in _DENIALS]})
    return (
        *rules,
        RulePattern("DeniedPassRole", denied),
        RulePattern("UnknownCalls", _unknown_calls(left_out)),
    )


def calls_pattern(calls: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """Sources times names: what matches by accident is dropped by the catalogue's look-up."""
    names = {name for of_source in calls.values() for name in of_source}
    return _envelope({"eventSource": sorted(calls), "eventName": sorted(names)})


def room() -> int:
    """The characters that a pattern has for its sources and names."""
    # Each text is counted with a comma, and the last one of a list has none.
    return MAX_PATTERN - len(_text(calls_pattern({}))) + 2


def _watched(packed: Mapping[str, Iterable[str]], left_out: LeftOut) -> dict[str, list[str]]:
    kept = {source: [n for n in names if not left_out.has(source, n)] for source, names in packed.items()}
    return {source: names for source, names in kept.items() if names}


def _unknown_calls(left_out: LeftOut) -> dict[str, Any]:
    """Any call with a top-level member named like a role; calls of the catalogue match too, harmlessly.

    Not what is left out, as far as there is room.
    """
    but = _NEVER_UNKNOWN
    for part in left_out.parts():
        more = but.joined(part)
        if len(_text(_role_members_but(more))) <= MAX_PATTERN:
            but = more
    return _role_members_but(but)


def _role_members_but(but: LeftOut) -> dict[str, Any]:
    members = [spelling for name in ROLE_MEMBERS for spelling in (name, name[:1].upper() + name[1:])]
    request = {"$or": [{member: [{"exists": True}]} for member in members]}
    names: dict[str, list[str]] = {}
    for source, name in sorted(but.calls):
        names.setdefault(source, []).append(name)
    # No pattern says "not this source with this name", but: another source, or this one with another name.
    others = {"eventSource": [{"anything-but": sorted(but.sources | names.keys())}]}
    if not names:
        return _envelope(others | {"requestParameters": request})
    of_source = [
        {"eventSource": [source], "eventName": [{"anything-but": names[source]}]} for source in names
    ]
    return _envelope({"$or": [others, *of_source], "requestParameters": request})


def _envelope(detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": [{"prefix": "aws."}], "detail-type": [DETAIL_TYPE], "detail": detail}


def _text(pattern: dict[str, Any]) -> str:
    return json.dumps(pattern, separators=(",", ":"))
