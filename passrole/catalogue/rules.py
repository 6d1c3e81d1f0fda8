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
from typing import Any

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
_DENIALS = ("*iam:PassRole*", "*Cross-account pass role is not allowed*")


@dataclass(frozen=True, slots=True)
class RulePattern:
    """One rule: a name that is stable over releases, its event pattern, and the state to deploy it in."""

    name: str
    pattern: dict[str, Any]
    state: str = "ENABLED"


def compile_rules() -> tuple[RulePattern, ...]:
    """The rules for all calls of the catalogue, for denied attempts at any call, and for unknown calls."""
    rules = [
        RulePattern(name, calls_pattern(calls), ALL_MANAGEMENT_EVENTS if name == READ_ONLY else "ENABLED")
        for name, calls in load_packing().items()
    ]
    denied = _envelope({"errorMessage": [{"wildcard": wildcard} for wildcard in _DENIALS]})
    return (
        *rules,
        RulePattern("DeniedPassRole", denied),
        RulePattern("UnknownCalls", _envelope(_uncatalogued())),
    )


def calls_pattern(calls: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """Sources times names: what matches by accident is dropped by the catalogue's look-up."""
    names = {name for of_source in calls.values() for name in of_source}
    return _envelope({"eventSource": sorted(calls), "eventName": sorted(names)})


def room() -> int:
    """The characters that a pattern has for its sources and names."""
    # Each text is counted with a comma, and the last one of a list has none.
    return MAX_PATTERN - len(_text(calls_pattern({}))) + 2


def _uncatalogued() -> dict[str, Any]:
    """Any call with a top-level member named like a role; calls of the catalogue match too, harmlessly.

    Not those of STS, whose every session names the role that is assumed.
    """
    members = [spelling for name in ROLE_MEMBERS for spelling in (name, name[:1].upper() + name[1:])]
    exists = [{"requestParameters": {member: [{"exists": True}]}} for member in members]
    return {"eventSource": [{"anything-but": ["sts.amazonaws.com"]}], "$or": exists}


def _envelope(detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": [{"prefix": "aws."}], "detail-type": [DETAIL_TYPE], "detail": detail}


def _text(pattern: dict[str, Any]) -> str:
    return json.dumps(pattern, separators=(",", ":"))
