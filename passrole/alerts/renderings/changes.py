"""The sentences about changes of the guard itself: who changed which part of it, or blinded CloudTrail.

``quote`` makes a name safe, as in ``terms``.
"""

from passrole.alerts.renderings.terms import Quote
from passrole.finding import Finding
from passrole.finding.guard import Trouble
from passrole.names import short_passer
from passrole.passes import Outcome

_FIRST = "If nobody meant it, revoke that principal's access first."
_PARTS = {
    "cloudcontrol:resource": "resource",
    "cloudformation:stack": "stack",
    "cloudtrail:trail": "trail",
    "cloudwatch:alarm": "alarm",
    "cloudwatch:dashboard": "dashboard",
    "dynamodb:table": "table",
    "events:event-bus": "event bus",
    "events:rule": "rule",
    "iam:policy": "policy",
    "iam:role": "role",
    "kms:key": "key",
    "lambda:event-source-mapping": "event source mapping",
    "lambda:function": "function",
    "lambda:layer": "layer",
    "logs:log-group": "log group",
    "secretsmanager:secret": "secret",
    "sns:subscription": "subscription",
    "sns:topic": "topic",
    "sqs:queue": "queue",
}


def is_change(finding: Finding) -> bool:
    """Whether a finding is about something that somebody did to the guard, or to what it hears by."""
    kinds: tuple[str, ...] = (Trouble.GUARD_CHANGED, Trouble.TRAIL_BLINDED)
    return finding.is_about_guard and finding.event_name in kinds


def happened(finding: Finding, quote: Quote) -> str:
    """Who did what, in a sentence without its full stop."""
    who, part = quote(short_passer(finding.passer)), part_of(finding)
    is_done = finding.outcome is Outcome.SUCCEEDED
    if finding.event_name == Trouble.TRAIL_BLINDED:
        trail = f"trail {quote(finding.resource)}" if finding.resource else "a trail"
        return f"{who} {'changed or stopped' if is_done else 'tried to change or stop'} CloudTrail's {trail}"
    did = f"{who} {'changed' if is_done else 'tried to change'}"
    if finding.resource is None:
        return f"{did} a resource ({part}) that may be the guardrail's"
    return f"{did} the guardrail's {part} {quote(finding.resource)}"


def about(finding: Finding, quote: Quote) -> str:
    """What it is about, in the fewest words: ``rule Guard-Calls01``."""
    part = f"{part_of(finding)} {quote(finding.resource)}" if finding.resource else f"a {part_of(finding)}"
    return part if finding.outcome is Outcome.SUCCEEDED else f"an attempt at {part}"


def done(finding: Finding) -> str:
    """What was done about it."""
    if finding.outcome is not Outcome.SUCCEEDED:
        return "Nothing was changed: AWS denied it."
    if finding.event_name == Trouble.TRAIL_BLINDED:
        return f"Nothing was put back. What CloudTrail does not record, the guardrail does not see. {_FIRST}"
    return f"Nothing was put back: the guardrail does not repair itself. {_FIRST}"


def part_of(finding: Finding) -> str:
    """``event source mapping``: from a closed list, so that it is safe as it stands."""
    return _PARTS.get(finding.resource_type or "", "part")
