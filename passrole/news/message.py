"""A step of a finding as a message for machines: on the topic ``findings``, event buses and webhooks.

The schema is docs/finding-message.schema.json. Its version changes when a field changes its meaning or goes
away; fields may be added. Names stand in it as the record has them: whoever shows one makes it safe.
"""

import json
from functools import lru_cache
from typing import Any

from passrole.finding import Finding, Step
from passrole.names import cut

VERSION = 1
# SNS takes 256 KiB with the attributes, which may be 60. Each text counts as JSON writes it in ASCII.
_TEXT = 1_500
_MOST = 20  # of a list


def message_of(finding: Finding, step: Step) -> dict[str, Any]:
    """The message, JSON-ready and below 170 KB. ``truncated`` says whether a text or list was cut.

    Half a surrogate pair, which a name from a record may hold, becomes U+FFFD.
    """
    whole = {
        "version": VERSION,
        "finding_id": finding.id,
        "revision": step.revision,
        "news": step.news,
        "at": step.at,
        "who": step.who,
        "why": step.why,
        "finding": _finding(finding),
    }
    fitting = _fitting(whole)
    # Mended last, when it is short: a text that is nothing but halves of pairs takes a while.
    return {**_mended(fitting), "truncated": fitting != whole}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "state": finding.state,
        "severity": finding.severity,
        "response": finding.response,
        "verdict": finding.decision,
        "outcome": finding.outcome,
        "checks": list(finding.checks),
        "reasons": list(finding.reasons),
        "policy_hash": finding.policy_hash,
        "account": finding.account,
        "region": finding.region,
        "resource": finding.resource,
        "resource_type": finding.resource_type,
        "role": finding.role,
        "role_id": finding.role_id,
        "place": finding.place,
        "services": list(finding.services),
        "passer": finding.passer.to_json(),
        "event_source": finding.event_source,
        "event_name": finding.event_name,
        "event_time": finding.event_time,
        "last_pass": finding.last_pass,
        "passes": finding.passes,
        "opened_at": finding.opened_at,
        "updated_at": finding.updated_at,
        "exemption": finding.exemption,
        "exempt_until": finding.exempt_until,
        "exempt_by": finding.exempt_by,
        "waits_until": finding.waits_until,
        "awaits_approval": finding.awaits_approval,
        "approved_by": finding.approved_by,
        "would_contain": finding.would_contain,
        "origin": finding.origin,
    }


def _mended(value: Any) -> Any:
    """The value without half surrogate pairs: there are parsers that refuse the whole text for one."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, dict):
        return {key: _mended(each) for key, each in value.items()}
    return value


def _fitting(value: Any) -> Any:
    """The value with long texts cut in the middle and long lists at the end."""
    if isinstance(value, str):
        return value if len(json.dumps(value)) - 2 <= _TEXT else cut(value, _TEXT, json_size)
    if isinstance(value, list):
        return [_fitting(each) for each in value[:_MOST]]
    if isinstance(value, dict):
        return {key: _fitting(each) for key, each in value.items()}
    return value


@lru_cache(maxsize=1_024)
def json_size(character: str) -> int:
    """What a character costs in JSON."""
    return len(json.dumps(character)) - 2
