"""EventBridge rules compiled from the catalogue: which events come to the guard at all.

Sources: "Amazon EventBridge event patterns" and "quotas" (a pattern has at most 2,048 characters). Customers
cannot put events whose source begins with ``aws.``: that is pinned. A denied call's record often has no
request parameters, so one more rule goes by the error message, which names the action, or says that the
role is of another account.
"""

import json
from dataclasses import dataclass
from typing import Any

from passrole.catalogue.loader import Catalogue, load_catalogue
from passrole.catalogue.model import Call

MAX_PATTERN = 2048
DETAIL_TYPE = "AWS API Call via CloudTrail"
_DENIALS = ("*iam:PassRole*", "*Cross-account pass role is not allowed*")


@dataclass(frozen=True, slots=True)
class RulePattern:
    """One rule: a name that is stable over releases, and its event pattern."""

    name: str
    pattern: dict[str, Any]


def compile_rules(catalogue: Catalogue | None = None) -> tuple[RulePattern, ...]:
    """The rules for all calls of the catalogue, and the one for denied attempts at any call."""
    calls = (catalogue or load_catalogue()).calls
    packs = _pack(calls)
    rules = [RulePattern(f"Calls{number:02}", _pattern(pack)) for number, pack in enumerate(packs, start=1)]
    return (
        *rules,
        RulePattern("DeniedPassRole", _envelope({"errorMessage": [{"wildcard": w} for w in _DENIALS]})),
    )


def _pack(calls: tuple[Call, ...]) -> list[list[Call]]:
    """As few packs as fit, filled in the order of the catalogue."""
    packs: list[list[Call]] = []
    for call in calls:
        if packs and len(_text(_pattern([*packs[-1], call]))) <= MAX_PATTERN:
            packs[-1].append(call)
        else:
            packs.append([call])
    return packs


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
